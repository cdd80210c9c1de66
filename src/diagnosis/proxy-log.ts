import { services } from '../domain/deployment.ts';
import { diagnose } from './diagnose.ts';
import type { StartLine } from './start-progress.ts';

/** What the proxy's log tells of calls and of its certificate since it started. */
export interface ProxyLog {
  /** When a call last came through the tunnel: only then has the inner TLS been accepted. */
  readonly lastCall: Date | undefined;
  /** The last refusal of its certificate, if no call came through since. */
  readonly refusal:
    | { readonly id: string; readonly cause: string; readonly fix: string; readonly at?: Date }
    | undefined;
  /** When it last said that it read its certificate again. */
  readonly reloaded: Date | undefined;
}

export const proxyLogBefore: ProxyLog = {
  lastCall: undefined,
  refusal: undefined,
  reloaded: undefined,
};

const refusals = ['ca-not-registered', 'server-certificate-refused'];

/** The words are assumed (the format is undocumented): their absence proves nothing. */
function saysReloaded(text: string): boolean {
  return /certificate.*reload|reload.*certificate/iu.test(text) && !/fail|error/iu.test(text);
}

/** Takes one line into account. Pure. */
export function readProxyLine(
  log: ProxyLog,
  { text, at }: Pick<StartLine, 'text' | 'at'>,
  options: { readonly install: string },
): ProxyLog {
  const found = diagnose({ service: services.proxy, text }, options);
  if (found?.id === 'request-started') return { ...log, lastCall: at, refusal: undefined };
  if (found && refusals.includes(found.id)) {
    const { id, cause, fix } = found;
    return { ...log, refusal: { id, cause, fix, ...(at ? { at } : {}) } };
  }
  return saysReloaded(text.slice(0, 2048)) ? { ...log, reloaded: at } : log;
}

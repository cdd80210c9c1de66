import { services } from '../domain/deployment.ts';
import { diagnose } from './diagnose.ts';
import type { StartLine } from './start-progress.ts';

/** What cloudflared's log tells of its connections to the edge since it started. */
export interface ConnectionLog {
  /** Location by connection, of those that are open; undefined where the line names none. */
  readonly open: ReadonlyMap<string, string | undefined>;
  /** True if the log reaches back to cloudflared's own start line: then `open` is the whole number. */
  readonly complete: boolean;
  readonly tunnelId: string | undefined;
  /** The last error since a connection was registered. */
  readonly trouble: { readonly cause: string; readonly fix: string } | undefined;
}

export const connectionLogBefore: ConnectionLog = {
  open: new Map(),
  complete: false,
  tunnelId: undefined,
  trouble: undefined,
};

/** Takes one line into account. Pure, and a line read twice in its place changes nothing. */
export function readConnectionLine(
  log: ConnectionLog,
  line: Pick<StartLine, 'text'>,
  options: { readonly install: string },
): ConnectionLog {
  const found = diagnose({ service: services.cloudflared, text: line.text }, options);
  switch (found?.id) {
    case undefined:
      return log;
    case 'starting':
      return { ...connectionLogBefore, complete: true, tunnelId: found.values?.['tunnelId'] };
    case 'tunnel-registered': {
      const index = found.values?.['connIndex'] ?? found.values?.['ip'] ?? 'unnumbered';
      const open = new Map(log.open).set(index, found.values?.['location']);
      return { ...log, open, trouble: undefined };
    }
    case 'connection-dropped': {
      const open = new Map(log.open);
      open.delete(found.values?.['connIndex'] ?? '');
      return { ...log, open };
    }
    default:
      return found?.severity === 'fatal' || found?.severity === 'error'
        ? { ...log, trouble: { cause: found.cause, fix: found.fix } }
        : log;
  }
}

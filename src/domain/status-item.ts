import type { CheckResult } from './check.ts';
import { commandLine, shellQuote } from './command-line.ts';
import type { StatusObservation } from './status-observation.ts';

/** One finding about a deployment; `due` where a person has to do something, and until when. */
export interface StatusItem extends CheckResult {
  readonly due?: { readonly what: string; readonly at?: Date };
}

type Where = Pick<StatusObservation, 'dir' | 'self'>;

/** A Compose command that can be typed anywhere. */
export function composeCommand({ dir }: Where, ...subcommands: readonly string[]): string {
  return [`cd ${shellQuote(dir)}`, ...subcommands.map((each) => `docker compose ${each}`)].join(
    ' && ',
  );
}

/** A command of this program on the deployment. */
export function ownCommand({ self, dir }: Where, ...args: readonly string[]): string {
  const [name = 'install', ...rest] = args;
  return commandLine([...self, name, '--dir', dir, ...rest]);
}

/** Never throws, whatever a certificate or a log claims about its dates. */
export function dayOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'an unreadable date' : date.toISOString().slice(0, 10);
}

/** To the minute. */
export function minuteOf(date: Date): string {
  if (Number.isNaN(date.getTime())) return 'an unreadable date';
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

import { commandLine } from './command-line.ts';
import type { StatusItem } from './status-item.ts';
import type { StatusObservation } from './status-observation.ts';

/** What can be done about a finding without leaving this program, by the name of its command. */
export const remedies = [
  'install',
  'rotate-token',
  'renew-cert',
  'rotate-ca',
  'routes',
  'hosts',
  'logs',
] as const;
export type Remedy = (typeof remedies)[number];

/** Findings that checking and repairing mends: it starts, restarts and writes what is missing. */
const repaired = /^(?:container-|stranded$|files-in-use|image-)/u;

/**
 * What leads out of a finding; undefined where nothing is to be done, or it cannot be done from here.
 * The command that its fix names comes first.
 */
export function remedyOf(
  { id, status, due, fix = '' }: StatusItem,
  { self, dir }: Pick<StatusObservation, 'self' | 'dir'>,
): Remedy | undefined {
  if (status !== 'fail' && status !== 'warn' && !due) return undefined;
  if (id === 'hosts') return 'hosts';
  const named = remedies.find((each) => fix.includes(commandLine([...self, each, '--dir', dir])));
  if (named) return named;
  if (/^docker logs |docker compose logs /u.test(fix)) return 'logs';
  if (repaired.test(id)) return 'install';
  return id.startsWith('route') ? 'routes' : undefined;
}

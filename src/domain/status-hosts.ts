import { hostsFileName } from './other-hosts.ts';
import { counted, ownCommand, type StatusItem } from './status-item.ts';
import type { StatusObservation } from './status-observation.ts';

/** More names than this make no line. */
const namedHosts = 4;

function namesOf(names: readonly string[]): string {
  const rest = names.length - namedHosts;
  return [...names.slice(0, namedHosts), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

/** Whether the other hosts of the tunnel have the token of the last rotation; nothing where none are listed. */
export function judgeHosts(seen: StatusObservation): readonly StatusItem[] {
  const { hosts, token } = seen;
  if (!hosts) return [];
  const base = {
    id: 'hosts',
    title: 'Other hosts',
    expected: 'every host with the token of the last rotation, before it restarts',
  };
  if (!hosts.ok) {
    const fix = `Correct ${hostsFileName}.`;
    return [
      {
        ...base,
        status: 'warn',
        found: hosts.problem,
        fix,
        due: { what: `mend ${hostsFileName}` },
      },
    ];
  }
  const { names, rotatedTo, open } = hosts.value;
  if (names.length === 0) return [];
  const present = token?.content?.ok ? token.content.value.fingerprint : undefined;
  // Another token than that of the rotation came by another way: nothing is known of the hosts then.
  const isCurrent = rotatedTo !== undefined && (present === undefined || present === rotatedTo);
  if (!isCurrent) {
    const found = `${counted(names.length, 'host')} listed, and no rotation since`;
    return [{ ...base, status: 'pass', found }];
  }
  if (open.length === 0) {
    const found = `${counted(names.length, 'host')} listed, all with the token of the last rotation`;
    return [{ ...base, status: 'pass', found }];
  }
  return [
    {
      ...base,
      status: 'warn',
      found: `not known to have the new token: ${namesOf(open)} (${open.length} of ${names.length})`,
      fix: `On each: mcp-tunnel rotate-token. Then note it here: ${ownCommand(seen, 'rotate-token', '--switched', open[0] ?? 'HOST')}`,
      due: { what: `give the new token to ${namesOf(open)}` },
    },
  ];
}

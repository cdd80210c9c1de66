import type { Action } from '../key-map.ts';
import type { ExistingDeployment } from '../views.ts';

interface Entry {
  readonly id: string;
  /** Entries of one group stand together. */
  readonly group: string;
  readonly action: Action;
  readonly title: string;
  readonly note: string;
  /** Offered only where there is something to do it with. */
  readonly needs?: 'containers' | 'other hosts' | 'earnest';
}

/** What can be done with a deployment, in the order of the home screen: one line each. */
export const homeEntries = [
  {
    id: 'install',
    group: 'Repair',
    action: 'repair',
    title: 'Check and repair',
    note: 'what has drifted, mended after you agree',
  },
  {
    id: 'status',
    group: 'Look',
    action: 'status',
    title: 'Status',
    note: 'how it is and what is due, live',
  },
  {
    id: 'doctor',
    group: 'Look',
    action: 'doctor',
    title: 'Doctor',
    note: 'what is wrong, and what to do first',
  },
  {
    id: 'logs',
    group: 'Look',
    action: 'logs',
    title: 'Logs',
    needs: 'containers',
    note: 'all containers, as they write',
  },
  {
    id: 'verify',
    group: 'Look',
    action: 'verify',
    title: 'Call it from outside',
    note: 'Claude calls a route; needs an API key',
  },
  {
    id: 'rotate-token',
    group: 'Change',
    action: 'rotate',
    title: 'Rotate the token',
    note: 'takes a new one; no request is lost',
    needs: 'containers',
  },
  {
    id: 'renew-cert',
    group: 'Change',
    action: 'renew',
    title: 'Renew the certificate',
    note: 'or puts the one before back',
  },
  {
    id: 'rotate-ca',
    group: 'Change',
    action: 'rotateCa',
    title: 'Replace the CA',
    note: 'over days if need be; no request is lost',
    needs: 'containers',
  },
  {
    id: 'routes',
    group: 'Change',
    action: 'routes',
    title: 'Routes',
    needs: 'containers',
    note: 'add, change, remove; no request is lost',
  },
  {
    id: 'schedule',
    group: 'Change',
    action: 'schedule',
    title: 'Schedule',
    note: 'renews and watches by itself, from boot',
  },
  {
    id: 'hosts',
    group: 'Change',
    action: 'hosts',
    title: 'Other hosts',
    note: 'which of them have the new token',
    needs: 'other hosts',
  },
  {
    id: 'rehearse',
    group: 'Practise',
    action: 'rehearse',
    title: 'Rehearse',
    note: 'all of this against a simulator',
    needs: 'earnest',
  },
] as const satisfies readonly Entry[];

export type HomeEntry = (typeof homeEntries)[number];
export type HomeEntryId = HomeEntry['id'];

/** The entries that make sense here. */
export function entriesFor(
  { services, otherHosts }: Pick<ExistingDeployment, 'services' | 'otherHosts'>,
  rehearsal: boolean,
): readonly HomeEntry[] {
  const has: Readonly<Record<NonNullable<Entry['needs']>, boolean>> = {
    containers: services.length > 0,
    'other hosts': otherHosts === true,
    earnest: !rehearsal,
  };
  return homeEntries.filter((entry) => !('needs' in entry) || has[entry.needs]);
}

/** The entry of that name, where it is offered. */
export function entryOf(
  entries: readonly HomeEntry[],
  id: string | undefined,
): HomeEntry | undefined {
  return entries.find((each) => each.id === id);
}

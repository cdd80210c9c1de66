import { isRecord } from './plain-data.ts';

/**
 * Which other hosts have the token of the last rotation, by a person's word. A host counts only for the
 * token that it was ticked for: the next rotation begins anew.
 */
export interface SwitchedHosts {
  /** Fingerprint of the token of the last rotation. */
  readonly token: string;
  /** Fingerprint of the token that a host was ticked for. */
  readonly hosts: Readonly<Record<string, string>>;
}

const fingerprint = /^[0-9a-f]{12}$/u;

/** The record as it was written; undefined if it is none. */
export function readSwitchedHosts(text: string): SwitchedHosts | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(data) || data['version'] !== 1) return undefined;
  const { token, hosts } = data;
  if (typeof token !== 'string' || !fingerprint.test(token) || !isRecord(hosts)) return undefined;
  const ticked = Object.entries(hosts).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { token, hosts: Object.fromEntries(ticked) };
}

/** The record as text, with its hosts in order. */
export function switchedHostsText({ token, hosts }: SwitchedHosts): string {
  const sorted = Object.fromEntries(
    Object.entries(hosts).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  return `${JSON.stringify({ version: 1, token, hosts: sorted }, undefined, 2)}\n`;
}

/** The record of a rotation to a token: as it is, or empty where it is of another one. */
export function recordFor(record: SwitchedHosts | undefined, token: string): SwitchedHosts {
  return record?.token === token ? record : { token, hosts: {} };
}

/** The record with hosts ticked, and others no longer. */
export function tickHosts(
  { token, hosts }: SwitchedHosts,
  ticked: readonly string[],
  unticked: readonly string[] = [],
): SwitchedHosts {
  const stay = Object.entries(hosts).filter(
    ([name, of]) => of === token && !unticked.includes(name),
  );
  const more = ticked.map((name) => [name, token] as const);
  return { token, hosts: Object.fromEntries([...stay, ...more]) };
}

/** True if a host was ticked for the token of the last rotation. */
export function isSwitched({ token, hosts }: SwitchedHosts, name: string): boolean {
  return Object.hasOwn(hosts, name) && hosts[name] === token;
}

import type { Deployment } from '../../domain/deployment.ts';
import { type OtherHost, readOtherHosts, withoutThisHost } from '../../domain/other-hosts.ts';
import { isSwitched, readSwitchedHosts, type SwitchedHosts } from '../../domain/switched-hosts.ts';
import type { InstallPorts } from '../install/ports.ts';

/** The other hosts of the tunnel, and what is recorded of them. */
export interface ObservedHosts {
  readonly others: readonly OtherHost[];
  readonly record: SwitchedHosts | undefined;
  /** The record as it was read, whatever it holds. */
  readonly recordText: string | undefined;
}

const largest = 1024 * 1024;

/**
 * Reads the operator's list of hosts, and which of them were ticked off; changes nothing.
 * @throws Failure `file-malformed` for a list that is none.
 */
export async function observeHosts(
  { files, host }: Pick<InstallPorts, 'files' | 'host'>,
  { hosts, switchedHosts }: Deployment,
): Promise<ObservedHosts> {
  const text = await files.readText(hosts, largest);
  const recordText = await files.readText(switchedHosts, largest);
  return {
    others: text === undefined ? [] : withoutThisHost(readOtherHosts(text), host.hostname),
    record: recordText === undefined ? undefined : readSwitchedHosts(recordText),
    recordText,
  };
}

/** Hosts that are not known to have the token of the last rotation; none where there was no rotation. */
export function openHosts({ others, record }: ObservedHosts): readonly OtherHost[] {
  return record ? others.filter(({ name }) => !isSwitched(record, name)) : [];
}

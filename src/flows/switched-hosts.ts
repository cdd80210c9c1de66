import { Failure, type MissingAnswer } from '../domain/failure.ts';
import { nearest } from '../domain/nearest.ts';
import { hostsFileName } from '../domain/other-hosts.ts';
import { tickHosts } from '../domain/switched-hosts.ts';
import type { Flow } from '../runner/step.ts';
import { assertDeployed } from '../steps/assert-deployment.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import type { InstallAnswers } from '../steps/install/answers.ts';
import type { InstallPorts, InstallSettings } from '../steps/install/ports.ts';
import { type ObservedHosts, observeHosts } from '../steps/rotate-token/observe-hosts.ts';
import {
  type HostsWorld,
  switchHostsAction,
  ticked as tickedStep,
} from '../steps/rotate-token/other-hosts.ts';

export type SwitchedHostsFlow = Flow<InstallAnswers, HostsWorld, InstallPorts>;

/** Which hosts got the token of the last rotation, by a person's word. */
export interface HostTicks {
  readonly ticked: readonly string[];
  /** Ticked by mistake. */
  readonly unticked: readonly string[];
}

/** Notes which other hosts have the token of the last rotation; touches nothing that runs. */
export function switchedHostsFlow(
  dir: string,
  settings: InstallSettings,
  { ticked, unticked }: HostTicks,
): SwitchedHostsFlow {
  return {
    id: 'rotate-token',
    title: 'Hosts with the new token',
    steps: [tickedStep(ticked, unticked)],
    check: async (ports) => assertDeployed(ports, await deploymentOnDisk(ports.files, dir)),
    async observe(ports) {
      const deployment = await deploymentOnDisk(ports.files, dir);
      const hosts = await observeHosts(ports, deployment);
      assertKnown(hosts, [...ticked, ...unticked]);
      return { deployment, hosts };
    },
    differences: () => [],
    async conclude({ world: { hosts }, emit }) {
      const record = hosts.record && tickHosts(hosts.record, ticked, unticked);
      const action = switchHostsAction({ ...hosts, record }, dir, settings.self);
      if (action) {
        emit({ type: 'action.needed', action });
        return { outcome: 'action-needed' };
      }
      emit({ type: 'notice', text: 'Every host of the list has the new token.' });
      return { outcome: 'done' };
    },
  };
}

/** @throws Failure `answers-invalid` for hosts that are not listed, or where no rotation waits for any. */
function assertKnown({ others, record }: ObservedHosts, names: readonly string[]): void {
  if (!record) {
    throw new Failure(
      'answers-invalid',
      'No rotation is recorded for which hosts could be noted.',
      {
        found: `no record beside ${hostsFileName}`,
        expected: 'a rotation since other hosts were listed there',
        nextSteps: [`List them in ${hostsFileName} before the next rotation.`],
      },
    );
  }
  const known = others.map(({ name }) => name);
  const missing = names.flatMap((name): readonly MissingAnswer[] => {
    if (known.includes(name)) return [];
    const near = nearest(name, known);
    const advice = near ? `Did you mean ${near}?` : `There are: ${known.join(', ') || 'none'}.`;
    return [{ question: 'Host', problem: `is not in ${hostsFileName}. ${advice}` }];
  });
  if (missing.length === 0) return;
  const count = missing.length === 1 ? 'A host is' : `${missing.length} hosts are`;
  throw new Failure('answers-invalid', `${count} not listed.`, { missing });
}

import { recordFor } from '../domain/switched-hosts.ts';
import type { Flow } from '../runner/step.ts';
import { assertDeployed } from '../steps/assert-deployment.ts';
import { observeBridge } from '../steps/bridge/observe-bridge.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import type { InstallAnswers } from '../steps/install/answers.ts';
import { observeInstall } from '../steps/install/observe.ts';
import type { InstallPorts, InstallSettings } from '../steps/install/ports.ts';
import { verified } from '../steps/install/verified.ts';
import { observeHosts } from '../steps/rotate-token/observe-hosts.ts';
import {
  newRound,
  type RotationWorld,
  switchHostsAction,
} from '../steps/rotate-token/other-hosts.ts';
import { rotationOf } from '../steps/rotate-token/rotation.ts';
import { bridge, leave, newToken, restart } from '../steps/rotate-token/steps.ts';

export type RotateTokenFlow = Flow<InstallAnswers, RotationWorld, InstallPorts>;

/**
 * Token rotation in manual mode: a person has rotated the token in the Console and gives the new one.
 * A second pair proves it before the running one is touched, and carries the tunnel while that takes
 * it (design 6). Old connections live on without it, but cannot come back (facts 9 row 13): other hosts
 * that are listed are asked for one by one.
 */
export function rotateTokenFlow(dir: string, settings: InstallSettings): RotateTokenFlow {
  return {
    id: 'rotate-token',
    title: 'Token rotation',
    steps: [bridge(settings), newToken, newRound, restart, verified(settings), leave],
    async check(ports) {
      await ports.engine.info();
      await ports.compose.info();
      await assertDeployed(ports, await deploymentOnDisk(ports.files, dir));
    },
    async observe(ports, answers) {
      const deployment = await deploymentOnDisk(ports.files, dir);
      // First: a list that cannot be read is mended before anything is begun.
      const hosts = await observeHosts(ports, deployment);
      const world = await observeInstall(ports, answers, deployment);
      return { ...world, bridge: await observeBridge(ports, world), hosts };
    },
    differences: () => [],
    async conclude({ answers, world, emit }) {
      const { others, record } = world.hosts;
      if (others.length > 0) {
        const { fingerprint } = rotationOf(answers, world).token;
        const hosts = { ...world.hosts, record: recordFor(record, fingerprint) };
        const action = switchHostsAction(hosts, dir, settings.self);
        if (!action) return { outcome: 'done' };
        emit({ type: 'action.needed', action });
        return { outcome: 'action-needed' };
      }
      emit({
        type: 'notice',
        text: 'Other hosts of this tunnel: their old connections live on, but a host that restarts with the old token cannot connect again. Give each the new token before it restarts.',
      });
      return { outcome: 'done' };
    },
  };
}

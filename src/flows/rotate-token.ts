import { deploymentAt } from '../domain/deployment.ts';
import { Failure } from '../domain/failure.ts';
import type { Flow } from '../runner/step.ts';
import type { BridgedWorld } from '../steps/bridge/build-bridge.ts';
import { observeBridge } from '../steps/bridge/observe-bridge.ts';
import type { InstallAnswers } from '../steps/install/answers.ts';
import { observeInstall } from '../steps/install/observe.ts';
import type { InstallPorts, InstallSettings } from '../steps/install/ports.ts';
import { verified } from '../steps/install/verified.ts';
import { bridge, leave, newToken, restart } from '../steps/rotate-token/steps.ts';

export type RotateTokenFlow = Flow<InstallAnswers, BridgedWorld, InstallPorts>;

/**
 * Token rotation in manual mode: a person has rotated the token in the Console and gives the new one.
 * A second pair proves it before the running one is touched, and carries the tunnel while that takes
 * it (design 6). Old connections live on without it, but cannot come back (facts 9 row 13).
 */
export function rotateTokenFlow(dir: string, settings: InstallSettings): RotateTokenFlow {
  const deployment = deploymentAt(dir);
  return {
    id: 'rotate-token',
    title: 'Token rotation',
    steps: [bridge(settings), newToken, restart, verified(settings), leave],
    async check(ports) {
      await ports.engine.info();
      await ports.compose.info();
      if (await ports.files.stat(deployment.composeFile)) return;
      throw new Failure('deployment-missing', `There is no deployment in ${dir}.`, {
        found: `no ${deployment.composeFile}`,
        nextSteps: ['Name its directory with --dir.', 'Or install first: mcp-tunnel install'],
      });
    },
    async observe(ports, answers) {
      const world = await observeInstall(ports, answers, deployment);
      return { ...world, bridge: await observeBridge(ports, world) };
    },
    differences: () => [],
    async conclude({ emit }) {
      emit({
        type: 'notice',
        text: 'Other hosts of this tunnel: their old connections live on, but a host that restarts with the old token cannot connect again. Give each the new token before it restarts.',
      });
      return { outcome: 'done' };
    },
  };
}

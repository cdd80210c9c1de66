import type { RoutesRequest } from '../domain/route-change.ts';
import type { Flow } from '../runner/step.ts';
import { assertDeployed } from '../steps/assert-deployment.ts';
import type { BridgedWorld } from '../steps/bridge/build-bridge.ts';
import { observeBridge } from '../steps/bridge/observe-bridge.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import type { InstallAnswers } from '../steps/install/answers.ts';
import { observeInstall } from '../steps/install/observe.ts';
import type { InstallPorts, InstallSettings } from '../steps/install/ports.ts';
import { routesChange } from '../steps/routes/change.ts';
import { routesSteps } from '../steps/routes/steps.ts';

export type RoutesFlow = Flow<InstallAnswers, BridgedWorld, InstallPorts>;

function titleOf({ set, remove }: RoutesRequest): string {
  if (set.length > 0 && remove.length === 0) return 'New routes';
  return set.length === 0 && remove.length > 0 ? 'Removal of routes' : 'Change of routes';
}

/**
 * Adds, changes and removes routes of a running deployment, all in one run. The proxy reads its configuration only when it
 * starts: a second pair with the new one proves it first, and carries the tunnel while the main pair
 * restarts (design 6).
 */
export function routesFlow(
  dir: string,
  settings: InstallSettings,
  request: RoutesRequest,
): RoutesFlow {
  return {
    id: 'routes',
    title: titleOf(request),
    steps: routesSteps(request, settings),
    async check(ports) {
      await assertDeployed(ports, await deploymentOnDisk(ports.files, dir));
      await ports.engine.info();
      await ports.compose.info();
    },
    async observe(ports, answers) {
      const deployment = await deploymentOnDisk(ports.files, dir);
      const world = await observeInstall(ports, answers, deployment);
      return { ...world, bridge: await observeBridge(ports, world) };
    },
    differences: () => [],
    async conclude({ answers, world, emit }) {
      if (routesChange(request, answers, world).settled) return { outcome: 'done' };
      emit({
        type: 'notice',
        text: 'Other hosts of this tunnel need the same change: calls are spread over all of them.',
      });
      return { outcome: 'done' };
    },
  };
}

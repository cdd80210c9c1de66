import { services } from '../../domain/deployment.ts';
import { neededRestarts } from '../../domain/stack-freshness.ts';
import type { Step, StepContext } from '../../runner/step.ts';
import type { InstallAnswers } from '../install/answers.ts';
import type { InstallPorts } from '../install/ports.ts';
import type { RenewalWorld } from './world.ts';

/** What decides whether a proxy has to be helped up. */
export type MendedWorld = Pick<
  RenewalWorld,
  'deployment' | 'project' | 'compose' | 'containers' | 'pairUsable' | 'serverKey'
>;

type Mending = StepContext<InstallAnswers, MendedWorld, InstallPorts>;

/** More rounds than services: a restart of one may be what makes the other one old. */
const mostRestarts = 4;

/**
 * True if the proxy has been started with a pair it cannot load, so that it ends again and again and
 * waits ever longer between its attempts. One that was running before goes on with what it has, and
 * takes the new pair by itself: it must not be touched.
 */
function cannotStart({ containers, deployment, pairUsable, serverKey }: MendedWorld): boolean {
  const proxy = containers.find((each) => each.service === deployment.proxyService);
  if (pairUsable || !proxy) return false;
  if (proxy.state === 'restarting') return true;
  const changed = serverKey?.stat.changedAt;
  if (proxy.state !== 'running' || !proxy.startedAt) return false;
  return changed === undefined || proxy.startedAt > changed;
}

async function restartOld({ world, ports, emit }: Mending): Promise<void> {
  const { proxyService } = world.deployment;
  const place = { dir: world.deployment.dir, project: world.project.name };
  const look = { project: place.project, workingDir: place.dir };
  let pairMended = true;
  for (let round = 0; round < mostRestarts; round += 1) {
    const containers = (await ports.engine.containers(look)).filter((each) => !each.oneOff);
    const inputs = { proxyConfig: undefined, token: undefined, sampleServer: undefined };
    const [first] = neededRestarts(containers, { ...inputs, pairMended }, proxyService);
    if (!first) return;
    if (first.service === proxyService) pairMended = false;
    emit({ type: 'command', argv: ports.compose.argv(['restart', first.service]) });
    await ports.compose.restart(place, [first.service]);
  }
}

/** Only after a run that was killed between key and certificate, if the proxy was started meanwhile. */
export const mendProxy: Step<InstallAnswers, MendedWorld, InstallPorts> = {
  id: 'restart',
  title: 'Restart of a proxy that could not start',
  plan(_answers, world) {
    if (!cannotStart(world)) return [];
    const { proxyService } = world.deployment;
    return [proxyService, services.cloudflared].map((service) => ({
      action: 'run' as const,
      what: `restart ${service}`,
      command: [...world.compose.command, 'restart', service],
      why:
        service === proxyService
          ? 'it could not start with the certificate it had'
          : 'it shares the network of the proxy; not if it was restarted with it',
      undoable: false,
    }));
  },
  run: restartOld,
};

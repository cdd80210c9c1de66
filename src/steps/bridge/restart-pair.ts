import type { Change } from '../../domain/change.ts';
import { services } from '../../domain/deployment.ts';
import { listenPort } from '../../domain/proxy-config-read.ts';
import { neededRestarts, type StartInputs } from '../../domain/stack-freshness.ts';
import type { ContainerInfo } from '../../ports/engine.ts';
import type { Emit } from '../../runner/events.ts';
import type { InstallPorts } from '../install/ports.ts';
import type { DeployedWorld } from '../install/world.ts';
import { awaitProxy } from './await-proxy.ts';

/** What of the main pair must be started anew. */
export interface PairRestart {
  readonly proxy: boolean;
  /** Always with the proxy, whose network it shares. */
  readonly cloudflared: boolean;
}

/** Judges what runs against what is on disk; what does not run must be started. */
export function neededPairRestart(
  containers: readonly ContainerInfo[],
  inputs: Omit<StartInputs, 'sampleServer'>,
  proxyService: string,
): PairRestart {
  const old = neededRestarts(containers, { ...inputs, sampleServer: undefined }, proxyService);
  const isNeeded = (name: string) =>
    old.some(({ service }) => service === name) ||
    !containers.some(({ service, state }) => service === name && state === 'running');
  const proxy = isNeeded(proxyService);
  return { proxy, cloudflared: proxy || isNeeded(services.cloudflared) };
}

/** The lines of a plan that restart the pair. */
export function planPairRestart(
  { compose, deployment }: Pick<DeployedWorld, 'compose' | 'deployment'>,
  { proxy, cloudflared }: PairRestart,
  why: string,
): readonly Change[] {
  const { proxyService } = deployment;
  const run = (what: string, argv: readonly string[], reason: string): Change => ({
    action: 'run',
    what,
    command: [...compose.command, ...argv],
    why: reason,
    undoable: false,
  });
  if (proxy) {
    return [
      run(
        `stop cloudflared and ${proxyService}, with the time their requests need`,
        ['stop', services.cloudflared, proxyService],
        `${why}; the second pair carries the tunnel meanwhile`,
      ),
      run(`start ${proxyService}`, ['start', proxyService], 'it takes what is new'),
      run(
        'start cloudflared',
        ['start', services.cloudflared],
        'only now, so that no call meets a proxy that is still starting',
      ),
    ];
  }
  if (!cloudflared) return [];
  const argv = ['restart', services.cloudflared];
  return [run('restart cloudflared', argv, 'it is older than what it runs with, or stopped')];
}

/**
 * Restarts the pair without losing a call: cloudflared leaves the edge before its proxy goes, and
 * comes back once that listens. (`restart mcp-proxy` alone would leave cloudflared in front of
 * nothing.) Not interrupted half-way: there would be no main pair.
 */
export async function restartPair(
  context: { readonly ports: InstallPorts; readonly world: DeployedWorld; readonly emit: Emit },
  { proxy, cloudflared }: PairRestart,
  routes: number,
): Promise<void> {
  const { ports, world, emit } = context;
  const { compose } = ports;
  const { proxyService: service } = world.deployment;
  const both = [services.cloudflared, service];
  const project = { dir: world.deployment.dir, project: world.project.name };
  const tell = (...argv: string[]) => emit({ type: 'command', argv: compose.argv(argv) });
  if (proxy) {
    tell('stop', ...both);
    await compose.stop(project, both);
    tell('start', service);
    await compose.start(project, [service]);
    const port = listenPort(world.files.get(world.deployment.proxyConfig)?.text);
    await awaitProxy(ports, project, { port, routes, service });
    tell('start', services.cloudflared);
    await compose.start(project, [services.cloudflared]);
  } else if (cloudflared) {
    tell('restart', services.cloudflared);
    await compose.restart(project, [services.cloudflared]);
  }
}

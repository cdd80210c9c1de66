import { diagnose } from '../../diagnosis/diagnose.ts';
import type { Change } from '../../domain/change.ts';
import { services } from '../../domain/deployment.ts';
import { neededRestarts, type StartInputs } from '../../domain/stack-freshness.ts';
import type { ContainerInfo } from '../../ports/engine.ts';
import type { Emit } from '../../runner/events.ts';
import type { InstallPorts } from '../install/ports.ts';
import type { InstallWorld } from '../install/world.ts';

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
): PairRestart {
  const old = neededRestarts(containers, { ...inputs, sampleServer: undefined });
  const isNeeded = (name: string) =>
    old.some(({ service }) => service === name) ||
    !containers.some(({ service, state }) => service === name && state === 'running');
  const proxy = isNeeded(services.proxy);
  return { proxy, cloudflared: proxy || isNeeded(services.cloudflared) };
}

/** Longest wait for the proxy to take its routes; a wait for lines whose format is undocumented. */
const proxyTimeoutMs = 10_000;
const proxyGraceMs = 2_000;
const lookEveryMs = 100;

const both = [services.cloudflared, services.proxy];

/** The lines of a plan that restart the pair. */
export function planPairRestart(
  { compose }: Pick<InstallWorld, 'compose'>,
  { proxy, cloudflared }: PairRestart,
  why: string,
): readonly Change[] {
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
        'stop cloudflared and mcp-proxy, with the time their requests need',
        ['stop', ...both],
        `${why}; the second pair carries the tunnel meanwhile`,
      ),
      run('start mcp-proxy', ['start', services.proxy], 'it takes what is new'),
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
  context: { readonly ports: InstallPorts; readonly world: InstallWorld; readonly emit: Emit },
  { proxy, cloudflared }: PairRestart,
  routes: number,
): Promise<void> {
  const { ports, world, emit } = context;
  const { compose } = ports;
  const project = { dir: world.deployment.dir, project: world.project.name };
  const tell = (...argv: string[]) => emit({ type: 'command', argv: compose.argv(argv) });
  if (proxy) {
    tell('stop', ...both);
    await compose.stop(project, both);
    tell('start', services.proxy);
    await compose.start(project, [services.proxy]);
    await awaitProxy(ports, world, routes);
    tell('start', services.cloudflared);
    await compose.start(project, [services.cloudflared]);
  } else if (cloudflared) {
    tell('restart', services.cloudflared);
    await compose.restart(project, [services.cloudflared]);
  }
}

/** Until the proxy says that it has its routes, or has run for a while; one that ends is not waited for. */
async function awaitProxy(
  { engine, clock }: InstallPorts,
  { deployment, project }: InstallWorld,
  routes: number,
): Promise<void> {
  const filter = { project: project.name, workingDir: deployment.dir, service: services.proxy };
  const begin = clock.now().getTime();
  const elapsed = () => clock.now().getTime() - begin;
  while (elapsed() < proxyTimeoutMs) {
    const proxy = (await engine.containers(filter)).find((each) => !each.oneOff);
    if (!proxy || proxy.state === 'exited' || proxy.state === 'dead') return;
    if (proxy.state === 'running') {
      if (elapsed() >= proxyGraceMs) return;
      let configured = 0;
      for await (const { text } of engine.logs(proxy.id, { follow: false })) {
        const found = diagnose({ service: services.proxy, text });
        if (found?.id === 'route-configured') configured += 1;
      }
      if (configured >= routes) return;
    }
    await clock.sleep(lookEveryMs);
  }
}

import { services } from '../../domain/deployment.ts';
import type { ContainerInfo } from '../../ports/engine.ts';
import { type AwaitedStack, awaitStart, type StartedStack } from '../await-start.ts';
import { wantedServices } from './start.ts';
import type { InstallContext } from './step.ts';
import { upstreamFromHost } from './upstream-from-host.ts';

/** pip may have to fetch the SDK over a slow line before the sample server listens. */
const sampleTimeoutMs = 150_000;
const sampleProbeMs = 2_000;

async function sampleIsReady({ ports, world }: InstallContext): Promise<boolean> {
  const containers: readonly ContainerInfo[] = await ports.engine.containers({
    project: world.project.name,
    workingDir: world.deployment.dir,
    service: services.sample,
  });
  const url = upstreamFromHost(`http://${services.sample}:9000`, containers);
  return url !== undefined && (await ports.mcp.probe(url, sampleProbeMs)).kind === 'mcp';
}

/** Waits for the stack of this deployment. */
export async function awaitInstalled(
  context: InstallContext,
  timeoutMs: number,
  install: string,
): Promise<StartedStack> {
  const { answers, world, ports, emit, signal } = context;
  const stack: AwaitedStack = {
    project: world.project.name,
    dir: world.deployment.dir,
    services: wantedServices(answers, world.deployment.proxyService),
    proxyService: world.deployment.proxyService,
    routes: answers.routes.map((route) => route.name),
    timeoutMs,
    install,
    since: world.now,
    sampleTimeoutMs,
    ...(answers.sampleServer ? { sampleReady: () => sampleIsReady(context) } : {}),
  };
  return awaitStart(ports, stack, emit, signal);
}

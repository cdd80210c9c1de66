import { edgeConnections, services } from '../domain/deployment.ts';
import { asFailure } from '../domain/failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { ContainerInfo, Engine } from '../ports/engine.ts';
import type { Emit } from '../runner/events.ts';
import { followContainers } from './logs/follow-containers.ts';
import type { ServiceLine } from './logs/service-line.ts';
import { StartWatch, type WatchedStack } from './start-watch.ts';

export interface AwaitedStack extends WatchedStack {
  readonly project: string;
  /** Names of the routes the proxy must configure. */
  readonly routes: readonly string[];
  readonly timeoutMs: number;
  /** Trouble in the logs counts from here on: before this run began to start the stack. Default: now. */
  readonly since?: Date;
  /** True once the sample server can be used; undefined where there is none. */
  readonly sampleReady?: () => Promise<boolean>;
  readonly sampleTimeoutMs: number;
}

/** What was seen of the stack when the wait ended well. */
export interface StartedStack {
  readonly containers: readonly ContainerInfo[];
  readonly connections: number;
  readonly locations: readonly string[];
  readonly routesConfigured: number;
  readonly sampleReady: boolean;
}

/** How often the containers are looked at, milliseconds. */
const lookEvery = 500;
/** Lines of a service that are looked at for the reason of its end. */
const mostLastWords = 200;
/** How long a missing `route configured` line is waited for once all else is there (its format is undocumented). */
const routeGrace = 2_000;

function isUp(containers: readonly ContainerInfo[], wanted: readonly string[]): boolean {
  return wanted.every((service) => {
    const container = containers.find((each) => each.service === service);
    return (
      container?.state === 'running' &&
      (container.health === 'none' || container.health === 'healthy')
    );
  });
}

/**
 * Waits until the stack is connected, ends at once on a line that makes waiting pointless, on an
 * exited container or a restart loop (facts 5.2, 11.9).
 * @throws Failure of the code that the diagnosis names, `restart-loop`, `container-exited`,
 * `not-connected`.
 */
export async function awaitStart(
  ports: { readonly engine: Engine; readonly clock: Clock },
  stack: AwaitedStack,
  emit: Emit,
  signal: AbortSignal,
): Promise<StartedStack> {
  const begin = ports.clock.now();
  const watch = new StartWatch(stack, stack.since ?? begin, emit);
  const stop = new AbortController();
  const following = AbortSignal.any([signal, stop.signal]);
  const list = async () =>
    (await ports.engine.containers({ project: stack.project, workingDir: stack.dir })).filter(
      (each) => !each.oneOff,
    );
  const wanted = async () =>
    (await list()).filter(({ service }) => stack.services.includes(service));
  const followed = followContainers(
    ports,
    { find: wanted, from: 'current-start', services: stack.services },
    {
      onStart: (container) => watch.onStart(container),
      onLine: ({ service }, { text, at }) => watch.onLine({ service, text, at }),
    },
    following,
  ).catch((error: unknown) => {
    if (!following.aborted) watch.failure ??= asFailure(error);
  });
  try {
    return await watchUntilUp(ports, stack, watch, begin, list, signal);
  } finally {
    stop.abort();
    await followed;
  }
}

/** The end of what each service has said since the wait's begin, at most `mostLastWords` lines each. */
async function lastWords(
  ports: { readonly engine: Engine },
  stack: AwaitedStack,
  watch: StartWatch,
  containers: readonly ContainerInfo[],
): Promise<readonly ServiceLine[]> {
  const read = containers
    .filter(({ service }) => stack.services.includes(service))
    .map(async ({ id, service }) => {
      const lines: ServiceLine[] = [];
      const options = { follow: false, since: watch.since };
      try {
        for await (const { text, at } of ports.engine.logs(id, options)) {
          lines.push({ service, text, at });
          if (lines.length > mostLastWords) lines.shift();
        }
      } catch {
        // The end of the container is told in any case; its log only says why.
      }
      return lines;
    });
  return (await Promise.all(read)).flat();
}

async function watchUntilUp(
  ports: { readonly engine: Engine; readonly clock: Clock },
  stack: AwaitedStack,
  watch: StartWatch,
  begin: Date,
  list: () => Promise<readonly ContainerInfo[]>,
  signal: AbortSignal,
): Promise<StartedStack> {
  let sampleReady = stack.sampleReady === undefined;
  let connectedAt: number | undefined;
  for (;;) {
    const containers = await list();
    const trouble = watch.judge(containers);
    if (watch.failure) throw watch.failure;
    if (trouble) throw watch.ended(trouble, await lastWords(ports, stack, watch, containers));
    const now = ports.clock.now().getTime();
    const elapsed = now - begin.getTime();
    const cloudflared = containers.find((each) => each.service === services.cloudflared);
    const healthy = isUp(containers, [stack.proxyService ?? services.proxy, services.cloudflared]);
    const { connections, routesConfigured } = watch.state;
    // A long-running stack may have lost its first lines to log rotation: its health check speaks for it.
    const longRunning =
      cloudflared?.startedAt !== undefined &&
      now - cloudflared.startedAt.getTime() > stack.timeoutMs;
    const proven = connections.length > 0 || (longRunning && cloudflared.health === 'healthy');
    const complete = connections.length >= edgeConnections && healthy;
    if (complete) connectedAt ??= now;
    const routesSeen =
      routesConfigured >= stack.routes.length ||
      (connectedAt !== undefined && now - connectedAt >= routeGrace);
    const enough =
      (complete && routesSeen) ||
      (proven && elapsed >= (longRunning ? routeGrace : stack.timeoutMs));
    if (!sampleReady && stack.sampleReady)
      sampleReady = watch.state.sampleListening || (await stack.sampleReady());
    if (enough && (sampleReady || elapsed >= stack.sampleTimeoutMs)) {
      return {
        containers,
        connections: connections.length,
        locations: watch.locations,
        routesConfigured,
        sampleReady,
      };
    }
    if (!proven && elapsed >= stack.timeoutMs) throw watch.notConnected();
    await ports.clock.sleep(lookEvery, signal);
  }
}

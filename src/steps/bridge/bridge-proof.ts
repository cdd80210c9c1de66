import { services } from '../../domain/deployment.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { listenPort } from '../../domain/proxy-config-read.ts';
import type { Emit } from '../../runner/events.ts';
import { awaitStart, type StartedStack } from '../await-start.ts';
import type { InstallPorts } from '../install/ports.ts';
import type { InstallContext } from '../install/step.ts';
import { awaitProxy } from './await-proxy.ts';
import { type BridgingWorld, removeBridge } from './build-bridge.ts';

/** Its lines are told apart from the main pair's. */
function named(emit: Emit): Emit {
  return (event) =>
    emit(
      event.type === 'log' || event.type === 'diagnosis'
        ? { ...event, service: `bridge ${event.service}` }
        : event,
    );
}

interface ProofOptions {
  readonly ports: InstallPorts;
  readonly world: BridgingWorld;
  readonly answers: InstallContext['answers'];
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** The command to run again, for next steps. */
  readonly command: string;
  /** Carried out once its proxy was started and before any call can reach that. */
  readonly beforeConnecting?: () => Promise<void>;
}

async function startBridge(options: ProofOptions): Promise<StartedStack> {
  const { ports, world, answers, signal, timeoutMs } = options;
  const { place, project } = world.bridge;
  const emit = named(options.emit);
  const where = { dir: place.dir, project };
  await ports.compose.validate(where);
  const up = async (...names: string[]): Promise<void> => {
    emit({ type: 'command', argv: ports.compose.argv(['up', '-d', ...names], where) });
    const onLine = (text: string) => emit({ type: 'log', service: 'compose', text });
    const chosen = names.length > 0 ? { services: names } : {};
    await ports.compose.up(where, { ...chosen, onLine, signal });
  };
  // The edge sends calls as soon as cloudflared is there: not before its proxy listens.
  await up(services.proxy);
  const port = listenPort(
    world.bridge.proxyConfig ?? world.files.get(world.deployment.proxyConfig)?.text,
  );
  await awaitProxy(ports, where, { port, routes: answers.routes.length });
  await options.beforeConnecting?.();
  await up();
  return awaitStart(
    ports,
    {
      ...{ project, timeoutMs },
      dir: place.dir,
      services: [services.proxy, services.cloudflared],
      routes: answers.routes.map((route) => route.name),
      install: options.command,
      sampleTimeoutMs: 0,
    },
    emit,
    signal,
  );
}

/** True if a run that was killed has stopped the main pair and left the bridge: it alone carries the tunnel. */
export function bridgeIsNeeded({ bridge, containers, deployment }: BridgingWorld): boolean {
  const running = containers.filter((each) => each.state === 'running');
  const pair = [deployment.proxyService, services.cloudflared];
  return bridge.left && !pair.every((name) => running.some(({ service }) => service === name));
}

/**
 * Starts the bridge and waits until it is connected. If it never is, it is removed again.
 * @throws Failure of `awaitStart` that says that the running pair was not touched.
 */
export async function proveBridge(options: ProofOptions): Promise<void> {
  const { ports, world, signal } = options;
  try {
    const { connections } = await startBridge(options);
    options.emit({
      type: 'notice',
      text: `The second pair is connected (${connections} connections) and carries the tunnel, too.`,
    });
  } catch (error) {
    const failure = asFailure(error);
    // An interrupted run goes on from the bridge that it has.
    if (signal.aborted || failure.code === 'interrupted' || bridgeIsNeeded(world)) throw error;
    await removeBridge(ports, world);
    throw new Failure(failure.code, `${failure.summary} The running pair was not touched.`, {
      nextSteps: failure.nextSteps,
      cause: error,
      ...(failure.found === undefined ? {} : { found: failure.found }),
      ...(failure.expected === undefined ? {} : { expected: failure.expected }),
    });
  }
}

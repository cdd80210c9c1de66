import type { Clock } from '../ports/clock.ts';
import type { ContainerInfo, Engine } from '../ports/engine.ts';
import { followContainers } from './logs/follow-containers.ts';
import type { ServiceLine } from './logs/service-line.ts';

export type { ServiceLine } from './logs/service-line.ts';

/**
 * Every line of one service from its container's current start on, also of a container that restarts
 * or takes its place, until the signal aborts. `onStart` is told of each start that is seen.
 * @throws whatever the engine fails with.
 */
export async function followService(
  ports: { readonly engine: Pick<Engine, 'logs'>; readonly clock: Clock },
  find: () => Promise<ContainerInfo | undefined>,
  handlers: { onStart(container: ContainerInfo): void; onLine(line: ServiceLine): void },
  signal: AbortSignal,
): Promise<void> {
  const containers = async () => {
    const found = await find();
    return found ? [found] : [];
  };
  const listener = {
    onStart: (container: ContainerInfo) => handlers.onStart(container),
    onLine: ({ service }: ContainerInfo, { text, at }: Omit<ServiceLine, 'service'>) =>
      handlers.onLine({ service, text, at }),
  };
  await followContainers(ports, { find: containers, from: 'current-start' }, listener, signal);
}

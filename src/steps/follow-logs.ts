import type { Clock } from '../ports/clock.ts';
import type { ContainerInfo, Engine } from '../ports/engine.ts';

export interface ServiceLine {
  readonly service: string;
  readonly text: string;
  readonly at: Date | undefined;
}

/** Pause before a container is looked at again after its log stream ended, milliseconds. */
const reattachAfter = 300;

/**
 * Every line of one service from its container's current start on, re-attached when the container
 * restarts or is replaced, until the signal aborts. `onStart` is told of each start that is seen.
 */
export async function followService(
  ports: { readonly engine: Engine; readonly clock: Clock },
  find: () => Promise<ContainerInfo | undefined>,
  handlers: { onStart(container: ContainerInfo): void; onLine(line: ServiceLine): void },
  signal: AbortSignal,
): Promise<void> {
  let lastStart: number | undefined;
  while (!signal.aborted) {
    const container = await find();
    const started = container?.startedAt?.getTime();
    if (container?.startedAt && started !== lastStart) {
      lastStart = started;
      handlers.onStart(container);
      // Not `since: startedAt`: a program that ends at once has said why before the engine notes its start.
      for await (const line of ports.engine.logs(container.id, { follow: true, signal })) {
        handlers.onLine({ service: container.service, text: line.text, at: line.at });
      }
    }
    if (signal.aborted) return;
    await ports.clock.sleep(reattachAfter, signal).catch(() => undefined);
  }
}

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
  let lastLine: Date | undefined;
  while (!signal.aborted) {
    const container = await find();
    const started = container?.startedAt?.getTime();
    const isNew = started !== undefined && started !== lastStart;
    if (container && isNew) {
      lastStart = started;
      lastLine = undefined;
      handlers.onStart(container);
    }
    // A stream may also end while its container runs on (the engine was restarted): it is taken up again.
    if (container && (isNew || container.state === 'running')) {
      // Not `since: startedAt`: a program that ends at once has said why before the engine notes its start.
      const since = lastLine && { since: new Date(lastLine.getTime() + 1) };
      for await (const line of ports.engine.logs(container.id, {
        follow: true,
        signal,
        ...since,
      })) {
        lastLine = line.at ?? lastLine;
        handlers.onLine({ service: container.service, text: line.text, at: line.at });
      }
    }
    if (signal.aborted) return;
    await ports.clock.sleep(reattachAfter, signal).catch(() => undefined);
  }
}

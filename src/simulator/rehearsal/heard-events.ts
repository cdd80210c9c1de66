import type { ContainerEvent, ContainerFilter } from '../../ports/engine.ts';
import type { ContainerSet } from './container-set.ts';

/** Events of the containers that a filter names; what is not read yet waits. */
export function heardEvents(
  containers: ContainerSet,
  { project, workingDir, service }: ContainerFilter,
  signal: AbortSignal,
): AsyncIterable<ContainerEvent> {
  const waiting: ContainerEvent[] = [];
  let wake = () => {};
  const dirs = new Map(containers.all.map(({ record }) => [record.id, record.dir]));
  const leave = containers.listen((event) => {
    const dir = containers.all.find(({ record }) => record.id === event.id)?.record.dir;
    if (dir !== undefined) dirs.set(event.id, dir);
    const isWanted =
      (project === undefined || event.project === project) &&
      (workingDir === undefined || dirs.get(event.id) === workingDir) &&
      (service === undefined || event.service === service);
    if (!isWanted) return;
    waiting.push(event);
    wake();
  });
  const stop = () => {
    leave();
    wake();
  };
  signal.addEventListener('abort', stop, { once: true });
  return (async function* () {
    try {
      while (!signal.aborted) {
        yield* waiting.splice(0);
        if (waiting.length > 0 || signal.aborted) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      leave();
      signal.removeEventListener('abort', stop);
    }
  })();
}

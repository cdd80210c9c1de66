import { systemRandom } from '../adapters/system-random.ts';
import { watchEvents } from '../flows/watch.ts';
import { portNeedsAt } from './port-needs.ts';
import type { Invocation } from './run-operation.ts';
import { openWorld } from './world.ts';

/** `watch`, real or rehearsed: until the process is told to end. */
export async function runWatch({ io, argv, chose, show }: Invocation): Promise<void> {
  const world = await openWorld(argv.rehearse, { io, argv, chose });
  try {
    const events = watchEvents({
      dir: world.dir,
      ports: await world.ports(await portNeedsAt(world.dir)),
      runId: systemRandom.uuid(),
      dryRun: argv.switches.get('dry-run') ?? false,
      signal: io.signal,
    });
    for await (const event of events) show(event);
  } finally {
    await world.close();
  }
}

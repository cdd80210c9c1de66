import { shellNotifier } from '../adapters/shell-notifier.ts';
import { statusEvents } from '../flows/status.ts';
import { portNeedsAt } from './port-needs.ts';
import type { Invocation } from './run-operation.ts';
import { statusOptions } from './status-options.ts';
import { openWorld } from './world.ts';

/** `status` and `status --watch`, real or rehearsed: needs no answers, for it asks the deployment itself. */
export async function runStatus({ io, argv, chose, show }: Invocation): Promise<void> {
  const options = statusOptions(argv, io.cwd);
  const world = await openWorld(argv.rehearse, { io, argv, chose });
  try {
    const events = statusEvents({
      dir: world.dir,
      ports: {
        ...(await world.ports(await portNeedsAt(world.dir))),
        notifier: shellNotifier(io.env),
      },
      settings: {
        self: [...io.self, ...(argv.rehearse ? ['rehearse'] : [])],
        rehearsal: argv.rehearse,
      },
      ...options,
      signal: io.signal,
    });
    for await (const event of events) show(event);
  } finally {
    await world.close();
  }
}

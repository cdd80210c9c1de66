import { systemFiles } from '../adapters/system-files.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { Failure } from '../domain/failure.ts';
import { toolVersion } from '../domain/version.ts';
import { switchOffFlow, switchOnFlow } from '../flows/schedule.ts';
import { showSchedule } from '../flows/show-schedule.ts';
import type { FlowEvent } from '../runner/events.ts';
import { runFlow } from '../runner/run-flow.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import type { ScheduleSettings } from '../steps/schedule/ports.ts';
import { portNeedsAt } from './port-needs.ts';
import type { Invocation } from './run-operation.ts';
import { openWorld, type World } from './world.ts';

async function* scheduleEvents(
  { io, argv, surface }: Invocation,
  { dir, ports }: World,
): AsyncGenerator<FlowEvent> {
  const all = await ports(await portNeedsAt(dir));
  const { scheduler, programs } = all;
  if (!scheduler || !programs) throw new Failure('bug', 'This world has no scheduler.');
  const self = [...io.self, ...(argv.rehearse ? ['rehearse'] : [])];
  if (argv.subcommand === 'show') {
    yield* showSchedule({ dir, ports: all, self });
    return;
  }
  const settings: ScheduleSettings = {
    ...{ self, toolVersion, rehearsal: argv.rehearse },
    tmpdir: io.env['TMPDIR'] || undefined,
    dockerConfig: io.env['DOCKER_CONFIG'] || undefined,
  };
  const deployment = await deploymentOnDisk(systemFiles, dir);
  const flow = argv.subcommand === 'on' ? switchOnFlow : switchOffFlow;
  yield* runFlow({
    flow: flow(deployment, settings),
    answers: {},
    ports: { ...all, scheduler, programs },
    place: deployment,
    runId: systemRandom.uuid(),
    version: toolVersion,
    user: all.host.username,
    consent: async (changes) =>
      argv.switches.get('yes') === true || (await surface.consent(changes)),
    dryRun: argv.switches.get('dry-run') ?? false,
    signal: io.signal,
    secrets: [],
  });
}

/** `schedule on`, `off` and `show`, real or rehearsed: they need no answers. */
export async function runSchedule(invocation: Invocation): Promise<void> {
  const { io, argv, chose, show } = invocation;
  const world = await openWorld(argv.rehearse, { io, argv, chose });
  try {
    for await (const event of scheduleEvents(invocation, world)) show(event);
  } finally {
    await world.close();
  }
}

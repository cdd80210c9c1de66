import type { Deployment } from '../domain/deployment.ts';
import type { Flow } from '../runner/step.ts';
import { assertDeployment } from '../steps/assert-deployment.ts';
import {
  foreignManager,
  placeProblem,
  setUpByAnother,
  unavailable,
} from '../steps/schedule/check-place.ts';
import { lingersNow, observeSchedule } from '../steps/schedule/observe-schedule.ts';
import type { SchedulePorts, ScheduleSettings } from '../steps/schedule/ports.ts';
import { type ScheduleAnswers, switchOff, switchOn } from '../steps/schedule/steps.ts';
import type { ScheduleWorld } from '../steps/schedule/world.ts';

export type ScheduleFlow = Flow<ScheduleAnswers, ScheduleWorld, SchedulePorts>;

/** What is worth knowing before a renewal fails in the night. */
async function keyNotice(
  { files }: SchedulePorts,
  { caKey }: Deployment,
): Promise<string | undefined> {
  const text = await files.readText(caKey, 1024 * 1024).catch(() => undefined);
  const renew = 'mcp-tunnel renew-cert --ca-key FILE';
  if (text === undefined)
    return `${caKey} is not here, or not this user’s to read: the renewal cannot sign without it and will say so. By hand: ${renew}`;
  if (text.includes('ENCRYPTED'))
    return `${caKey} has a passphrase, which nobody types at night: the renewal will say so. By hand: ${renew}`;
  return undefined;
}

/** `schedule on`: a copy of this program, watched and renewing by itself, started at boot. */
export function switchOnFlow(deployment: Deployment, settings: ScheduleSettings): ScheduleFlow {
  const { dir } = deployment;
  return {
    id: 'schedule-on',
    title: 'Schedule',
    steps: switchOn,
    async check(ports, _answers, emit) {
      await assertDeployment(ports.files, dir);
      const running = await ports.programs.running();
      const problem = placeProblem({ running, deployment }, settings);
      if (problem && !settings.rehearsal) throw problem;
      if (problem)
        emit({ type: 'notice', text: `Outside a rehearsal this is refused: ${problem.found}.` });
      const world = await observeSchedule(ports, deployment, settings, { needsEngine: true });
      if (world.manager === undefined) throw unavailable(world);
      const foreign = foreignManager(world);
      if (foreign) throw setUpByAnother(world, foreign, 'on');
      const notice = await keyNotice(ports, deployment);
      if (notice !== undefined) emit({ type: 'notice', text: notice });
    },
    observe: (ports) => observeSchedule(ports, deployment, settings, { needsEngine: true }),
    differences: () => [],
    async conclude({ ports, world, emit }) {
      const { manager, account } = world;
      if (manager !== 'user' || (await lingersNow(ports, account))) return { outcome: 'done' };
      emit({
        type: 'action.needed',
        action: {
          id: 'enable-linger',
          title: `let the units of ${account.name} run without a login`,
          steps: [`As root, once: loginctl enable-linger ${account.name}`],
          values: { user: account.name },
          resume: [...settings.self, 'schedule', 'on', '--dir', dir],
        },
      });
      return { outcome: 'action-needed' };
    },
  };
}

/** `schedule off`: takes away exactly what `schedule on` has made. */
export function switchOffFlow(deployment: Deployment, settings: ScheduleSettings): ScheduleFlow {
  const { dir } = deployment;
  return {
    id: 'schedule-off',
    title: 'Schedule',
    steps: switchOff,
    async check(ports) {
      await assertDeployment(ports.files, dir);
      const world = await observeSchedule(ports, deployment, settings, { needsEngine: false });
      const foreign = foreignManager(world);
      if (foreign) throw setUpByAnother(world, foreign, 'off');
    },
    observe: (ports) => observeSchedule(ports, deployment, settings, { needsEngine: false }),
    differences: () => [],
    conclude: async () => ({ outcome: 'done' }),
  };
}

import type { Change } from '../../domain/change.ts';
import { commandLine } from '../../domain/command-line.ts';
import type { Deployment } from '../../domain/deployment.ts';
import type { Failure } from '../../domain/failure.ts';
import type { GuideDifference } from '../../domain/guide-differences.ts';
import {
  foreignManager,
  placeProblem,
  setUpByAnother,
  unavailable,
} from '../schedule/check-place.ts';
import { recordPath } from '../schedule/note-paths.ts';
import { observeSchedule } from '../schedule/observe-schedule.ts';
import { perform } from '../schedule/perform.ts';
import { actsToSwitchOn } from '../schedule/switch-on-acts.ts';
import type { ScheduleWorld } from '../schedule/world.ts';
import type { InstallAnswers } from './answers.ts';
import type { InstallPorts, InstallSettings } from './ports.ts';
import type { InstallStep } from './step.ts';

/** What would be set up at boot, or why nothing can be. */
export type BootWorld =
  | { readonly schedule: ScheduleWorld }
  | { readonly problem: Pick<Failure, 'summary' | 'found' | 'nextSteps'> };

/** Undefined where it was not asked for. */
export async function observeBoot(
  ports: InstallPorts,
  answers: InstallAnswers,
  deployment: Deployment,
  { toolVersion, self, rehearsal, surroundings }: InstallSettings,
): Promise<BootWorld | undefined> {
  const { scheduler, programs } = ports;
  if (!answers.boot) return undefined;
  if (!scheduler || !programs) {
    const summary = 'There is nobody here who starts programs by themselves.';
    return { problem: { summary, found: undefined, nextSteps: [] } };
  }
  const { tmpdir, dockerConfig } = surroundings ?? {};
  const settings = { toolVersion, self, rehearsal, tmpdir, dockerConfig };
  const wish = { needsEngine: true, days: answers.certificates.days };
  const all = { ...ports, scheduler, programs };
  const schedule = await observeSchedule(all, deployment, settings, wish);
  const foreign = foreignManager(schedule);
  const problem =
    (rehearsal ? undefined : placeProblem(schedule, settings)) ??
    (schedule.manager === undefined ? unavailable(schedule) : undefined) ??
    (foreign ? setUpByAnother(schedule, foreign, 'on') : undefined);
  return problem ? { problem } : { schedule };
}

function planBoot(world: BootWorld | undefined): readonly Change[] {
  if (!world) return [];
  if ('schedule' in world) return actsToSwitchOn(world.schedule).map(({ change }) => change);
  const { summary, found } = world.problem;
  const why = [summary, ...(found === undefined ? [] : [found])].join(' ');
  return [{ action: 'keep', what: 'nothing is started at boot', why, undoable: false }];
}

/** What `schedule on` does, at the end of an installation. Where it cannot be done, nothing else fails for it. */
export const boot: InstallStep = {
  id: 'boot',
  title: 'Boot and schedule',
  plan: (_answers, world) => planBoot(world.boot),
  async run({ ports, world, undo, emit, signal }) {
    const { scheduler, programs } = ports;
    if (!world.boot || !('schedule' in world.boot) || !scheduler || !programs) return;
    const { schedule } = world.boot;
    for (const act of actsToSwitchOn(schedule)) {
      signal.throwIfAborted();
      await perform(act, {
        ports: { ...ports, scheduler, programs },
        ...{ world: schedule, undo, emit },
      });
    }
  },
};

/** What will not mend itself, where it was asked for and cannot be had (design 5). */
export function bootDifferences(world: BootWorld | undefined): readonly GuideDifference[] {
  if (!world || 'schedule' in world) return [];
  const { summary, nextSteps } = world.problem;
  return [
    {
      id: 'boot',
      what: 'Nothing mends a tunnel whose proxy has crashed, and nothing renews the certificate',
      why: [`boot was asked for, but: ${summary}`, ...nextSteps].join(' '),
    },
  ];
}

/** Told at the end where nobody looks after the deployment and nobody was asked to. */
export async function bootOffer(
  { files, scheduler }: InstallPorts,
  answers: InstallAnswers,
  deployment: Deployment,
  { self }: InstallSettings,
): Promise<string | undefined> {
  if (answers.boot || !scheduler) return undefined;
  if ((await files.stat(recordPath(deployment))) !== undefined) return undefined;
  const at = self.lastIndexOf('install');
  const on = commandLine(self.toSpliced(at, 1, 'schedule', 'on'));
  return `Nobody looks after it yet: a tunnel whose proxy has crashed, and a certificate that is due, wait for you. To change that: ${on}`;
}

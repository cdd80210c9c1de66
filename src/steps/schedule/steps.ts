import type { Step } from '../../runner/step.ts';
import type { Act, Part } from './act.ts';
import { perform } from './perform.ts';
import type { SchedulePorts } from './ports.ts';
import { actsToSwitchOff } from './switch-off-acts.ts';
import { actsToSwitchOn } from './switch-on-acts.ts';
import type { ScheduleWorld } from './world.ts';

/** `schedule` asks nothing: everything is in the world. */
export type ScheduleAnswers = Readonly<Record<string, never>>;
export type ScheduleStep = Step<ScheduleAnswers, ScheduleWorld, SchedulePorts>;

function step(
  acts: (world: ScheduleWorld) => readonly Act[],
  part: Part,
  title: string,
): ScheduleStep {
  const own = (world: ScheduleWorld) => acts(world).filter((act) => act.part === part);
  return {
    id: `schedule-${part}`,
    title,
    plan: (_answers, world) => own(world).map(({ change }) => change),
    async run({ ports, world, undo, emit, signal }) {
      for (const act of own(world)) {
        signal.throwIfAborted();
        await perform(act, { ports, world, undo, emit });
      }
    },
  };
}

/** Noted before it is done: what a killed run leaves can be taken away again. */
export const switchOn: readonly ScheduleStep[] = [
  step(actsToSwitchOn, 'record', 'Note'),
  step(actsToSwitchOn, 'program', 'Copy of the program'),
  step(actsToSwitchOn, 'files', 'Units'),
  step(actsToSwitchOn, 'activation', 'Activation'),
  step(actsToSwitchOn, 'leftovers', 'What is no longer used'),
];

export const switchOff: readonly ScheduleStep[] = [
  step(actsToSwitchOff, 'activation', 'Deactivation'),
  step(actsToSwitchOff, 'files', 'Units'),
  step(actsToSwitchOff, 'leftovers', 'Copy of the program'),
  step(actsToSwitchOff, 'record', 'Note'),
];

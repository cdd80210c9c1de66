import type { Change } from '../../domain/change.ts';
import { fileDiff } from '../../domain/file-diff.ts';
import type { Manager } from '../../domain/schedule.ts';
import type { ScheduleWorld } from './world.ts';

/** What carries a line of the plan out. Paths are where they really lie. */
export type Effect =
  | { readonly kind: 'write'; readonly path: string; readonly text: string; readonly mode: number }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'command'; readonly argv: readonly string[]; readonly input?: string }
  | { readonly kind: 'linger'; readonly argv: readonly string[] }
  | { readonly kind: 'install'; readonly folder: string; readonly withNode: boolean }
  | { readonly kind: 'uninstall'; readonly folder: string };

/** The parts in which it is planned and done, in the order of setting up. */
export type Part = 'record' | 'program' | 'files' | 'activation' | 'leftovers';

export interface Act {
  readonly part: Part;
  readonly change: Change;
  /** Absent where nothing is to be done. */
  readonly effect?: Effect;
}

export function systemctl(manager: Manager, ...words: readonly string[]): readonly string[] {
  return ['systemctl', ...(manager === 'user' ? ['--user'] : []), ...words];
}

export function runs(
  part: Part,
  what: string,
  effect: Extract<Effect, { argv: readonly string[] }>,
): Act {
  return { part, effect, change: { action: 'run', what, command: effect.argv, undoable: false } };
}

function crontabArgv({ account, uid }: ScheduleWorld): readonly string[] {
  return ['crontab', ...(account.uid === uid ? [] : ['-u', account.name]), '-'];
}

export function crontabAct(world: ScheduleWorld, wanted: string, part: Part): Act {
  const { crontab = '', account } = world;
  const what = `crontab of ${account.name}`;
  if (wanted === crontab) return { part, change: { action: 'keep', what, undoable: false } };
  const argv = crontabArgv(world);
  const diff = fileDiff(what, crontab, wanted);
  return {
    part,
    change: { action: 'change', what, diff, command: argv, undoable: false },
    effect: { kind: 'command', argv, input: wanted },
  };
}

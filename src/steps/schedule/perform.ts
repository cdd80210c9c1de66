import { dirname } from 'node:path';
import { formatMode } from '../../domain/change.ts';
import { commandLine } from '../../domain/command-line.ts';
import { asFailure } from '../../domain/failure.ts';
import type { Emit } from '../../runner/events.ts';
import type { UndoLog } from '../../runner/undo-log.ts';
import type { Act, Effect } from './act.ts';
import { recordPath } from './note-paths.ts';
import type { SchedulePorts } from './ports.ts';
import type { ScheduleWorld } from './world.ts';

export interface Performance {
  readonly ports: SchedulePorts;
  readonly world: ScheduleWorld;
  readonly undo: UndoLog;
  readonly emit: Emit;
}

/** Makes the folders above a path that are missing. */
async function makeAbove({ files }: Pick<SchedulePorts, 'files'>, path: string): Promise<void> {
  const folder = dirname(path);
  if ((await files.stat(folder)) !== undefined) return;
  await makeAbove({ files }, folder);
  await files.makeDirectory(folder, 0o755);
}

async function write(
  effect: Extract<Effect, { kind: 'write' }>,
  isNew: boolean,
  { ports, world, undo, emit }: Performance,
): Promise<void> {
  const { path, text, mode } = effect;
  const { stateDir } = world.deployment;
  const isOurs = path === recordPath(world.deployment);
  if (isOurs) await ports.files.makeDirectory(stateDir, 0o700);
  else await makeAbove(ports, path);
  if (isNew && !isOurs) await undo.record({ kind: 'created', path });
  await ports.files.write(path, text, mode);
  emit({ type: 'file.written', path, mode: formatMode(mode) });
  if (!isOurs || !world.giveTo) return;
  // Root has made these for the operator, whose runs write there, too.
  for (const own of [stateDir, path, world.deployment.journal])
    if ((await ports.files.stat(own)) !== undefined) await ports.scheduler.give(own, world.giveTo);
}

async function command(argv: readonly string[], input: string | undefined, run: Performance) {
  run.emit({ type: 'command', argv });
  await run.ports.scheduler.command(argv, input);
}

/** Carries out what the plan listed. @throws Failure `schedule-failed` and those of Files. */
export async function perform(act: Act, run: Performance): Promise<void> {
  const { effect, change } = act;
  const { ports, emit } = run;
  switch (effect?.kind) {
    case 'write':
      return write(effect, change.action === 'create', run);
    case 'remove':
      return ports.files.remove(effect.path);
    case 'command':
      return command(effect.argv, effect.input, run);
    case 'linger':
      try {
        return await command(effect.argv, undefined, run);
      } catch (error) {
        const { found } = asFailure(error);
        const sudo = commandLine(['sudo', ...effect.argv]);
        const text = `This user may not do that (${found}). Until root does, the units run only while ${run.world.account.name} is logged in: ${sudo}`;
        return emit({ type: 'notice', text });
      }
    case 'install':
      return ports.programs.install(effect.folder, effect);
    case 'uninstall':
      return ports.programs.remove(effect.folder);
    case undefined:
      return undefined;
  }
}

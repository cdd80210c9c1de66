import { basename, join } from 'node:path';
import type { Change } from '../../domain/change.ts';
import { type Manager, readProgramFolderName, unitNames } from '../../domain/schedule.ts';
import { crontabWithout } from '../../domain/schedule-files.ts';
import type { UnitState } from '../../domain/systemd-show.ts';
import { type Act, crontabAct, type Part, runs, systemctl } from './act.ts';
import { recordPath, renewalNotePath } from './note-paths.ts';
import type { FoundSchedule, ScheduleWorld } from './world.ts';

/** A copy goes with the last deployment that used it; a folder that is not one of ours never does. */
export function uninstallActs(
  { usedElsewhere }: ScheduleWorld,
  folder: string,
  root: string,
): readonly Act[] {
  if (readProgramFolderName(basename(folder)) === undefined) return [];
  const what = `${folder}/, the copy of the program that ran`;
  if (usedElsewhere.includes(folder)) {
    const why = 'another deployment on this host runs from it';
    return [{ part: 'leftovers', change: { action: 'keep', what, why, undoable: false } }];
  }
  const path = join(root, folder);
  return [
    {
      part: 'leftovers',
      change: { action: 'remove', what, path, undoable: false },
      effect: { kind: 'uninstall', folder: path },
    },
  ];
}

function removal(world: ScheduleWorld, path: string, part: Part): Act {
  const real = join(world.root, path);
  const change: Change = { action: 'remove', what: path, path: real, undoable: false };
  return { part, change, effect: { kind: 'remove', path: real } };
}

export function foundActs(world: ScheduleWorld, { manager, files }: FoundSchedule): readonly Act[] {
  const { units, deployment } = world;
  if (manager === 'crontab') {
    const without = crontabWithout(world.crontab ?? '', deployment.dir);
    return [crontabAct(world, without, 'activation')];
  }
  if (manager === 'cron') return files.map((path) => removal(world, path, 'files'));
  const names = unitNames(deployment.dir);
  const isUp = ({ active, file }: UnitState) => active !== 'inactive' || file === 'enabled';
  const up = units.filter(({ name }) => name !== names.renewal).some(isUp);
  const run = (part: Part, what: string, ...words: readonly string[]) =>
    runs(part, what, { kind: 'command', argv: systemctl(manager, ...words) });
  return [
    ...(up
      ? [
          run(
            'activation',
            'stop them, now and at boot',
            'disable',
            '--now',
            names.watch,
            names.timer,
          ),
        ]
      : []),
    ...files.map((path) => removal(world, path, 'files')),
    run('files', 'let systemd forget the units', 'daemon-reload'),
  ];
}

/** A file of the deployment's own folder for such. */
function ownRemoval(path: string): Act {
  const what = `.mcp-tunnel/${basename(path)}`;
  return {
    part: 'record',
    change: { action: 'remove', what, path, undoable: false },
    effect: { kind: 'remove', path },
  };
}

/** Everything that takes away what was set up, and nothing else. Pure. */
export function actsToSwitchOff(world: ScheduleWorld): readonly Act[] {
  const { record, root, deployment, account, found, usedElsewhere } = world;
  const mine = found.filter(({ manager }) => isOwn(world, manager));
  const lingering = record?.linger === true && world.lingers === true && usedElsewhere.length === 0;
  return [
    ...mine.flatMap((each) => foundActs(world, each)),
    ...(lingering
      ? [
          runs('leftovers', `let the units of ${account.name} end with their last login again`, {
            kind: 'command',
            argv: ['loginctl', 'disable-linger', account.name],
          }),
        ]
      : []),
    ...(record ? uninstallActs(world, record.program.folder, root) : []),
    ...(world.hasRenewalNote ? [ownRemoval(renewalNotePath(deployment))] : []),
    ...(world.recordFile.stat ? [ownRemoval(recordPath(deployment))] : []),
  ];
}

/** True if this process may take away what a manager was told; what is the whole host’s needs root. */
export function isOwn({ uid }: Pick<ScheduleWorld, 'uid'>, manager: Manager): boolean {
  return uid === 0 ? manager !== 'user' : manager === 'user' || manager === 'crontab';
}

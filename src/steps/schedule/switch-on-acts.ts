import { basename, join } from 'node:path';
import { type Manager, shortHash, unitNames } from '../../domain/schedule.ts';
import { recordText, type ScheduleRecord } from '../../domain/schedule-record.ts';
import type { UnitState } from '../../domain/systemd-show.ts';
import { planFile } from '../planned-file.ts';
import { type Act, crontabAct, runs, systemctl } from './act.ts';
import { recordPath } from './note-paths.ts';
import { wantedCrontab } from './observe-schedule.ts';
import { foundActs, isOwn, uninstallActs } from './switch-off-acts.ts';
import type { ScheduleWorld } from './world.ts';

const unitMode = 0o644;

/** What will be noted of it. */
function recordOf(world: ScheduleWorld, manager: Manager): ScheduleRecord {
  const { account, running, folder, wanted, files, record, lingers } = world;
  return {
    manager,
    account: account.name,
    program: { folder, version: running.version, hash: running.hash, node: wanted.node },
    files: files.map(({ path }) => path),
    linger: lingers === false || (record?.manager === manager && record.linger),
  };
}

function recordAct(world: ScheduleWorld, manager: Manager): Act {
  const path = recordPath(world.deployment);
  const wanted = {
    path,
    text: recordText(recordOf(world, manager)),
    mode: unitMode,
    what: 'what is set up here',
  };
  const planned = planFile(world.deployment.dir, wanted, world.recordFile);
  // It stays if the run fails: it tells what there is to take away.
  const change = { ...planned, undoable: false };
  if (change.action === 'keep') return { part: 'record', change };
  return {
    part: 'record',
    change,
    effect: { kind: 'write', path, text: wanted.text, mode: unitMode },
  };
}

function programAct({ root, folder, running, withNode, copy }: ScheduleWorld): Act {
  const about = `${running.version}, SHA-256 ${shortHash(running.hash)}…`;
  const node = withNode ? `, with its Node` : '';
  const line = { what: `${folder}/, a copy of this program (${about})${node}`, undoable: false };
  const isComplete = copy?.hash === running.hash && (copy.hasNode || !withNode);
  if (isComplete) return { part: 'program', change: { action: 'keep', ...line } };
  const why = copy
    ? 'what lies there is damaged'
    : 'it stays as it is, whatever happens to this one';
  const path = join(root, folder);
  return {
    part: 'program',
    change: { action: copy ? 'change' : 'create', ...line, path, why },
    effect: { kind: 'install', folder: path, withNode },
  };
}

function fileActs({ root, files, manager }: ScheduleWorld): readonly Act[] {
  return files.map(({ path, text, observed }) => {
    const whose = manager === 'user' ? 'unit of this user' : 'unit of the host';
    const what = manager === 'cron' ? 'for cron' : whose;
    const real = join(root, path);
    // From the root, so that the plan names it whole.
    const planned = planFile('/', { path, text, mode: unitMode, what }, observed);
    const change = {
      ...planned,
      ...{ what: `/${planned.what}`, path: real, undoable: planned.action === 'create' },
    };
    if (change.action === 'keep') return { part: 'files', change };
    return { part: 'files', change, effect: { kind: 'write', path: real, text, mode: unitMode } };
  });
}

/** systemd tells whole seconds: what was started in the second of the writing may be newer. */
function isOlder(startedAt: Date | undefined, written: Date | undefined): boolean {
  return (
    startedAt !== undefined &&
    written !== undefined &&
    startedAt.getTime() + 1000 <= written.getTime()
  );
}

function isOn({ active, file }: UnitState): boolean {
  return file === 'enabled' && ['active', 'activating', 'reloading'].includes(active);
}

/** Commands that make systemd do what the files say. */
function activationActs(world: ScheduleWorld, manager: 'system' | 'user'): readonly Act[] {
  const { units, files, account, lingers, deployment } = world;
  const names = unitNames(deployment.dir);
  const unit = (name: string) => units.find((each) => each.name === name);
  const changed = new Set(
    files.filter(({ text, observed }) => observed.text !== text).map(({ path }) => basename(path)),
  );
  const stale = units.some(({ needsReload, load }) => needsReload || load === 'not-found');
  const wanted = [names.watch, names.timer];
  const off = wanted.filter((name) => {
    const found = unit(name);
    return found === undefined || !isOn(found);
  });
  const outdated = wanted.filter((name) => {
    const found = unit(name);
    const written = files.find(({ path }) => basename(path) === name)?.observed.stat?.changedAt;
    if (found === undefined || !isOn(found)) return false;
    return changed.has(name) || isOlder(found.startedAt, written);
  });
  const run = (what: string, ...words: readonly string[]) =>
    runs('activation', what, { kind: 'command', argv: systemctl(manager, ...words) });
  return [
    ...(lingers === false
      ? [
          runs('activation', `let the units of ${account.name} run without a login`, {
            kind: 'linger',
            argv: ['loginctl', 'enable-linger', account.name],
          }),
        ]
      : []),
    ...(changed.size > 0 || stale ? [run('let systemd read the units', 'daemon-reload')] : []),
    ...(off.length > 0 ? [run('start them, now and at boot', 'enable', '--now', ...wanted)] : []),
    ...(outdated.length > 0
      ? [run('start anew what runs with an older file', 'restart', ...outdated)]
      : []),
  ];
}

function leftoverActs(world: ScheduleWorld): readonly Act[] {
  const { record, folder, root } = world;
  if (!record || record.program.folder === folder) return [];
  return uninstallActs(world, record.program.folder, root);
}

/** Everything that has to be done for the deployment to be looked after by itself. Pure. */
export function actsToSwitchOn(world: ScheduleWorld): readonly Act[] {
  const { manager, found } = world;
  if (manager === undefined) return [];
  const crontab = wantedCrontab(world);
  const others = found.filter((each) => each.manager !== manager && isOwn(world, each.manager));
  return [
    recordAct(world, manager),
    programAct(world),
    ...fileActs(world),
    ...(manager === 'system' || manager === 'user' ? activationActs(world, manager) : []),
    ...(crontab === undefined ? [] : [crontabAct(world, crontab, 'activation')]),
    ...others.flatMap((each) => foundActs(world, each)),
    ...leftoverActs(world),
  ];
}

import { join } from 'node:path';
import type { Deployment } from '../../domain/deployment.ts';
import { unitNames } from '../../domain/schedule.ts';
import { readRecord, type ScheduleRecord } from '../../domain/schedule-record.ts';
import {
  type ObservedSchedule,
  readRenewalNote,
  type ScheduleReport,
} from '../../domain/schedule-state.ts';
import type { UnitState } from '../../domain/systemd-show.ts';
import type { Files } from '../../ports/files.ts';
import type { LockHolder, Locks } from '../../ports/lock.ts';
import type { ProgramStore } from '../../ports/program-store.ts';
import type { Scheduler } from '../../ports/scheduler.ts';
import { watchLockOf } from '../watch/watch-lock.ts';
import { recordPath, renewalNotePath } from './note-paths.ts';
import { lingersNow, observeUnits } from './observe-schedule.ts';

/** What a look needs; without scheduler and programs only files are looked at. */
export interface ReportPorts {
  readonly files: Files;
  readonly locks: Locks;
  readonly scheduler?: Scheduler;
  readonly programs?: ProgramStore;
}

/** How a copy was found before. */
export interface KnownCopy {
  readonly folder: string;
  readonly state: ObservedSchedule['copy'];
}

const largest = 1024 * 1024;

function watchStateOf(
  unit: UnitState | undefined,
  watcher: LockHolder | undefined,
): ObservedSchedule['watch'] {
  if (watcher) return 'running';
  if (unit === undefined || unit.active === '') return 'unknown';
  // Between two attempts it is `activating`.
  if (unit.active === 'failed' || unit.active === 'activating') return 'failing';
  return unit.active === 'active' ? 'running' : 'stopped';
}

async function copyState(
  { scheduler, programs }: ReportPorts,
  { program }: ScheduleRecord,
  known: KnownCopy | undefined,
): Promise<ObservedSchedule['copy']> {
  if (known?.folder === program.folder) return known.state;
  if (!programs || !scheduler) return 'same';
  try {
    const there = await programs.installed(join(scheduler.root, program.folder));
    if (!there) return 'missing';
    if (there.hash !== program.hash) return 'damaged';
    return (await programs.running()).hash === program.hash ? 'same' : 'other';
  } catch {
    // Not this user's to read.
    return 'missing';
  }
}

async function observed(
  ports: ReportPorts,
  { dir }: Deployment,
  record: ScheduleRecord,
  watcher: LockHolder | undefined,
  known: KnownCopy | undefined,
): Promise<ObservedSchedule> {
  const { scheduler } = ports;
  const { manager, account, program, files } = record;
  const units = scheduler ? await observeUnits({ scheduler }, manager, dir).catch(() => []) : [];
  const names = unitNames(dir);
  const find = (name: string) => units.find((unit) => unit.name === name);
  const timer = find(names.timer);
  const isCron = manager === 'cron' || manager === 'crontab';
  const lingers =
    scheduler && manager === 'user'
      ? await lingersNow({ scheduler }, { name: account })
      : undefined;
  const cronWatch = watcher ? 'running' : 'stopped';
  return {
    ...{ manager, account, program, files },
    copy: await copyState(ports, record, known),
    watch: isCron ? cronWatch : watchStateOf(find(names.watch), watcher),
    renewal: timer === undefined ? 'unknown' : timer.active === 'active' ? 'on' : 'off',
    ...(timer?.next ? { next: timer.next } : {}),
    ...(lingers === undefined ? {} : { lingers }),
  };
}

/**
 * What looks after a deployment by itself, as far as this user can see; never throws for what it
 * meets. `known`: a copy of the program that need not be read again.
 */
export async function scheduleReport(
  ports: ReportPorts,
  deployment: Deployment,
  known?: KnownCopy,
): Promise<ScheduleReport> {
  const textOf = (path: string) => ports.files.readText(path, largest).catch(() => undefined);
  const [record, note, watcher] = await Promise.all([
    textOf(recordPath(deployment)).then(readRecord),
    textOf(renewalNotePath(deployment)).then(readRenewalNote),
    ports.locks.holder(watchLockOf(deployment.stateDir)),
  ]);
  return {
    schedule: record && (await observed(ports, deployment, record, watcher, known)),
    watcher: watcher && { pid: watcher.pid, since: watcher.since },
    lastRenewal: note,
  };
}

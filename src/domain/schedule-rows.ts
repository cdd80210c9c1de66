import { shortHash } from './schedule.ts';
import type { ScheduleReport } from './schedule-state.ts';
import { minuteOf } from './status-item.ts';

const copies = {
  same: 'this program',
  other: 'another build than this program',
  damaged: 'not as it was installed',
  missing: 'gone',
} as const;

/** What is set up and how it goes, as label and value; an empty label goes on with the one above. */
export function scheduleRows({
  schedule,
  watcher,
  lastRenewal,
}: ScheduleReport): readonly (readonly [string, string])[] {
  if (!schedule) return [];
  const { manager, account, files, program, copy, next } = schedule;
  const since = watcher ? `process ${watcher.pid} since ${minuteOf(new Date(watcher.since))}` : '';
  const ended = lastRenewal && [
    minuteOf(lastRenewal.at),
    `exit code ${lastRenewal.code}`,
    ...(lastRenewal.summary === undefined ? [] : [lastRenewal.summary]),
  ];
  return [
    ['Set up', `${manager}, as ${account}`],
    ...files.map((file, index) => [index === 0 ? 'Files' : '', file] as const),
    ['Program', program.folder],
    ['', `${program.version}, SHA-256 ${shortHash(program.hash)}…: ${copies[copy]}`],
    ['', `on ${program.node}`],
    ['Watch', [schedule.watch, ...(since === '' ? [] : [since])].join(', ')],
    ['Last renewal', ended ? ended.join(', ') : 'not tried yet'],
    ['Next renewal', next ? minuteOf(next) : 'at the time in the file'],
  ];
}

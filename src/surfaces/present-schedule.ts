import { shortHash } from '../domain/schedule.ts';
import { describeSchedule } from '../domain/schedule-state.ts';
import { minuteOf } from '../domain/status-item.ts';
import type { FlowEvent } from '../runner/events.ts';
import type { Style } from './style.ts';

type ScheduleEvent = Extract<FlowEvent, { type: 'schedule' }>;

const copies = {
  same: 'this program',
  other: 'another build than this program',
  damaged: 'not as it was installed',
  missing: 'gone',
} as const;

function rows({ schedule, watcher, lastRenewal }: ScheduleEvent): readonly (readonly string[])[] {
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
    ...files.map((file, index) => [index === 0 ? 'Files' : '', file]),
    ['Program', program.folder],
    ['', `${program.version}, SHA-256 ${shortHash(program.hash)}…: ${copies[copy]}`],
    ['', `on ${program.node}`],
    ['Watch', [schedule.watch, ...(since === '' ? [] : [since])].join(', ')],
    ['Last renewal', ended ? ended.join(', ') : 'not tried yet'],
    ['Next renewal', next ? minuteOf(next) : 'at the time in the file'],
  ];
}

/** What looks after a deployment, as a table, with what has to be mended. */
export function presentSchedule(event: ScheduleEvent, style: Style): readonly string[] {
  const { schedule, troubles, again } = event;
  const table = rows(event);
  const width = Math.max(0, ...table.map(([label = '']) => label.length));
  return [
    style.strong(describeSchedule(event).replace(/^./u, (first) => first.toUpperCase())),
    ...(schedule ? [''] : [`  ${again}`]),
    ...table.map(([label = '', value = '']) => `  ${label.padEnd(width)}  ${value}`),
    ...troubles.flatMap(({ what, fix }) => [
      `  ${style.warn('!')} ${what}`,
      `      fix       ${fix}`,
    ]),
  ];
}

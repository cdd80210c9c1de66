import { scheduleRows } from '../domain/schedule-rows.ts';
import { describeSchedule } from '../domain/schedule-state.ts';
import type { FlowEvent } from '../runner/events.ts';
import type { Style } from './style.ts';

type ScheduleEvent = Extract<FlowEvent, { type: 'schedule' }>;

/** What looks after a deployment, as a table, with what has to be mended. */
export function presentSchedule(event: ScheduleEvent, style: Style): readonly string[] {
  const { schedule, troubles, again } = event;
  const table = scheduleRows(event);
  const width = Math.max(0, ...table.map(([label]) => label.length));
  return [
    style.strong(describeSchedule(event).replace(/^./u, (first) => first.toUpperCase())),
    ...(schedule ? [''] : [`  ${again}`]),
    ...table.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`),
    ...troubles.flatMap(({ what, fix }) => [
      `  ${style.warn('!')} ${what}`,
      `      fix       ${fix}`,
    ]),
  ];
}

import { scheduleRows } from '../../src/domain/schedule-rows.ts';
import { describeSchedule } from '../../src/domain/schedule-state.ts';
import { type Block, gap, text } from '../blocks/block.ts';
import type { ScheduleView } from '../operation-views.ts';
import { failureText } from './failure-text.ts';

type Seen = Extract<ScheduleView, { kind: 'seen' }>;

const what = text(
  'systemd or cron starts “watch” at boot and tries the renewal each day, by a copy of this program.',
);

function bootText({ schedule: { schedule } }: Seen): string {
  if (schedule?.manager === 'user' && schedule.lingers === false)
    return 'only while its user is logged in';
  return schedule ? 'the watch starts with the host' : 'nothing starts the watch';
}

function seenText(seen: Seen): readonly Block[] {
  const { schedule } = seen;
  const summary = describeSchedule(schedule).replace(/^./u, (first) => first.toUpperCase());
  const rows = [...scheduleRows(schedule), ['At boot', bootText(seen)] as const];
  return [
    {
      kind: 'finding',
      sign: schedule.troubles.length > 0 ? 'warn' : schedule.schedule ? 'pass' : 'skip',
      title: summary,
    },
    gap,
    ...schedule.troubles.map(
      ({ what: title, fix }): Block => ({ kind: 'finding', sign: 'warn', title, fix }),
    ),
    ...(schedule.troubles.length > 0 ? [gap] : []),
    { kind: 'facts', rows: rows.map(([label, value]) => ({ label, value })) },
  ];
}

/** What looks after the deployment by itself: set up, last and next renewal, boot. */
export function scheduleText(view: ScheduleView): readonly Block[] {
  const head: readonly Block[] = [{ kind: 'heading', text: 'Schedule' }, what, gap];
  switch (view.kind) {
    case 'looking':
      return [...head, text('Looking what is set up …', 'accent')];
    case 'failed':
      return [...head, ...failureText(view.failure)];
    case 'seen':
      return [...head, ...seenText(view)];
  }
}

/** What may be switched; nothing before it is known. */
export function scheduleKeys(view: ScheduleView): { readonly on: boolean; readonly off: boolean } {
  if (view.kind !== 'seen') return { on: false, off: false };
  return { on: true, off: view.schedule.schedule !== undefined };
}

/** What the keys do; always in sight below the text. */
export function scheduleDecision(view: ScheduleView): readonly Block[] {
  const { on, off } = scheduleKeys(view);
  if (!on) return [];
  if (!off) return [text('o switches it on: shows the plan first.')];
  return [text('o sets it up anew, f switches it off: each shows the plan first.')];
}

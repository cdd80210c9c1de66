import { commandLine } from './command-line.ts';
import { describeSchedule, scheduleTroubles } from './schedule-state.ts';
import type { StatusItem } from './status-item.ts';
import type { StatusObservation } from './status-observation.ts';

/** What looks after the deployment at boot and each day; nothing where nobody has looked for it. */
export function judgeSchedule(seen: StatusObservation): readonly StatusItem[] {
  if (!seen.schedule) return [];
  const base = {
    id: 'schedule',
    title: 'Boot and schedule',
    expected: 'a watch that runs, and a renewal each day that ends well',
  };
  const again = commandLine([...seen.self, 'schedule', 'on', '--dir', seen.dir]);
  const [first, ...more] = scheduleTroubles(seen.schedule, seen.dir, again);
  const found = describeSchedule(seen.schedule);
  if (!first) {
    const hint = seen.schedule.schedule ? '' : ` (${again})`;
    return [{ ...base, status: 'pass', found: `${found}${hint}` }];
  }
  const all = [first, ...more].map(({ what }) => what).join('; ');
  return [
    {
      ...base,
      status: 'warn',
      found: `${found}; ${all}`,
      fix: first.fix,
      due: { what: first.what },
    },
  ];
}

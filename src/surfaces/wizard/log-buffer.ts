import type { LogLineView } from '../../../screens/views.ts';
import type { WizardState } from './wizard-state.ts';

/** Lines kept for scrolling back; the whole log is the engine's. */
export const keptLines = 5_000;

function timeOf({ at }: LogLineView): number {
  return at ?? 0;
}

/** Several services tell their past one after the other: the lines are put in the order of their times. */
function inOrder(old: readonly LogLineView[], news: readonly LogLineView[]): LogLineView[] {
  const lines = [...old];
  let late = false;
  let latest = timeOf(old.at(-1) ?? { service: '', text: '' });
  for (const line of news) {
    // A line without a time stays behind the one it came after.
    const at = line.at ?? latest;
    late ||= at < latest;
    latest = Math.max(latest, at);
    lines.push({ ...line, at });
  }
  return late ? lines.sort((one, other) => timeOf(one) - timeOf(other)) : lines;
}

/** The state's log with more lines. Lines that would not be kept are not looked at. */
export function appendLogs<T>(
  state: Pick<WizardState, 'logs' | 'dropped'>,
  lines: readonly T[],
  view: (line: T) => LogLineView,
): Pick<WizardState, 'logs' | 'dropped'> {
  if (lines.length === 0) return { logs: state.logs, dropped: state.dropped };
  const news = lines.slice(-keptLines).map(view);
  const old = state.logs.slice(Math.max(0, state.logs.length + news.length - keptLines));
  const dropped = state.dropped + state.logs.length - old.length + lines.length - news.length;
  return { logs: inOrder(old, news), dropped };
}

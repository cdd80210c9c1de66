import type { Line } from '../blocks/block.ts';
import { type EntryStyle, entryLines } from './entry-lines.ts';
import type { LogEntry } from './log-entry.ts';

/** A part of the entries as rows. */
export interface LogWindow {
  readonly lines: readonly Line[];
  /** Entries that are (partly) in it, the last at the bottom. */
  readonly shown: readonly LogEntry[];
}

/** As many of the entries before index `end` as fit; the others are not looked at. */
export function windowBefore(
  entries: readonly LogEntry[],
  end: number,
  style: EntryStyle,
): LogWindow {
  const { rows, focus } = style;
  const lines: Line[] = [];
  const shown: LogEntry[] = [];
  while (lines.length < rows && shown.length < end) {
    const entry = entries[end - 1 - shown.length];
    if (!entry) break;
    const own = entryLines(entry, style);
    shown.unshift(entry);
    // Of the one that was jumped to, the beginning is what matters.
    if (entry.id === focus && lines.length + own.length > rows)
      return { lines: [...own.slice(0, rows - lines.length), ...lines], shown };
    lines.unshift(...own);
  }
  // Of one that does not fit whole, the beginning is what has gone.
  return { lines: lines.slice(-rows), shown };
}

/** The index behind the last entry that fits when the first is at the top. */
export function firstEnd(entries: readonly LogEntry[], style: EntryStyle): number {
  let used = 0;
  let end = 0;
  for (const entry of entries) {
    used += entryLines(entry, style).length;
    if (used > style.rows) break;
    end += 1;
  }
  return Math.max(1, end);
}

/** How many entries from `from` on fit into `most` rows, and the rows they take. */
function fitting(
  entries: readonly LogEntry[],
  from: number,
  step: 1 | -1,
  most: number,
  style: EntryStyle,
): { readonly count: number; readonly used: number } {
  let [count, used] = [0, 0];
  for (let at = from; at >= 0 && at < entries.length; at += step) {
    const entry = entries[at];
    const rows = entry ? entryLines(entry, style).length : 0;
    if (used + rows > most) break;
    used += rows;
    count += 1;
  }
  return { count, used };
}

/** Where a window ends that shows this entry whole, a third of the way up or higher. */
export function endAround(
  entries: readonly LogEntry[],
  index: number,
  { rows, ...rest }: EntryStyle,
): number {
  const entry = entries[index];
  if (!entry) return entries.length;
  const style = { ...rest, rows, focus: entry.id };
  const own = entryLines(entry, style).length;
  const above = fitting(entries, index - 1, -1, rows - own, style);
  // Near the beginning there is more room below.
  const forBelow = Math.max(Math.floor((rows * 2) / 3) - own, rows - own - above.used);
  return index + 1 + fitting(entries, index + 1, 1, forBelow, style).count;
}

import type { Room } from '../parts/frame.tsx';
import type { EntryStyle } from './entry-lines.ts';
import type { LogEntry, TailView } from './log-entry.ts';
import { servicesOf, wantedEntries } from './log-filter.ts';
import { endOf, type LogFacts, type LogView } from './log-view.ts';
import { endAround, firstEnd, type LogWindow, windowBefore } from './log-window.ts';

/** What of the tail is in sight, and what keys go by. */
export interface LogLayout {
  readonly facts: LogFacts;
  readonly window: LogWindow;
  /** Wanted entries below the window. */
  readonly newer: number;
}

/** Lays the tail out in so much room. Pure; lines outside the window are not drawn. */
export function layOut(view: LogView, tail: TailView, { columns, rows }: Room): LogLayout {
  const entries = wantedEntries(tail.entries, view);
  const find = view.open?.part === 'search' ? view.open.text.trim() : view.find;
  const { wrap, focus } = view;
  const style: EntryStyle = { width: columns, rows, wrap, find, focus };
  const lowest = Math.min(entries.length, firstEnd(entries, style));
  const end = endOf(view, entries, lowest);
  const window = windowBefore(entries, end, style);
  return {
    window,
    newer: entries.length - end,
    facts: {
      entries,
      // Asked for by one key only: all lines have to be looked at.
      get services() {
        return servicesOf(tail.entries);
      },
      lowest,
      page: window.shown.length,
      endAround: (index) => endAround(entries, index, style),
    },
  };
}

/** The entry that a fix is about: the one that was jumped to, or the latest in sight that says what it means. */
export function targetOf({ focus }: LogView, { window }: LogLayout): LogEntry | undefined {
  const known = window.shown.filter(({ meaning }) => meaning !== undefined);
  return (
    known.find(({ id }) => id === focus) ??
    known.findLast(({ isExplained }) => isExplained) ??
    known.at(-1)
  );
}

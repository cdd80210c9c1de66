import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { Journal } from './journal.ts';

/** A journal in a file, one JSON object a line, each with time and run. */
export function fileJournal(files: Files, clock: Clock, path: string, run: string): Journal {
  return {
    append: (entry) =>
      files.appendLine(path, JSON.stringify({ at: clock.now().toISOString(), run, ...entry })),
  };
}

import type { Change } from '../domain/change.ts';
import type { Outcome } from './events.ts';
import type { UndoEntry } from './undo-log.ts';

/** One line of `.mcp-tunnel/journal.jsonl`: what was done here, when and by which run. No secrets. */
export type JournalEntry =
  | {
      readonly type: 'run.started';
      readonly flow: string;
      readonly version: string;
      readonly user: string;
      readonly changes: readonly Omit<Change, 'diff'>[];
    }
  | { readonly type: 'step.started' | 'step.finished'; readonly step: string }
  | { readonly type: 'effect'; readonly undo: UndoEntry }
  | { readonly type: 'command'; readonly argv: readonly string[] }
  | { readonly type: 'undone'; readonly what: string }
  | { readonly type: 'run.finished'; readonly outcome: Outcome; readonly code?: string };

/** Appends to the journal; each entry is on disk when the promise resolves. */
export interface Journal {
  append(entry: JournalEntry): Promise<void>;
}

export type StoredEntry = JournalEntry & { readonly at: string; readonly run: string };

/** Lines of a journal; a torn last line (power cut) is passed over. */
export function readJournal(text: string): readonly StoredEntry[] {
  return text.split('\n').flatMap((line) => {
    if (line.trim() === '') return [];
    try {
      const entry: unknown = JSON.parse(line);
      // Lines are ours: the shape is the writer's, only tearing is to be expected.
      return typeof entry === 'object' && entry !== null && 'type' in entry
        ? [entry as StoredEntry]
        : [];
    } catch {
      return [];
    }
  });
}

/** The last run that began and never ended: killed, or still going on. */
export function unfinishedRun(entries: readonly StoredEntry[]):
  | {
      readonly run: string;
      readonly flow: string;
      readonly at: string;
      readonly lastStep: string | undefined;
    }
  | undefined {
  const started = entries.findLast((entry) => entry.type === 'run.started');
  if (started?.type !== 'run.started') return undefined;
  const own = entries.filter((entry) => entry.run === started.run);
  if (own.some((entry) => entry.type === 'run.finished')) return undefined;
  const step = own.findLast((entry) => entry.type === 'step.started');
  return {
    run: started.run,
    flow: started.flow,
    at: started.at,
    lastStep: step?.type === 'step.started' ? step.step : undefined,
  };
}

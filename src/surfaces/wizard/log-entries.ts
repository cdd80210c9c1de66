import type { LogEntry, TailView } from '../../../screens/logs/log-entry.ts';
import { type Episode, Explanations } from '../../steps/logs/explanations.ts';
import {
  isProblem,
  isTrouble,
  LineReading,
  type ReadingPlace,
  type ReadLine,
} from '../../steps/logs/read-line.ts';
import type { TailItem } from '../../steps/logs/tail-logs.ts';

/** Entries kept for scrolling back; the whole log is the engine's. While the page stands still, twice as many. */
export const keptEntries = 5_000;

const starts = {
  restarted: 'was started again',
  replaced: 'has another container',
  new: 'has a container now',
} as const;

type Draft = Omit<LogEntry, 'id'>;

/** Makes entries of what a tail tells, in its order: lines read and judged, restarts and troubles noted. */
export class LogEntries {
  readonly #reading: LineReading;
  readonly #explanations = new Explanations();
  #next = 0;

  constructor(place: ReadingPlace) {
    this.#reading = new LineReading(place);
  }

  *of(item: Exclude<TailItem, { kind: 'live' }>): Generator<LogEntry> {
    for (const draft of this.#drafts(item)) yield { id: this.#next++, ...draft };
  }

  *#drafts(item: Exclude<TailItem, { kind: 'live' }>): Generator<Draft> {
    switch (item.kind) {
      case 'line': {
        const line = this.#reading.read(item);
        const { over, explain } = this.#explanations.see(line);
        yield* over.map(repetition);
        yield lineDraft(line, explain !== undefined);
        return;
      }
      case 'start': {
        const { service, how, at } = item;
        yield* this.#explanations.started(service).map(repetition);
        yield note(service, `${service} ${starts[how]}.`, at);
        return;
      }
      case 'trouble': {
        const { service, failure } = item;
        const what = service === undefined ? 'The engine' : `The log of ${service}`;
        yield note(service, `${what} cannot be read now: ${failure.summary}`, undefined);
      }
    }
  }
}

function lineDraft(line: ReadLine, isExplained: boolean): Draft {
  const { service, text, at, level, diagnosis } = line;
  const isKnown = diagnosis !== undefined && isTrouble(diagnosis);
  return {
    ...{ kind: 'line', service, text, at: at?.getTime(), level },
    isProblem: isProblem(line),
    isExplained,
    ...(isKnown && {
      meaning: {
        cause: diagnosis.cause,
        fix: diagnosis.fix,
        ...(diagnosis.remedy && { remedy: diagnosis.remedy }),
      },
    }),
  };
}

function note(service: string | undefined, text: string, at: Date | undefined): Draft {
  const none = { level: undefined, isProblem: false, isExplained: false } as const;
  return { kind: 'note', service, text, at: at?.getTime(), ...none };
}

function repetition({ diagnosis: { service, cause }, repeated, last }: Episode): Draft {
  const times = repeated === 1 ? 'once more' : `${repeated.toLocaleString('en')} times more`;
  return note(service, `${service} has said this ${times}: ${cause}`, last.at);
}

type Kept = Pick<TailView, 'entries' | 'dropped'>;

/** The tail with more entries; with `mayDrop`, the oldest go. */
export function appendEntries(
  { entries, dropped }: Kept,
  news: readonly LogEntry[],
  mayDrop: boolean,
): Kept {
  const all = entries.length + news.length;
  const over = mayDrop ? Math.max(0, all - keptEntries) : 0;
  if (news.length === 0 && over === 0) return { entries, dropped };
  const old = entries.slice(over);
  return {
    entries: [...old, ...news.slice(Math.max(0, over - entries.length))],
    dropped: dropped + over,
  };
}

import type { Diagnosis } from '../../diagnosis/diagnose.ts';
import { isTrouble, type ReadLine } from './read-line.ts';

/** Said again after a silence this long (by the lines' own times, milliseconds), a trouble is explained again. */
const silenceMs = 60_000;
/** Where lines have no times: after so many other lines. */
const silenceLines = 200;

/** One trouble as it goes on: the same thing said again and again is explained once. */
export interface Episode {
  readonly diagnosis: Diagnosis;
  /** How often it was said after it was explained. */
  readonly repeated: number;
  /** When it was said last, and in what words. */
  readonly last: ReadLine;
}

/** What is to be told because of one line: troubles that are over, and the line's own explanation. */
export interface Told {
  readonly over: readonly Episode[];
  readonly explain: Diagnosis | undefined;
}

const none: readonly Episode[] = [];

interface Running {
  readonly diagnosis: Diagnosis;
  repeated: number;
  last: ReadLine;
  lastIndex: number;
}

/**
 * Decides which known lines are explained. A trouble is explained when it is said first; it is over
 * when its service is started again or has not said it for a minute, and then it is told how often it
 * was repeated. Bounded: one episode for each kind and service.
 */
export class Explanations {
  readonly #running = new Map<string, Running>();
  #index = 0;

  /** A line that is shown. */
  see(line: ReadLine): Told {
    this.#index += 1;
    const { diagnosis, service } = line;
    const over = this.#running.size === 0 ? none : this.#end((each) => this.#isSilent(each, line));
    if (!diagnosis || !isTrouble(diagnosis)) return { over, explain: undefined };
    const key = `${service} ${diagnosis.id}`;
    const running = this.#running.get(key);
    if (!running) {
      this.#running.set(key, { diagnosis, repeated: 0, last: line, lastIndex: this.#index });
      return { over, explain: diagnosis };
    }
    running.repeated += 1;
    running.last = line;
    running.lastIndex = this.#index;
    return { over, explain: undefined };
  }

  /** A service was started again: whatever it says now is said for the first time. */
  started(service: string): readonly Episode[] {
    return this.#end(({ diagnosis }) => diagnosis.service === service);
  }

  /** Nothing more is shown. */
  end(): readonly Episode[] {
    return this.#end(() => true);
  }

  #isSilent({ last, lastIndex }: Running, line: ReadLine): boolean {
    return last.at && line.at
      ? line.at.getTime() - last.at.getTime() > silenceMs
      : this.#index - lastIndex > silenceLines;
  }

  #end(isOver: (running: Running) => boolean): readonly Episode[] {
    const over: Episode[] = [];
    for (const [key, running] of this.#running) {
      if (!isOver(running)) continue;
      this.#running.delete(key);
      const { diagnosis, repeated, last } = running;
      if (repeated > 0) over.push({ diagnosis, repeated, last });
    }
    return over;
  }
}

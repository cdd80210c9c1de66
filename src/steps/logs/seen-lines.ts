import type { LogLine } from '../../ports/engine.ts';

/** How much of what was read is read again, milliseconds: two streams' lines may be stored out of order. */
const overlapMs = 1_000;
/** Times remembered, whatever a burst brings within the overlap. */
const mostTimes = 20_000;

/** Lines by nanosecond and stream within each millisecond. */
type Counts = Map<number, Map<number, number>>;

function countOf(counts: Counts, ms: number, key: number): number {
  return counts.get(ms)?.get(key) ?? 0;
}

/**
 * How far one container's log was read, so that it can be taken up again with nothing lost and
 * nothing doubled. An engine can only be asked for lines from a time on, and several lines may bear
 * the same one: so the last second is read again, and of each time as many lines are passed over as
 * were read before. Bounded, however long the log is. What an engine stores more than a second out of
 * order, just while no stream is open, may be lost: an engine before 23 does not give it.
 */
export class SeenLines {
  readonly #seen: Counts = new Map();
  #times = 0;
  #latest = Number.NEGATIVE_INFINITY;
  /** Up to here nothing is remembered, for all of it is older than what would be read again. */
  #floor = Number.NEGATIVE_INFINITY;
  /** Where a line without a time belongs: to the line before it. */
  #last = { ms: 0, nanos: 0 };
  #begin: { readonly ms: number; readonly nanos: number } | undefined;
  /** What the stream that was opened last will repeat, and what it ends at. */
  #again: Counts | undefined;
  #againLeft = 0;
  #againUntil = 0;

  /** From where on to read; undefined before the first line. */
  get since(): Date | undefined {
    const begin = this.#begin?.ms ?? Number.NEGATIVE_INFINITY;
    if (this.#seen.size === 0) return this.#begin && new Date(begin);
    const oldest = Math.min(...this.#seen.keys(), this.#latest - overlapMs);
    return new Date(Math.max(begin, oldest));
  }

  /** The log is not read from its beginning but from this line on. */
  beginAt({ at, nanos = 0 }: Pick<LogLine, 'at' | 'nanos'>): void {
    if (at) this.#begin = { ms: at.getTime(), nanos };
  }

  /** A stream is opened that tells everything from `since` on. */
  attached(): void {
    this.#again = new Map([...this.#seen].map(([ms, keys]) => [ms, new Map(keys)]));
    this.#againLeft = 0;
    for (const keys of this.#again.values())
      for (const count of keys.values()) this.#againLeft += count;
    this.#againUntil = this.#latest + overlapMs;
    this.#last = { ms: this.#begin?.ms ?? 0, nanos: 0 };
  }

  /** Whether the line was not read before; to be asked once for each line, in the order of the stream. */
  isNew({ stream, at, nanos = 0 }: LogLine): boolean {
    const { ms, nanos: below } = at ? { ms: at.getTime(), nanos } : this.#last;
    this.#last = { ms, nanos: below };
    const key = below * 4 + (stream === 'stderr' ? 2 : 0) + (at ? 0 : 1);
    if (this.#again && this.#isRepeated(this.#again, ms, below, key)) return false;
    this.#remember(ms, key);
    return true;
  }

  #isRepeated(again: Counts, ms: number, nanos: number, key: number): boolean {
    if (this.#againLeft === 0 || ms > this.#againUntil) {
      this.#again = undefined;
      return false;
    }
    const left = countOf(again, ms, key);
    // Not remembered, and before something that was read: so it was read, too, or left out.
    if (left === 0) return ms <= this.#floor || this.#isBeforeBegin(ms, nanos);
    again.get(ms)?.set(key, left - 1);
    this.#againLeft -= 1;
    return true;
  }

  #isBeforeBegin(ms: number, nanos: number): boolean {
    const begin = this.#begin;
    return begin !== undefined && (ms < begin.ms || (ms === begin.ms && nanos < begin.nanos));
  }

  #remember(ms: number, key: number): void {
    let keys = this.#seen.get(ms);
    if (!keys) {
      keys = new Map();
      this.#seen.set(ms, keys);
    }
    const before = keys.get(key) ?? 0;
    keys.set(key, before + 1);
    if (before === 0) this.#times += 1;
    this.#latest = Math.max(this.#latest, ms);
    for (const [oldest, { size }] of this.#seen) {
      const isKept = oldest >= this.#latest - overlapMs && this.#times <= mostTimes;
      if (isKept || this.#seen.size === 1) return;
      this.#seen.delete(oldest);
      this.#times -= size;
      this.#floor = Math.max(this.#floor, oldest);
    }
  }
}

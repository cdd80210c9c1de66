import type { Clock } from '../../ports/clock.ts';

/** Lines and UTF-16 code units that wait of one source at most, give or take one line. */
const mostWaiting = 1_024;
const mostUnits = 1_048_576;
const longestBatch = 1_024;
/** A time that lies further back than this is no line out of order but a clock that was set back. */
const clockStep = 5_000;

interface Waiting<T> {
  readonly item: T;
  readonly order: number;
  readonly arrived: number;
  readonly units: number;
}

/** One of several streams that are merged; the order within it always stays. */
export interface MergeSource<T> {
  /**
   * The next item, with its time in milliseconds (undefined: it follows the one before) and its size.
   * Nothing more may be put in before a promise that is returned has resolved.
   */
  put(item: T, time: number | undefined, units: number): Promise<void> | undefined;
  /** Nothing more will come. */
  close(): void;
}

class Source<T> implements MergeSource<T> {
  readonly #now: () => number;
  readonly #changed: () => void;
  #waiting: Waiting<T>[] = [];
  #next = 0;
  #units = 0;
  #last = Number.NEGATIVE_INFINITY;
  #emptied: (() => void) | undefined;
  isClosed = false;
  /** Nobody takes any more: what is put in is dropped. */
  isOver = false;

  constructor(now: () => number, changed: () => void) {
    this.#now = now;
    this.#changed = changed;
  }

  get head(): Waiting<T> | undefined {
    return this.#waiting[this.#next];
  }

  /** Somebody waits to put more in: everything has to go first. */
  get isBlocked(): boolean {
    return this.#emptied !== undefined;
  }

  get #isFull(): boolean {
    return this.#waiting.length - this.#next >= mostWaiting || this.#units >= mostUnits;
  }

  put(item: T, time: number | undefined, units: number): Promise<void> | undefined {
    if (this.isOver) return undefined;
    const isStep = time !== undefined && time < this.#last - clockStep;
    const order = isStep ? time : Math.max(this.#last, time ?? this.#last);
    this.#last = order;
    this.#units += units;
    this.#waiting.push({ item, order, arrived: this.#now(), units });
    const isFull = this.#isFull;
    const emptied = isFull
      ? new Promise<void>((resolve) => {
          this.#emptied = resolve;
        })
      : undefined;
    if (isFull || this.#waiting.length - this.#next === 1) this.#changed();
    return emptied;
  }

  close(): void {
    this.isClosed = true;
    this.#changed();
  }

  shift(): void {
    this.#units -= this.head?.units ?? 0;
    this.#next += 1;
    if (this.#next < this.#waiting.length) return;
    this.#waiting = [];
    this.#next = 0;
    this.release();
  }

  /** Lets whoever puts go on. */
  release(): void {
    this.#emptied?.();
    this.#emptied = undefined;
  }
}

/**
 * Merges sources in the order of their times. Bounded: a source that is not taken from is not put
 * into. With a window, an item waits for earlier ones of other sources no longer than that, and not
 * at all once its source is full; without, until every other source has one or is closed.
 */
export class LineMerger<T> {
  readonly #clock: Clock;
  readonly #windowMs: number | undefined;
  readonly #sources = new Set<Source<T>>();
  #isSealed = false;
  #isClosed = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock, windowMs?: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
  }

  source(): MergeSource<T> {
    const source = new Source<T>(
      () => this.#clock.now().getTime(),
      () => this.#wake?.(),
    );
    this.#sources.add(source);
    return source;
  }

  /** No more sources will come: `batches` ends with the last of them. */
  seal(): void {
    this.#isSealed = true;
    this.#wake?.();
  }

  /** Nothing more will come of any source: what waits is given, then `batches` ends. */
  close(): void {
    this.#isSealed = true;
    this.#isClosed = true;
    for (const source of this.#sources) source.close();
    this.#wake?.();
  }

  /** What can be given, as much at a time as there is; the next is made ready when it is asked for. */
  async *batches(signal: AbortSignal): AsyncGenerator<readonly T[]> {
    const aborted = () => this.#wake?.();
    signal.addEventListener('abort', aborted, { once: true });
    try {
      while (!signal.aborted) {
        const batch = this.#ready();
        if (batch.length > 0) yield batch;
        else if (this.#isSealed && this.#sources.size === 0) return;
        else await this.#change(signal);
      }
    } finally {
      signal.removeEventListener('abort', aborted);
      for (const source of this.#sources) {
        source.isOver = true;
        source.release();
      }
    }
  }

  #ready(): readonly T[] {
    const batch: T[] = [];
    const now = this.#clock.now().getTime();
    while (batch.length < longestBatch) {
      const source = this.#earliest(now);
      if (!source?.head) break;
      batch.push(source.head.item);
      source.shift();
    }
    return batch;
  }

  /** The source whose item is the next to be given; undefined if there is none, or not yet. */
  #earliest(now: number): Source<T> | undefined {
    let earliest: Source<T> | undefined;
    let mayComeEarlier = false;
    let isBlocked = false;
    for (const source of this.#sources) {
      if (!source.head) {
        if (source.isClosed) this.#sources.delete(source);
        else mayComeEarlier = true;
        continue;
      }
      isBlocked ||= source.isBlocked;
      if (source.head.order < (earliest?.head?.order ?? Number.POSITIVE_INFINITY) || !earliest)
        earliest = source;
    }
    if (!earliest?.head || !mayComeEarlier || this.#isClosed) return earliest;
    if (this.#windowMs === undefined) return undefined;
    return isBlocked || earliest.head.arrived + this.#windowMs <= now ? earliest : undefined;
  }

  /** Until something was put in or closed, or the earliest item has waited long enough. */
  async #change(signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    const arrived = [...this.#sources].flatMap(({ head }) => (head ? [head.arrived] : []));
    if (arrived.length > 0 && this.#windowMs !== undefined) {
      const late = Math.min(...arrived) + this.#windowMs - this.#clock.now().getTime();
      await this.#clock.sleep(Math.max(0, late), woken.signal).catch(() => undefined);
    } else {
      await new Promise<void>((resolve) => {
        woken.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    this.#wake = undefined;
    // Whatever comes with it in the same turn is given in the same batch.
    if (!signal.aborted) await this.#clock.sleep(0, signal).catch(() => undefined);
  }
}

/**
 * Collects items that arrive faster than anybody can look and hands them on together, at most once
 * every `everyMs` milliseconds. The first after a pause is handed on at once.
 */
export class Batch<T> {
  readonly #everyMs: number;
  readonly #handOn: (items: readonly T[]) => void;
  #waiting: T[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(everyMs: number, handOn: (items: readonly T[]) => void) {
    this.#everyMs = everyMs;
    this.#handOn = handOn;
  }

  add(item: T): void {
    this.#waiting.push(item);
    if (!this.#timer) this.#tick();
  }

  #tick(): void {
    this.flush();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#waiting.length > 0) this.#tick();
    }, this.#everyMs);
  }

  /** Hands on what waits, without waiting for its time. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const items = this.#waiting;
    this.#waiting = [];
    this.#handOn(items);
  }

  /** Hands on what waits and keeps no timer. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.flush();
  }
}

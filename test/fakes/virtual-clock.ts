import type { Clock } from '../../src/ports/clock.ts';

interface Due {
  readonly at: number;
  /** Whether somebody waits for it; a scripted action alone does not move time. */
  readonly awaited: boolean;
  fire(): void;
}

/**
 * A clock whose time stands still until somebody sleeps: then it jumps to whatever is due next, once
 * everything that can happen without waiting has happened. Real time does not pass.
 */
export class VirtualClock implements Clock {
  readonly #begin: number;
  #now: number;
  #due: readonly Due[] = [];
  #pumping = false;

  constructor(begin: string | Date = '2026-11-24T10:00:00Z') {
    this.#begin = new Date(begin).getTime();
    this.#now = this.#begin;
  }

  now(): Date {
    return new Date(this.#now);
  }

  /** Milliseconds since the clock was made. */
  get elapsed(): number {
    return this.#now - this.#begin;
  }

  /** Does something when that many milliseconds have passed since the clock was made. */
  at(elapsed: number, action: () => void): void {
    this.#add({ at: this.#begin + elapsed, awaited: false, fire: action });
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const aborted = () => {
        this.#due = this.#due.filter((each) => each !== due);
        reject(signal?.reason);
      };
      const due: Due = {
        at: this.#now + ms,
        awaited: true,
        fire: () => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        },
      };
      signal?.addEventListener('abort', aborted, { once: true });
      this.#add(due);
    });
  }

  #add(due: Due): void {
    // Stable: what was asked for first fires first.
    this.#due = [...this.#due, due].sort((a, b) => a.at - b.at);
    this.#pump();
  }

  #pump(): void {
    if (this.#pumping || !this.#due.some((each) => each.awaited)) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      const [next, ...rest] = this.#due;
      if (!(next && this.#due.some((each) => each.awaited))) return;
      this.#due = rest;
      this.#now = Math.max(this.#now, next.at);
      next.fire();
      this.#pump();
    });
  }
}

import type { Clock } from '../../ports/clock.ts';

/** Wakes a waiting loop: a ring while nobody waits is heard by the next wait. */
export class Bell {
  #rung = new AbortController();

  ring(): void {
    this.#rung.abort();
  }

  /** Until it rings, `ms` have passed or the signal aborts, whichever comes first; never throws. */
  async wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    const rung = this.#rung.signal;
    await clock.sleep(ms, AbortSignal.any([rung, signal])).catch(() => undefined);
    if (rung.aborted) this.#rung = new AbortController();
  }
}

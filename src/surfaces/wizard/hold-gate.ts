import type { HoldMode } from '../../../screens/logs/log-entry.ts';
import { keptEntries } from './log-entries.ts';

/** Whether more may be taken from the engine, by how the page is looked at. */
export class HoldGate {
  #mode: HoldMode = 'following';
  /** Entries since the page stands still. */
  #newer = 0;
  #open: (() => void) | undefined;

  get mode(): HoldMode {
    return this.#mode;
  }

  set(mode: HoldMode): void {
    if (mode === 'following') this.#newer = 0;
    this.#mode = mode;
    if (!this.#isClosed) this.#letGo();
  }

  get #isClosed(): boolean {
    return this.#mode === 'paused' || (this.#mode === 'held' && this.#newer >= keptEntries);
  }

  /** So many entries more. */
  count(entries: number): void {
    this.#newer += entries;
  }

  #letGo(): void {
    this.#open?.();
    this.#open = undefined;
  }

  /** Resolves at once, or when the page goes on, or when the signal aborts. */
  async pass(signal: AbortSignal): Promise<void> {
    if (!this.#isClosed || signal.aborted) return;
    const letGo = () => this.#letGo();
    signal.addEventListener('abort', letGo, { once: true });
    await new Promise<void>((resolve) => {
      this.#open = resolve;
    });
    signal.removeEventListener('abort', letGo);
  }
}

/** Keeps the last so many of what is put in: bounded, whatever comes. */
export class LastLines<T> {
  readonly #most: number;
  #items: T[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  push(item: T): void {
    if (this.#most === 0) return;
    this.#items.push(item);
    if (this.#items.length >= 2 * this.#most) this.#items = this.#items.slice(-this.#most);
  }

  /** In the order in which they came; they are not kept any more. */
  take(): readonly T[] {
    const items = this.#items.slice(-this.#most);
    this.#items = [];
    return this.#most === 0 ? [] : items;
  }
}

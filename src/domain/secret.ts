import { createHash } from 'node:crypto';
import { inspect } from 'node:util';

/**
 * Text that must not be seen: it masks itself when printed, put into JSON or inspected. Only
 * `reveal()` gives the text, so a search for that word finds every place where a secret is used.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself: for a file of its own mode, a TLS handshake, a header. Never for argv or a log. */
  reveal(): string {
    return this.#text;
  }

  get length(): number {
    return this.#text.length;
  }

  /** First 12 hex digits of the SHA-256: enough to tell two secrets apart, useless to guess one. */
  get fingerprint(): string {
    return createHash('sha256').update(this.#text).digest('hex').slice(0, 12);
  }

  equals(other: Secret): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return `[secret, ${this.length} characters, ${this.fingerprint}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

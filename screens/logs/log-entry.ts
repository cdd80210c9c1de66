import type { LogLevel } from '../../src/domain/log-level.ts';
import type { FailureReport } from '../../src/runner/events.ts';

/** What does what a fix says: an operation of ours, or a restart. */
export type Remedy =
  | { readonly command: 'install' | 'rotate-token' | 'renew-cert' }
  | { readonly restart: readonly string[] };

/** What a known line means. */
export interface Meaning {
  readonly cause: string;
  readonly fix: string;
  readonly remedy?: Remedy;
}

/** One thing in the tail of the logs: harmless for a terminal, secrets masked. */
export interface LogEntry {
  /** Counted from the first of this tail; grows by one. */
  readonly id: number;
  /** `note`: not written by a program, but about it: a restart, a log that cannot be read. */
  readonly kind: 'line' | 'note';
  /** Undefined for a note about the engine. */
  readonly service: string | undefined;
  readonly text: string;
  /** Milliseconds since 1970, where the engine knows it. */
  readonly at: number | undefined;
  readonly level: LogLevel | undefined;
  /** Worth a look: a known trouble, or an unknown error. */
  readonly isProblem: boolean;
  /** Of a known trouble. */
  readonly meaning?: Meaning;
  /** It says its meaning without being asked: the first of its kind for a while. */
  readonly isExplained: boolean;
}

/** What came of a key that does something. */
export type LogOutcome =
  | { readonly kind: 'busy' | 'done'; readonly text: string }
  | { readonly kind: 'failed'; readonly failure: FailureReport };

/** The tail as far as it is kept. */
export interface TailView {
  /** Oldest first. */
  readonly entries: readonly LogEntry[];
  /** How many came before `entries` and are no longer kept. */
  readonly dropped: number;
  readonly outcome: LogOutcome | undefined;
}

/**
 * Whether the page moves with what comes. `held`: what comes is kept and counted, the place stays;
 * `paused`: nothing is taken from the engine, nothing is drawn.
 */
export type HoldMode = 'following' | 'held' | 'paused';

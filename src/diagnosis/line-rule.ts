import type { FailureCode } from '../domain/failure.ts';

/** `fatal` ends a wait for a start at once; `success` and `info` need no action. */
export type Severity = 'fatal' | 'error' | 'warning' | 'info' | 'success';

/** Where a value stands in a line: behind a key (`key=value`, `"key":"value"`) or behind a text. */
export interface ValueSource {
  readonly name: string;
  /** Keys in the order in which they are tried, lower case. */
  readonly keys?: readonly string[];
  /** Lower-case text; the word behind it is the value. */
  readonly after?: string;
}

/**
 * An operation of ours that does what a fix says, for a key that runs it after consent. Only where it
 * is safe whatever the cause turns out to be; what a person must decide first has none.
 */
export type Remedy =
  | { readonly command: 'install' | 'rotate-token' | 'renew-cert' }
  | { readonly restart: readonly string[] };

/**
 * One known line of one program and what it means, as data. All clues are lower case and are looked
 * for anywhere in the line, whatever its case: the proxy's and setup's formats are undocumented
 * (facts 4.2, 10). A rule applies if every text of `all` occurs, none of `none` does, and, where
 * `any` or `status` is given, one of `any` occurs or the line names one of those HTTP statuses.
 */
export interface LineRule {
  /** Stable, kebab-case, unique in the whole program. */
  readonly id: string;
  readonly severity: Severity;
  readonly all?: readonly string[];
  readonly any?: readonly string[];
  readonly none?: readonly string[];
  readonly status?: readonly number[];
  /** What happened, for a person. */
  readonly cause: string;
  /** What to do; `{install}` and `{renew-cert}` stand for those commands on this deployment. */
  readonly fix: string;
  readonly remedy?: Remedy;
  /** Exactly the fatal ones have it. */
  readonly failure?: FailureCode;
  readonly values?: readonly ValueSource[];
  /** A line that this rule, and no other of its table, applies to. */
  readonly example: string;
}

/** What a line means and what to do about it. Every text in it is harmless for a terminal. */
export interface Diagnosis {
  readonly id: string;
  readonly severity: Severity;
  readonly service: string;
  readonly cause: string;
  /** What to do, with the command to type where there is one. */
  readonly fix: string;
  readonly remedy?: Remedy;
  /** The failure that a wait for a start ends in; absent where waiting on makes sense. */
  readonly failure?: FailureCode;
  /** Read from the line: `ip`, `connIndex`, `location`, `route` … */
  readonly values?: Readonly<Record<string, string>>;
}

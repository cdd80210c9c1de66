import type { Parsed } from '../domain/result.ts';

/**
 * A question as data (style rule 5): the flag, the environment variable, the key of the answers file
 * and later the form field are all this one thing, with one validation.
 */
export interface Question<T> {
  readonly id: string;
  /** As a person is asked; ends with a question mark. */
  readonly label: string;
  /** Why it is asked, where to find the answer. */
  readonly help: string;
  /** Dotted key of the answers file. */
  readonly key: string;
  /** Without dashes. */
  readonly flag: string;
  readonly env: string;
  /** `list` and `map` flags may be repeated; a `file` is a path, absolute by the time `parse` sees it. */
  readonly shape: 'text' | 'boolean' | 'list' | 'map' | 'file';
  /** Name of the flag's value in help: `--domain DOMAIN`. */
  readonly placeholder: string;
  parse(raw: unknown): Parsed<T>;
}

/** The values that a set of questions gives. */
export type ValuesOf<Q extends Readonly<Record<string, Question<unknown>>>> = {
  readonly [K in keyof Q]: Q[K] extends Question<infer T> ? T | undefined : never;
};

/** A raw answer and where it came from, for messages: `--domain`, `MCP_TUNNEL_DOMAIN`, `answers.yaml`. */
export interface RawAnswer {
  readonly value: unknown;
  readonly source: string;
  /** True if the deployment was told this by an earlier run. */
  readonly stored?: true;
  /** Why there is no value although one was named, such as a file that is not there. */
  readonly problem?: string;
}

export type RawAnswers = Readonly<Record<string, RawAnswer>>;

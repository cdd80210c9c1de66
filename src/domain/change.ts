export type ChangeAction = 'create' | 'change' | 'keep' | 'remove' | 'run';

/**
 * One line of a plan: what will be different afterwards, or what is kept. Shown before consent and
 * written to the journal; so it never holds a secret (files with secrets have no `diff`).
 */
export interface Change {
  readonly action: ChangeAction;
  /** For a person: `data/ca.crt, CA certificate (RSA-2048, 10 years)`. */
  readonly what: string;
  /** Absolute path, for files. */
  readonly path?: string;
  /** `0644`; with `owner` where it is not the operator's. */
  readonly mode?: string;
  readonly owner?: string;
  /** Unified diff, or for a new file its lines with `+`. */
  readonly diff?: string;
  /** Complete argv, for `run`. */
  readonly command?: readonly string[];
  readonly why?: string;
  /** False if the runner does not take it back when a later step fails (design 2). */
  readonly undoable: boolean;
}

/** True if carrying out the plan would alter anything. */
export function changesAnything(changes: readonly Change[]): boolean {
  return changes.some((change) => change.action !== 'keep');
}

/** `0644` for 0o644. */
export function formatMode(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

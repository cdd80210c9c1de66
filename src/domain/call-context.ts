import { commandLine } from './command-line.ts';
import type { FailureCode } from './failure.ts';

/** What a call was made of, for words about it. */
export interface CallContext {
  readonly route: string;
  readonly url: string;
  readonly upstream: string;
  readonly tool: string;
  readonly model: string;
  /** The API's address. */
  readonly api: string;
  /** True if a token for the server itself was sent. */
  readonly authorized: boolean;
  /** argv of this program before a command's name, and flags behind it that lead to this deployment. */
  readonly self: readonly string[];
  readonly place: readonly string[];
}

/** A command of this program on this deployment, as a person would type it. */
export function callCommand(
  { self, place }: CallContext,
  name: string,
  ...more: readonly string[]
): string {
  return commandLine([...self, name, ...place, ...more]);
}

/** The layer at which a call ended, in words. */
export interface CallTrouble {
  readonly code: FailureCode;
  readonly summary: string;
  readonly expected?: string;
  readonly nextSteps: readonly string[];
}

/** `skip`: could not be judged because something it needs failed or is absent. */
export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip';

/** One finding about this host or the network, with what to do about it (design 8, `type:"check"`). */
export interface CheckResult {
  /** Stable, kebab-case, such as `docker-reachable`. */
  readonly id: string;
  readonly title: string;
  readonly status: CheckStatus;
  readonly found: string;
  readonly expected: string;
  /** A command to type or a sentence; absent when the check passed. */
  readonly fix?: string;
  /** What it was concluded from, line by line, where `found` alone does not convince. Never a secret. */
  readonly evidence?: readonly string[];
}

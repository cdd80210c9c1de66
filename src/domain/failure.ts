/**
 * Exit codes of the program (design 8): part of the stable interface.
 * 0 done · 1 bug · 2 usage or answers · 3 this host · 4 vendor or network · 5 stack not healthy ·
 * 6 consent missing · 10 action needed by a person · 130 interrupted.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 10 | 130;

/** Every way in which the program can fail on purpose, with the exit code it ends in. */
export const failureExitCodes = {
  // usage and answers
  usage: 2,
  'answers-missing': 2,
  'answers-invalid': 2,
  'answers-file-unreadable': 2,
  'ca-fingerprint-mismatch': 2,
  'ca-rotation-order': 2,
  'rehearsal-mismatch': 2,
  'newer-deployment': 2,
  'not-in-this-version': 2,
  'token-foreign': 2,
  'deployment-missing': 2,
  'tool-unnamed': 2,
  // this host
  'docker-not-installed': 3,
  'docker-not-running': 3,
  'docker-permission-denied': 3,
  'docker-remote': 3,
  'docker-failed': 3,
  'compose-missing': 3,
  'compose-too-old': 3,
  'compose-failed': 3,
  'compose-file-refused': 3,
  'checks-failed': 3,
  'directory-unusable': 3,
  'directory-foreign': 3,
  'adoption-by-hand': 3,
  'disk-full': 3,
  'file-unreadable': 3,
  'file-unwritable': 3,
  'file-malformed': 3,
  locked: 3,
  'ca-certificate-missing': 3,
  'ca-key-missing': 3,
  'ca-key-mismatch': 3,
  'ca-key-passphrase': 3,
  'certificate-refused': 3,
  'ca-expired': 3,
  'clock-wrong': 3,
  'backup-missing': 3,
  'project-name-taken': 3,
  'place-vanishes': 3,
  'schedule-unavailable': 3,
  'schedule-failed': 3,
  // vendor and network
  'egress-blocked': 4,
  'image-not-found': 4,
  'image-pull-failed': 4,
  'token-refused': 4,
  'api-key-refused': 4,
  'api-key-workspace': 4,
  'api-credit-exhausted': 4,
  'api-model-unknown': 4,
  'api-rate-limited': 4,
  'api-overloaded': 4,
  'api-failed': 4,
  'api-request-refused': 4,
  'api-unreachable': 4,
  'tool-not-called': 4,
  'edge-unreachable': 4,
  // the stack
  'token-unreadable': 5,
  'token-invalid': 5,
  'key-unreadable': 5,
  'proxy-config-refused': 5,
  'restart-loop': 5,
  'container-exited': 5,
  'not-connected': 5,
  'upstream-refused': 5,
  'stack-not-running': 5,
  'stack-unhealthy': 5,
  'verification-failed': 5,
  'tunnel-call-failed': 5,
  'mcp-route-failed': 5,
  'mcp-path-wrong': 5,
  'mcp-server-failed': 5,
  'mcp-authorization': 5,
  'tool-failed': 5,
  // people
  'ca-not-registered': 10,
  'ca-rotation-unfinished': 10,
  'consent-missing': 6,
  interrupted: 130,
  // ours
  bug: 1,
} as const satisfies Record<string, ExitCode>;

export type FailureCode = keyof typeof failureExitCodes;

/** An answer that is missing or invalid, and every way in which it can be given. */
export interface MissingAnswer {
  readonly question: string;
  readonly problem: string;
  readonly flag?: string;
  readonly env?: string;
  readonly key?: string;
}

export interface FailureDetails {
  /** What was found, where that says more than the summary. Never a secret. */
  readonly found?: string;
  /** What was expected instead. */
  readonly expected?: string;
  /** What to do next, each a sentence or a command to type. */
  readonly nextSteps?: readonly string[];
  readonly missing?: readonly MissingAnswer[];
  readonly cause?: unknown;
}

/**
 * An expected failure: says what was found, what was expected and what to do next. Anything else
 * that is thrown is a bug of ours and is reported as one (`bug`, exit 1).
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly found: string | undefined;
  readonly expected: string | undefined;
  readonly nextSteps: readonly string[];
  readonly missing: readonly MissingAnswer[];

  constructor(code: FailureCode, summary: string, details: FailureDetails = {}) {
    super(summary, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.found = details.found;
    this.expected = details.expected;
    this.nextSteps = details.nextSteps ?? [];
    this.missing = details.missing ?? [];
  }

  get summary(): string {
    return this.message;
  }

  get exitCode(): ExitCode {
    return failureExitCodes[this.code];
  }
}

/** A full disk can show anywhere, also in libraries: it is nobody's bug. */
function isDiskFull(code: unknown): boolean {
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** The failure inside anything that was thrown: itself, a full disk, or a `bug` that keeps it as its cause. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof Error && 'code' in thrown && isDiskFull(thrown.code)) {
    const place = 'path' in thrown ? ` to write ${String(thrown.path)}` : '';
    return new Failure('disk-full', `No space left${place}.`, {
      found: String(thrown.code),
      nextSteps: [
        'df -h; df -i',
        'Free some space, then run the same command again: it goes on where it stopped.',
      ],
      cause: thrown,
    });
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new Failure('bug', `Unexpected error: ${text}`, {
    cause: thrown,
    nextSteps: [
      'Run the same command again: what was done is found and kept.',
      'If it fails again, report it with the output of the same command and --verbose.',
    ],
  });
}

/** What lies beneath a failure, outermost first, as one line each; undefined if nothing does. */
export function causeOf(failure: Failure): string | undefined {
  const lines: string[] = [];
  for (let cause = failure.cause; cause !== undefined && lines.length < 5; ) {
    lines.push(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines.length === 0 ? undefined : lines.join('\n');
}

import type { CheckResult } from '../check.ts';

/** A finding of `doctor`, before what it needs was looked at. */
export interface DoctorCheck extends CheckResult {
  /** The one command that mends it, where its fix is more than that or is a sentence. */
  readonly command?: string;
}

/** What a check says whatever it finds. */
export interface CheckBase {
  readonly id: string;
  readonly title: string;
  readonly expected: string;
}

/** What there is beside the words. */
export interface Remedy {
  readonly fix?: string;
  readonly command?: string;
  readonly evidence?: readonly string[];
}

/** More than this convinces nobody more. */
const mostEvidence = 12;

function finding(
  status: CheckResult['status'],
  base: CheckBase,
  found: string,
  { fix, command, evidence = [] }: Remedy,
): DoctorCheck {
  return {
    ...base,
    status,
    found,
    ...(fix === undefined ? {} : { fix }),
    ...(command === undefined ? {} : { command }),
    ...(evidence.length === 0 ? {} : { evidence: evidence.slice(0, mostEvidence) }),
  };
}

export function passed(base: CheckBase, found: string, remedy: Remedy = {}): DoctorCheck {
  return finding('pass', base, found, remedy);
}

export function warned(base: CheckBase, found: string, remedy: Remedy): DoctorCheck {
  return finding('warn', base, found, remedy);
}

export function failed(base: CheckBase, found: string, remedy: Remedy): DoctorCheck {
  return finding('fail', base, found, remedy);
}

/** Nothing can be said, and why. */
export function unknown(base: CheckBase, why: string, remedy: Remedy = {}): DoctorCheck {
  return finding('skip', base, `not known: ${why}`, remedy);
}

import { causeOf, type Failure } from '../domain/failure.ts';
import type { FailureReport } from './events.ts';

/** A failure as data for an event, with every text passed through `mask`. */
export function reportFailure(
  failure: Failure,
  mask: (text: string) => string = (text) => text,
): FailureReport {
  const { code, summary, found, expected, nextSteps, missing } = failure;
  const cause = causeOf(failure);
  return {
    code,
    summary: mask(summary),
    ...(found === undefined ? {} : { found: mask(found) }),
    ...(expected === undefined ? {} : { expected: mask(expected) }),
    nextSteps: nextSteps.map(mask),
    ...(cause === undefined ? {} : { cause: mask(cause) }),
    ...(missing.length === 0 ? {} : { missing }),
  };
}

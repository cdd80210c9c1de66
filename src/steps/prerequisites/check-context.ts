import type { CheckResult } from '../../domain/check.ts';
import type { Deployment } from '../../domain/deployment.ts';
import type { Failure } from '../../domain/failure.ts';
import type { InstallAnswers } from '../install/answers.ts';
import type { InstallPorts, InstallSettings } from '../install/ports.ts';

/** What a check may look at. Checks read; they change nothing. */
export interface CheckContext {
  readonly ports: InstallPorts;
  readonly answers: Pick<InstallAnswers, 'routes'>;
  readonly deployment: Deployment;
  readonly settings: Pick<InstallSettings, 'apiUrl'>;
}

/** A finding, and the failure to end in if it is fatal. */
export interface Judged {
  readonly result: CheckResult;
  readonly failure?: Failure;
}

export type Check = (context: CheckContext) => Promise<readonly Judged[]>;

/** The finding of a check whose question was answered by a Failure. */
export function judgedFailure(
  id: string,
  title: string,
  expected: string,
  failure: Failure,
): Judged {
  const fix = failure.nextSteps.join('\n');
  return {
    result: {
      id,
      title,
      status: 'fail',
      found: failure.found ? `${failure.summary} ${failure.found}` : failure.summary,
      expected: failure.expected ?? expected,
      ...(fix === '' ? {} : { fix }),
    },
    failure,
  };
}

import type { CheckResult } from '../../domain/check.ts';
import { Failure } from '../../domain/failure.ts';
import type { Emit } from '../../runner/events.ts';
import type { InstallPorts } from '../install/ports.ts';

const timeoutMs = 5_000;
/**
 * A certificate starts five minutes before it is made: by a clock further ahead than that it would
 * not be valid yet, and every call would fail.
 */
const mostSkewSeconds = 240;

/** What is said wherever this host's clock is not to be trusted. */
export function clockWrong(found: string, expected: string): Failure {
  return new Failure('clock-wrong', 'This host’s clock is wrong: nothing is signed with it.', {
    found,
    expected,
    nextSteps: [
      'date -u; timedatectl status',
      'Set it right: timedatectl set-ntp true. Then run the same command again.',
    ],
  });
}

/**
 * Compares this host's clock with the API's. True if they agree; false if the API cannot be asked,
 * which renewing does not need.
 * @throws Failure `clock-wrong`.
 */
export async function checkClock(
  { clock, network }: Pick<InstallPorts, 'clock' | 'network'>,
  apiUrl: string,
  emit: Emit,
): Promise<boolean> {
  const expected = `within ${mostSkewSeconds} s of the API’s clock`;
  const tell = (result: Pick<CheckResult, 'status' | 'found'>) =>
    emit({ type: 'check', id: 'clock', title: 'Clock', expected, ...result });
  const before = clock.now().getTime();
  const answer = await network.httpDate(apiUrl, timeoutMs);
  if (!(answer.ok && answer.date)) {
    tell({ status: 'skip', found: 'no clock to compare with' });
    return false;
  }
  const middle = (before + clock.now().getTime()) / 2;
  const skew = Math.round((middle - answer.date.getTime() - 500) / 1000);
  const found = `${Math.abs(skew)} s ${skew < 0 ? 'behind' : 'ahead'}`;
  if (Math.abs(skew) <= mostSkewSeconds) {
    tell({ status: 'pass', found: `${Math.abs(skew)} s apart` });
    return true;
  }
  tell({ status: 'fail', found });
  throw clockWrong(`${found}: ${clock.now().toISOString()}`, answer.date.toISOString());
}

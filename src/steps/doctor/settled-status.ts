import { isSettling } from '../../domain/status.ts';
import type { StatusObservation } from '../../domain/status-observation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StatusObserver } from '../status/observer.ts';

/** How long a stack that was just started gets to connect before it is judged, and how often it is looked at. */
const settleMs = 8_000;
const settleEvery = 250;

/** A look at a stack that is not on its way up any more. @throws the signal's reason. */
export async function settledStatus(
  observer: StatusObserver,
  clock: Clock,
  signal: AbortSignal,
): Promise<StatusObservation> {
  const giveUp = clock.now().getTime() + settleMs;
  for (;;) {
    const seen = await observer.observe(signal);
    if (!isSettling(seen) || clock.now().getTime() >= giveUp) return seen;
    await clock.sleep(settleEvery, signal);
  }
}

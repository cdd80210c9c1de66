import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerInfo } from '../../ports/engine.ts';
import type { RehearsedHealthcheck } from './compose-project.ts';

/**
 * While a container starts, it is asked this often at least: a rehearsal should not wait out an
 * interval that is meant for months of running. An engine keeps to the interval.
 */
const startInterval = 500;

/** Runs a health check until `signal` aborts, with the engine's rules for start period and retries. */
export async function watchHealth(
  check: RehearsedHealthcheck,
  probe: (timeout: number) => Promise<boolean>,
  report: (health: ContainerInfo['health']) => void,
  signal: AbortSignal,
): Promise<void> {
  const begin = Date.now();
  let health: ContainerInfo['health'] = 'starting';
  let failures = 0;
  report(health);
  while (!signal.aborted) {
    const wait = health === 'starting' ? Math.min(check.interval, startInterval) : check.interval;
    await sleep(wait, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const passed = await probe(check.timeout);
    if (signal.aborted) return;
    const inStartPeriod = health === 'starting' && Date.now() - begin < check.startPeriod;
    failures = passed ? 0 : failures + (inStartPeriod ? 0 : 1);
    if (passed) health = 'healthy';
    else if (failures >= check.retries) health = 'unhealthy';
    report(health);
  }
}

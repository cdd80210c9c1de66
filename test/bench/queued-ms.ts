import { readFileSync } from 'node:fs';

/**
 * How long the main thread of a process has waited so far for a core that others had, in milliseconds;
 * 0 where the system does not tell.
 */
export function queuedMs(pid: number | 'self' = 'self'): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

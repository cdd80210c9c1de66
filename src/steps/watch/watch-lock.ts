import { join } from 'node:path';

/** The lock of the one process that watches a deployment, beside the one of whoever changes it. */
export function watchLockOf(stateDir: string): string {
  return join(stateDir, 'watch.lock');
}

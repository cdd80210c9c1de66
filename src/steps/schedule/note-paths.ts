import { join } from 'node:path';
import type { Deployment } from '../../domain/deployment.ts';

type Place = Pick<Deployment, 'stateDir'>;

/** What `schedule on` has set up. */
export function recordPath({ stateDir }: Place): string {
  return join(stateDir, 'schedule.json');
}

/** How the last renewal has ended that a scheduler started. */
export function renewalNotePath({ stateDir }: Place): string {
  return join(stateDir, 'last-renewal.json');
}

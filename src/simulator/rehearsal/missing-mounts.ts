import { mkdirSync } from 'node:fs';
import { errnoOf } from '../container/errno.ts';
import type { RehearsedService } from './compose-project.ts';

/** An engine makes a missing source of a bind mount as a folder (e2e.md 5). */
export function makeMissingMounts({ mounts }: RehearsedService): void {
  for (const { host } of mounts) {
    try {
      mkdirSync(host, { recursive: true, mode: 0o755 });
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
  }
}

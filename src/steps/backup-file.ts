import { basename, join } from 'node:path';
import type { Deployment } from '../domain/deployment.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';

/**
 * Returns a function that copies a file of the deployment to `.mcp-tunnel/backups/<time>/` (mode
 * 0600, folders 0700) and gives the copy's path.
 */
export function backupInto(
  deployment: Deployment,
  files: Files,
  clock: Clock,
): (path: string) => Promise<string> {
  const folder = join(deployment.backupsDir, clock.now().toISOString().replace(/[:.]/gu, '-'));
  return async (path) => {
    const content = await files.read(path);
    await files.makeDirectory(deployment.backupsDir, 0o700);
    await files.makeDirectory(folder, 0o700);
    const copy = join(folder, basename(path));
    if (content) await files.write(copy, content, 0o600);
    return copy;
  };
}

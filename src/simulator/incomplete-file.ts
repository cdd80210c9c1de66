import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isTemporaryName, temporaryName } from '../domain/temporary-name.ts';
import { errnoOf } from './container/errno.ts';

/** A path for a file until it is complete, in the folder where it will be renamed to `path`. */
export function incompletePath(path: string): string {
  return join(dirname(path), temporaryName(basename(path), randomBytes(6).toString('hex')));
}

/** Removes what killed commands left of `path`. Only for the one command that holds the rehearsal. */
export function removeIncomplete(path: string): void {
  for (const name of namesIn(dirname(path))) {
    if (isTemporaryName(name, basename(path))) rmSync(join(dirname(path), name), { force: true });
  }
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

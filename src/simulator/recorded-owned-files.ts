import { constants } from 'node:fs';
import { lstat, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../domain/failure.ts';
import type { OwnedFiles, Owner } from '../ports/files.ts';
import { errnoOf } from './container/errno.ts';
import { OwnerRecords } from './container/owner-records.ts';
import { incompletePath, removeIncomplete } from './incomplete-file.ts';

/**
 * Owned files without root: the file is the operator's, with the mode that was asked for; the owner
 * is written down, and the simulated programs go by that.
 */
export class RecordedOwnedFiles implements OwnedFiles {
  readonly how = 'recorded for the rehearsal; the files stay yours';
  readonly needsImage = false;
  readonly #records: OwnerRecords;

  constructor(ownersFile: string, deploymentDir: string) {
    this.#records = new OwnerRecords(ownersFile, deploymentDir);
  }

  async write(path: string, content: Uint8Array, owner: Owner, mode: number): Promise<void> {
    const temporary = incompletePath(path);
    try {
      removeIncomplete(path);
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(content);
        await file.chmod(mode);
        await file.sync();
      } finally {
        await file.close();
      }
      // Recorded first: a record of a file that never got its name is no one's.
      const { ino: inode, birthtimeMs: born } = await stat(temporary);
      this.#records.set(path, { ...owner, mode, inode, born });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw fileFailure('write', path, error);
    }
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(path, { flag: constants.O_RDONLY | constants.O_NOFOLLOW });
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw fileFailure('read', path, error);
    }
  }

  async owner(path: string): Promise<(Owner & { readonly mode: number }) | undefined> {
    try {
      const found = await lstat(path);
      const { uid, gid } = this.#records.find(path, found) ?? found;
      return { uid, gid, mode: found.mode & 0o7777 };
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw fileFailure('read', path, error);
    }
  }
}

function fileFailure(verb: 'read' | 'write', path: string, cause: unknown): Failure {
  const errno = errnoOf(cause);
  if (errno === 'unknown') throw cause;
  const full = errno === 'ENOSPC' || errno === 'EDQUOT';
  const code = full ? 'disk-full' : verb === 'read' ? 'file-unreadable' : 'file-unwritable';
  return new Failure(code, `Cannot ${verb} ${path}.`, {
    found: errno,
    nextSteps: full ? [`df -h ${dirname(path)}`] : [`ls -ld ${path} ${dirname(path)}`],
    cause,
  });
}

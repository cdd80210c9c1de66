import { constants } from 'node:fs';
import { lstat, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OwnedFiles, Owner } from '../ports/files.ts';
import { errnoOf, fileFailure } from './file-failure.ts';
import { removeLeftOvers, requireOwner, syncFolder, temporaryName } from './owned-file-names.ts';

/** Owned files as root on an engine that does not map user ids: owner and mode are set here. */
export class ChownOwnedFiles implements OwnedFiles {
  readonly how = 'owner and mode set by root on this machine';
  readonly needsImage = false;

  async write(path: string, content: Uint8Array, owner: Owner, mode: number): Promise<void> {
    const dir = dirname(path);
    const temporary = join(dir, temporaryName());
    try {
      await removeLeftOvers(dir);
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(content);
        await file.chmod(mode);
        await file.chown(owner.uid, owner.gid);
        await file.sync();
      } finally {
        await file.close();
      }
      requireOwner(path, { ...owner, mode }, await ownerOf(temporary));
      await rename(temporary, path);
      await syncFolder(dir);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
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
      return await ownerOf(path);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw fileFailure('read', path, error);
    }
  }
}

async function ownerOf(path: string): Promise<Owner & { readonly mode: number }> {
  const { uid, gid, mode } = await lstat(path);
  return { uid, gid, mode: mode & 0o7777 };
}

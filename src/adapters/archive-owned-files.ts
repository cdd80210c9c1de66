import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { lstat, readFile, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../domain/failure.ts';
import type { OwnedFiles, Owner } from '../ports/files.ts';
import type { DockerConnection } from './docker/connection.ts';
import { type Helper, helperMount, withHelper } from './docker/helper-container.ts';
import { errnoOf, fileFailure } from './file-failure.ts';
import { removeLeftOvers, requireOwner, syncFolder, temporaryName } from './owned-file-names.ts';
import { packFile, type TarFile, unpackFile } from './owned-file-tar.ts';

export interface ArchiveOwnedFilesOptions {
  /** Absolute; written into the helper's label. */
  readonly deploymentDir: string;
  /** A local image; asked when a helper is needed. */
  readonly image: string;
  /** The engine maps user ids (rootless, userns-remap): owners seen on this machine are not the containers'. */
  readonly mapped: boolean;
  readonly selinux: boolean;
}

/**
 * Owned files where this process cannot chown, or where chown from this machine would be wrong: the
 * engine unpacks a tar into the mounted folder of a container that is never started (e2e.md 6).
 */
export class ArchiveOwnedFiles implements OwnedFiles {
  readonly needsImage = true;
  readonly #connection: DockerConnection;
  readonly #options: ArchiveOwnedFilesOptions;
  /** One helper at a time: work in the same folder would sweep the other's temporary name. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(connection: DockerConnection, options: ArchiveOwnedFilesOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  get how(): string {
    return `owner and mode set by the engine, through a container of ${this.#options.image} that is created, never started, and removed`;
  }

  async write(path: string, content: Uint8Array, owner: Owner, mode: number): Promise<void> {
    const dir = dirname(path);
    const name = temporaryName();
    await this.#helped(dir, async (helper) => {
      try {
        await removeLeftOvers(dir);
        await helper.put(helperMount, await packFile({ name, content, ...owner, mode }));
        const written = await readThrough(helper, name);
        requireOwner(path, { ...owner, mode }, written);
        if (!written || Buffer.compare(written.content, content) !== 0) throw notWhole(path);
        await syncFilesystem(dir);
        await rename(join(dir, name), path);
        await syncFolder(dir);
      } catch (error) {
        await unlink(join(dir, name)).catch(() => undefined);
        throw fileFailure('write', path, error);
      }
    });
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(path, { flag: constants.O_RDONLY | constants.O_NOFOLLOW });
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      if (errnoOf(error) !== 'EACCES') throw fileFailure('read', path, error);
    }
    return (await this.#readThroughHelper(path))?.content;
  }

  async owner(path: string): Promise<(Owner & { readonly mode: number }) | undefined> {
    try {
      const { uid, gid, mode } = await lstat(path);
      if (!this.#options.mapped) return { uid, gid, mode: mode & 0o7777 };
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      if (errnoOf(error) !== 'EACCES') throw fileFailure('read', path, error);
    }
    const file = await this.#readThroughHelper(path);
    return file && { uid: file.uid, gid: file.gid, mode: file.mode };
  }

  #readThroughHelper(path: string): Promise<TarFile | undefined> {
    return this.#helped(dirname(path), (helper) => readThrough(helper, basename(path)));
  }

  #helped<T>(folder: string, use: (helper: Helper) => Promise<T>): Promise<T> {
    const { deploymentDir, image, selinux } = this.#options;
    const run = () => withHelper(this.#connection, { deploymentDir, folder, image, selinux }, use);
    const result = this.#last.then(run, run);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/**
 * A file with its owner as a container sees it. An engine with userns-remap unpacks container ids
 * but packs the machine's [seen on 20.10]: a file of root in the container's own filesystem shows
 * where its ids begin. Zero on any other engine.
 */
async function readThrough(helper: Helper, name: string): Promise<TarFile | undefined> {
  const tar = await helper.get(`${helperMount}/${name}`);
  const file = tar && (await unpackFile(tar));
  if (!file) return undefined;
  const mark = 'mcp-tunnel-root';
  const ofRoot = { name: mark, uid: 0, gid: 0, mode: 0o400, content: Buffer.alloc(0) };
  await helper.put('/', await packFile(ofRoot));
  const seen = await helper.get(`/${mark}`);
  const root = seen && (await unpackFile(seen));
  return { ...file, uid: file.uid - (root?.uid ?? 0), gid: file.gid - (root?.gid ?? 0) };
}

/**
 * The file belongs to another user, so this process cannot open it for fsync(2); coreutils' `sync`
 * asks syncfs(2) of the folder's filesystem. Without that program the kernel writes within seconds.
 */
async function syncFilesystem(dir: string): Promise<void> {
  const args = ['--file-system', dir];
  // Nothing of the operator's shell is its business; without PATH the system's own programs are found.
  await promisify(execFile)('sync', args, { env: {} }).catch(() => undefined);
}

function notWhole(path: string): Failure {
  return new Failure('file-unwritable', `${path} was not written whole.`, {
    found: 'other bytes than were sent',
    expected: 'the same bytes when read back',
    nextSteps: [`df -h ${dirname(path)}`, 'Then run the same command again.'],
  });
}

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import {
  access,
  chmod,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rmdir,
  statfs,
  unlink,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../domain/failure.ts';
import { isTemporaryName, temporaryName } from '../domain/temporary-name.ts';
import type { FileKind, FileStat, Files } from '../ports/files.ts';
import { errnoOf, fileFailure } from './file-failure.ts';

async function unlessMissing<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Makes a rename or removal in the folder survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function temporaryBeside(path: string): string {
  return join(dirname(path), temporaryName(basename(path), randomBytes(6).toString('hex')));
}

async function replaceFile(
  path: string,
  content: string | Uint8Array,
  mode: number,
): Promise<void> {
  const temporary = temporaryBeside(path);
  const file = await open(
    temporary,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
    0o600,
  );
  try {
    try {
      await file.chmod(mode);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

async function removeLeftovers(path: string): Promise<void> {
  const names = (await unlessMissing(readdir(dirname(path)))) ?? [];
  for (const name of names.filter((each) => isTemporaryName(each, basename(path)))) {
    await unlessMissing(unlink(join(dirname(path), name)));
  }
}

async function appendWholeLine(path: string, line: string): Promise<void> {
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    const torn = size > 0 && last[0] !== 0x0a;
    await file.appendFile(`${torn ? '\n' : ''}${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

function kindOf(stats: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}): FileKind {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

async function nearestExisting(path: string): Promise<string> {
  const here = await unlessMissing(realpath(path));
  if (here !== undefined) return here;
  const parent = dirname(path);
  return parent === path ? path : nearestExisting(parent);
}

/** The file's text, read no further than one byte past `most`: a device has no size and no end. */
async function readBounded(path: string, most: number): Promise<string> {
  const file = await open(path, constants.O_RDONLY);
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.createReadStream({ end: most })) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (bytes.length <= most) return bytes.toString('utf8');
  throw new Failure('file-unreadable', `${path} is too large.`, {
    found: `more than ${most} bytes`,
    nextSteps: [`ls -lL ${path}`, 'Name the file that was meant.'],
  });
}

async function resolvePath(path: string): Promise<string> {
  const here = await unlessMissing(realpath(path));
  if (here !== undefined || dirname(path) === path) return here ?? path;
  return join(await resolvePath(dirname(path)), basename(path));
}

/** Runs a call on `path`, turning what the operating system throws into a Failure. */
async function guarded<T>(
  verb: 'read' | 'write',
  path: string,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw fileFailure(verb, path, error);
  }
}

/** The disk of this machine. */
export const systemFiles: Files = {
  stat: (path) =>
    guarded('read', path, async () => {
      const stats = await unlessMissing(lstat(path));
      if (!stats) return undefined;
      return {
        kind: kindOf(stats),
        mode: stats.mode & 0o7777,
        uid: stats.uid,
        gid: stats.gid,
        size: stats.size,
        changedAt: stats.ctime,
      } satisfies FileStat;
    }),
  list: (path) => guarded('read', path, async () => (await unlessMissing(readdir(path))) ?? []),
  read: (path) => guarded('read', path, async () => unlessMissing(readFile(path))),
  readText: (path, most) =>
    guarded('read', path, async () =>
      unlessMissing(most === undefined ? readFile(path, 'utf8') : readBounded(path, most)),
    ),
  write: (path, content, mode) =>
    guarded('write', path, async () => {
      await removeLeftovers(path);
      await replaceFile(path, content, mode);
    }),
  appendLine: (path, line) => guarded('write', path, () => appendWholeLine(path, line)),
  makeDirectory: (path, mode) =>
    guarded('write', path, async () => {
      try {
        await mkdir(path, { mode });
      } catch (error) {
        if (errnoOf(error) === 'EEXIST' && (await lstat(path)).isDirectory()) return false;
        throw error;
      }
      await chmod(path, mode);
      await syncFolder(dirname(path));
      return true;
    }),
  setMode: (path, mode) => guarded('write', path, () => chmod(path, mode)),
  rename: (from, to) =>
    guarded('write', to, async () => {
      await rename(from, to);
      await syncFolder(dirname(to));
    }),
  remove: (path) =>
    guarded('write', path, async () => {
      const stats = await unlessMissing(lstat(path));
      if (!stats) return;
      await unlessMissing(stats.isDirectory() ? rmdir(path) : unlink(path));
      await syncFolder(dirname(path));
    }),
  assertWritable: (folder) =>
    guarded('write', folder, () => access(folder, constants.W_OK | constants.X_OK)),
  freeBytes: (path) =>
    guarded('read', path, async () => {
      const { bavail, bsize } = await statfs(await nearestExisting(path));
      return bavail * bsize;
    }),
  resolve: (path) => guarded('read', path, () => resolvePath(path)),
};

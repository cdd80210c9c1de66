import { createHash, randomBytes } from 'node:crypto';
import {
  chmod,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ProgramStore } from '../ports/program-store.ts';
import { errnoOf, fileFailure } from './file-failure.ts';

export interface ProgramSource {
  /** Holds `package.json` and `dist/`. */
  readonly folder: string;
  readonly node: string;
  readonly version: string;
  /** Lets a copy name this Node by a link: a rehearsal need not copy 100 MB. */
  readonly linkNode?: boolean;
}

/** Copies that a killed run left half-made are older than this. */
const abandonedMs = 3_600_000;
const incoming = '.incoming-';

/** Files of a program, relative to its folder, in a fixed order. Notes of the build are not part of it. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const below = await readdir(join(folder, 'dist'), { recursive: true, withFileTypes: true });
  const found = below
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return ['package.json', ...found].sort();
}

async function hashOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of await filesOf(folder)) {
    const content = await readFile(join(folder, name));
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    const found = name.startsWith(incoming) ? await stat(path).catch(() => undefined) : undefined;
    if (found && Date.now() - found.mtimeMs > abandonedMs)
      await rm(path, { recursive: true, force: true });
  }
}

async function copyInto(source: ProgramSource, folder: string, withNode: boolean): Promise<void> {
  for (const name of await filesOf(source.folder)) {
    const to = join(folder, name);
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, await readFile(join(source.folder, name)));
    await chmod(to, 0o644);
  }
  const folders = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of folders.filter((each) => each.isDirectory()))
    await chmod(join(entry.parentPath, entry.name), 0o755);
  if (!withNode) return;
  const node = join(folder, 'node');
  if (source.linkNode) return symlink(source.node, node);
  await copyFile(source.node, node);
  await chmod(node, 0o755);
}

/** Copies of the program on this machine's disk, readable by everyone. */
export function systemPrograms(source: ProgramSource): ProgramStore {
  return {
    async running() {
      const { folder, node, version } = source;
      try {
        return { folder, node, version, hash: await hashOf(folder) };
      } catch (error) {
        throw fileFailure('read', folder, error);
      }
    },
    async installed(folder) {
      try {
        return { hash: await hashOf(folder), hasNode: await isThere(join(folder, 'node')) };
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return undefined;
        throw fileFailure('read', folder, error);
      }
    },
    async install(folder, { withNode }) {
      const parent = dirname(folder);
      const suffix = randomBytes(6).toString('hex');
      const fresh = join(parent, `${incoming}${basename(folder)}-${suffix}`);
      try {
        await mkdir(parent, { recursive: true, mode: 0o755 });
        await removeAbandoned(parent);
        await mkdir(fresh);
        await chmod(fresh, 0o755);
        await copyInto(source, fresh, withNode);
        if (await isThere(folder)) await rename(folder, `${fresh}.old`);
        await rename(fresh, folder);
        await rm(`${fresh}.old`, { recursive: true, force: true });
      } catch (error) {
        await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
        throw fileFailure('write', folder, error);
      }
    },
    async remove(folder) {
      try {
        await rm(folder, { recursive: true, force: true });
        await rmdir(dirname(folder)).catch(() => undefined);
      } catch (error) {
        throw fileFailure('write', folder, error);
      }
    },
  };
}

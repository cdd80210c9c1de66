import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { ErrnoError } from './errno.ts';
import { OwnerRecords } from './owner-records.ts';
import type { PathMapping, RehearsalSettings } from './settings.ts';

/**
 * Reads a file by its container path as the container's user would: through the mounts, refused
 * with EACCES where that user may not. A recorded owner counts, else the real one; the mode is the
 * real one. Folders are judged from the mount's own root on: what is above it (the 0700 deployment)
 * is not walked by a container.
 *
 * @throws ErrnoError ENOENT, EACCES; or what the file system says.
 */
export async function readMounted(path: string, settings: RehearsalSettings): Promise<Buffer> {
  const mapping = mountOf(path, settings.paths);
  if (!mapping) throw new ErrnoError('ENOENT', path);
  const host = join(mapping.host, relative(mapping.container, path));
  const records = new OwnerRecords(settings.ownersFile, settings.deploymentDir);
  for (const folder of foldersFrom(mapping.host, host)) {
    if (!(await allows(folder, 0o1, settings, records))) throw new ErrnoError('EACCES', path);
  }
  if (!(await allows(host, 0o4, settings, records))) throw new ErrnoError('EACCES', path);
  return readFile(host);
}

/** The innermost mount that holds the path. */
function mountOf(path: string, paths: readonly PathMapping[]): PathMapping | undefined {
  return paths
    .filter(
      ({ container }) => path === container || path.startsWith(`${container.replace(/\/$/, '')}/`),
    )
    .sort((a, b) => b.container.length - a.container.length)[0];
}

/** Folders that must be passed to reach `path`, the mount's root first; none if the root is the file. */
function foldersFrom(root: string, path: string): string[] {
  const folders: string[] = [];
  for (let folder = path; folder !== root; ) {
    folder = dirname(folder);
    folders.unshift(folder);
  }
  return folders;
}

/** Unix permission: owner's bits for the owner, group's for the group, else the others'; root may all. */
async function allows(
  path: string,
  bit: 0o1 | 0o4,
  { uid, gid }: RehearsalSettings,
  records: OwnerRecords,
): Promise<boolean> {
  const found = await stat(path);
  if (uid === 0) return true;
  const owner = records.find(path, found) ?? found;
  const shift = owner.uid === uid ? 6 : owner.gid === gid ? 3 : 0;
  return (found.mode & (bit << shift)) !== 0;
}

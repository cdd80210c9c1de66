import { randomBytes } from 'node:crypto';
import { open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../domain/failure.ts';
import type { Owner } from '../ports/files.ts';

const prefix = '.mcp-tunnel-owned-';

/** A name for a file until it is complete, in the folder where it will be renamed. */
export function temporaryName(): string {
  return `${prefix}${randomBytes(8).toString('hex')}`;
}

/** Removes what killed runs left under such names. Only under the deployment's lock. */
export async function removeLeftOvers(dir: string): Promise<void> {
  const names = await readdir(dir);
  await Promise.all(
    names.filter((name) => name.startsWith(prefix)).map((name) => unlink(join(dir, name))),
  );
}

/** Makes a rename in the folder survive a power cut. */
export async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** @throws Failure `file-unwritable` if the file did not become what was asked. */
export function requireOwner(
  path: string,
  wanted: Owner & { readonly mode: number },
  got: (Owner & { readonly mode: number }) | undefined,
): void {
  if (got && got.uid === wanted.uid && got.gid === wanted.gid && got.mode === wanted.mode) return;
  throw new Failure('file-unwritable', `${path} did not get its owner and mode.`, {
    found: got ? inWords(got) : 'no file',
    expected: inWords(wanted),
    nextSteps: [
      `stat ${path}`,
      'Choose a directory on a local filesystem with --dir: some network filesystems do not keep owners.',
    ],
  });
}

function inWords({ uid, gid, mode }: Owner & { readonly mode: number }): string {
  return `${uid}:${gid} ${mode.toString(8).padStart(4, '0')}`;
}

import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChownOwnedFiles } from '../../src/adapters/chown-owned-files.ts';

const files = new ChownOwnedFiles();
const isRoot = process.getuid?.() === 0;
/** Root gives files away; anyone else can only keep them. */
const owner = isRoot
  ? { uid: 65532, gid: 65532 }
  : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'owned-'));
  path = join(dir, 'tunnel-token');
});
afterEach(() => rm(dir, { recursive: true }));

test('writes with owner and mode whatever the umask, and reads back', async () => {
  const before = process.umask(0o077);
  try {
    await files.write(path, Buffer.from('one'), owner, 0o444);
    expect(await files.owner(path)).toEqual({ ...owner, mode: 0o444 });
    process.umask(0);
    await files.write(path, Buffer.from('two'), owner, 0o400);
  } finally {
    process.umask(before);
  }
  expect(await files.owner(path)).toEqual({ ...owner, mode: 0o400 });
  expect(Buffer.from((await files.read(path)) ?? []).toString()).toBe('two');
  expect(await readdir(dir)).toEqual(['tunnel-token']);
});

test('a file that is not there has neither content nor owner', async () => {
  expect(await files.read(path)).toBeUndefined();
  expect(await files.owner(path)).toBeUndefined();
});

test('replaces a link instead of following it, and does not read through one', async () => {
  const outside = join(dir, 'outside');
  await writeFile(outside, 'untouched');
  await symlink(outside, path);
  await expect(files.read(path)).rejects.toMatchObject({ code: 'file-unreadable' });
  await files.write(path, Buffer.from('own'), owner, 0o400);
  expect((await lstat(path)).isFile()).toBe(true);
  expect(await readFile(outside, 'utf8')).toBe('untouched');
});

test('sweeps what a killed run left', async () => {
  await writeFile(join(dir, '.mcp-tunnel-owned-0123456789abcdef'), 'half a secret');
  await files.write(path, Buffer.from('x'), owner, 0o400);
  expect(await readdir(dir)).toEqual(['tunnel-token']);
});

test('a failed write leaves the old file and nothing else', async () => {
  await mkdir(path);
  await writeFile(join(path, 'in-the-way'), '');
  await expect(files.write(path, Buffer.from('x'), owner, 0o400)).rejects.toMatchObject({
    code: 'file-unwritable',
  });
  expect(await readdir(dir)).toEqual(['tunnel-token']);
});

test('a folder that is not there is said so', async () => {
  await expect(
    files.write(join(dir, 'gone/x'), Buffer.from('x'), owner, 0o400),
  ).rejects.toMatchObject({
    code: 'file-unwritable',
    found: 'ENOENT',
  });
});

test.skipIf(isRoot)('a user who may not give files away is told so', async () => {
  await chmod(dir, 0o700);
  await expect(
    files.write(path, Buffer.from('x'), { uid: 65532, gid: 65532 }, 0o400),
  ).rejects.toMatchObject({
    code: 'file-unwritable',
    found: 'EPERM',
  });
  expect(await readdir(dir)).toEqual([]);
});

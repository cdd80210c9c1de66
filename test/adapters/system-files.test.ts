import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemFiles } from '../../src/adapters/system-files.ts';

let dir: string;
let umask: number;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'files-'));
  umask = process.umask();
});
afterEach(async () => {
  process.umask(umask);
  await rm(dir, { recursive: true, force: true });
});

describe('systemFiles', () => {
  test.each([0o000, 0o022, 0o077, 0o777])('modes are exact under umask %o', async (mask) => {
    process.umask(mask);
    await systemFiles.makeDirectory(join(dir, 'd'), 0o711);
    await systemFiles.write(join(dir, 'f'), 'x', 0o644);
    await systemFiles.write(join(dir, 'secret'), 'x', 0o400);
    expect((await systemFiles.stat(join(dir, 'd')))?.mode).toBe(0o711);
    expect((await systemFiles.stat(join(dir, 'f')))?.mode).toBe(0o644);
    expect((await systemFiles.stat(join(dir, 'secret')))?.mode).toBe(0o400);
  });

  test('a replaced file is a new inode: a reader of the old one keeps whole bytes', async () => {
    const path = join(dir, 'f');
    await systemFiles.write(path, 'old', 0o644);
    const before = (await stat(path)).ino;
    await systemFiles.write(path, 'new', 0o600);
    expect((await stat(path)).ino).not.toBe(before);
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(dir)).toEqual(['f']);
  });

  test('a temporary file that a killed run left is removed by the next write', async () => {
    await writeFile(join(dir, '.f.tmp-0123456789ab'), 'half');
    await systemFiles.write(join(dir, 'f'), 'whole', 0o644);
    expect(await readdir(dir)).toEqual(['f']);
  });

  test('a link is replaced by a file, not followed', async () => {
    await writeFile(join(dir, 'outside'), 'theirs');
    await symlink(join(dir, 'outside'), join(dir, 'f'));
    await systemFiles.write(join(dir, 'f'), 'ours', 0o644);
    expect(await readFile(join(dir, 'outside'), 'utf8')).toBe('theirs');
    expect((await systemFiles.stat(join(dir, 'f')))?.kind).toBe('file');
  });

  test('a line is appended whole even after a torn one', async () => {
    const path = join(dir, 'journal');
    await systemFiles.appendLine(path, '{"a":1}');
    await writeFile(path, '{"a":1}\n{"torn', { flag: 'w' });
    await systemFiles.appendLine(path, '{"b":2}');
    expect(await readFile(path, 'utf8')).toBe('{"a":1}\n{"torn\n{"b":2}\n');
    expect((await systemFiles.stat(path))?.mode).toBe(0o600);
  });

  test('what is not there is undefined, not an error', async () => {
    expect(await systemFiles.stat(join(dir, 'no/where'))).toBeUndefined();
    expect(await systemFiles.readText(join(dir, 'no'))).toBeUndefined();
    expect(await systemFiles.list(join(dir, 'no'))).toEqual([]);
    await systemFiles.remove(join(dir, 'no'));
  });

  test('a folder below a file names the errno and the next step', async () => {
    await writeFile(join(dir, 'f'), '');
    await expect(systemFiles.write(join(dir, 'f/x'), 'x', 0o600)).rejects.toMatchObject({
      code: 'file-unwritable',
      found: 'ENOTDIR',
    });
  });

  test('a full disk is told as such', async () => {
    await expect(systemFiles.appendLine('/dev/full', 'x')).rejects.toMatchObject({
      code: 'disk-full',
      found: 'ENOSPC',
      nextSteps: ['df -h /dev/full', expect.stringContaining('run the same command again')],
    });
  });

  test.runIf(process.getuid?.() !== 0)(
    'a folder without write permission is told before anything is written',
    async () => {
      await chmod(dir, 0o500);
      await expect(systemFiles.assertWritable(dir)).rejects.toMatchObject({
        code: 'file-unwritable',
        found: 'EACCES',
      });
    },
  );

  test('resolve follows links of the parents and keeps what is missing', async () => {
    await systemFiles.makeDirectory(join(dir, 'real'), 0o700);
    await symlink(join(dir, 'real'), join(dir, 'link'));
    expect(await systemFiles.resolve(join(dir, 'link/new/deep'))).toBe(
      join(await systemFiles.resolve(dir), 'real/new/deep'),
    );
  });
});

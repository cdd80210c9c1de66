import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lineFiles } from '../../src/adapters/line-files.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'line-files-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('a file of lines', () => {
  test('is new, for its owner alone whatever the umask, and holds what was written', async () => {
    const path = join(dir, 'a.log');
    const before = process.umask(0o777);
    const file = await lineFiles.create(path).finally(() => process.umask(before));
    await file.write('one\n');
    await file.write('two\n');
    await file.close();
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(path).mode & 0o7777).toBe(0o600);
  });

  test('does not take the place of a file, and follows no link', async () => {
    const there = join(dir, 'there');
    writeFileSync(there, 'mine');
    symlinkSync(there, join(dir, 'link'));
    symlinkSync(join(dir, 'nowhere'), join(dir, 'dangling'));
    for (const name of ['there', 'link', 'dangling'])
      await expect(lineFiles.create(join(dir, name))).rejects.toMatchObject({
        code: 'file-unwritable',
        summary: `${join(dir, name)} is there already; it is not overwritten.`,
      });
    expect(readFileSync(there, 'utf8')).toBe('mine');
    expect(() => statSync(join(dir, 'nowhere'))).toThrow('ENOENT');
  });

  test('in a folder that is not there names the path', async () => {
    const path = join(dir, 'no/such.log');
    await expect(lineFiles.create(path)).rejects.toMatchObject({
      code: 'file-unwritable',
      found: 'ENOENT',
      summary: `Cannot write ${path}.`,
    });
  });
});

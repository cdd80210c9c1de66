import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemPrograms } from '../../src/adapters/system-programs.ts';

describe('copies of the program', () => {
  let root = '';
  const at = (...names: readonly string[]) => join(root, ...names);
  const store = (more: { linkNode?: boolean } = {}) =>
    systemPrograms({ folder: at('checkout'), node: at('bin/node'), version: '0.1.0', ...more });

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'mcpt-programs-'));
    for (const folder of ['checkout/dist/cli', 'checkout/src', 'bin'])
      mkdirSync(at(folder), { recursive: true });
    writeFileSync(at('checkout/package.json'), '{}');
    writeFileSync(at('checkout/dist/main.js'), 'main');
    writeFileSync(at('checkout/dist/cli/run.js'), 'run', { mode: 0o600 });
    writeFileSync(at('checkout/dist/.built'), 'stamp');
    writeFileSync(at('checkout/src/main.ts'), 'source');
    writeFileSync(at('bin/node'), 'node');
    chmodSync(at('checkout/dist/cli'), 0o700);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  test('hold what runs and nothing else, readable by everyone', async () => {
    const { hash } = await store().running();
    expect(hash).toMatch(/^[0-9a-f]{64}$/u);
    await store().install(at('lib/0.1.0-x'), { withNode: true });
    expect(readdirSync(at('lib/0.1.0-x'), { recursive: true }).toSorted()).toEqual([
      'dist',
      'dist/cli',
      'dist/cli/run.js',
      'dist/main.js',
      'node',
      'package.json',
    ]);
    const mode = (...names: readonly string[]) =>
      (statSync(at('lib/0.1.0-x', ...names)).mode & 0o777).toString(8);
    expect(['', 'dist/cli', 'dist/cli/run.js', 'node'].map((name) => mode(name))).toEqual([
      '755',
      '755',
      '644',
      '755',
    ]);
    expect(await store().installed(at('lib/0.1.0-x'))).toEqual({ hash, hasNode: true });
    expect(readdirSync(at('lib'))).toEqual(['0.1.0-x']);
  });

  test('one that was changed is told by its hash, and mended', async () => {
    const { hash } = await store().running();
    await store().install(at('lib/0.1.0-x'), { withNode: false });
    expect(await store().installed(at('lib/0.1.0-x'))).toEqual({ hash, hasNode: false });
    writeFileSync(at('lib/0.1.0-x/dist/main.js'), 'other');
    expect((await store().installed(at('lib/0.1.0-x')))?.hash).not.toBe(hash);
    await store().install(at('lib/0.1.0-x'), { withNode: false });
    expect((await store().installed(at('lib/0.1.0-x')))?.hash).toBe(hash);
  });

  test('a name and a content are not mixed up in the hash', async () => {
    const { hash } = await store().running();
    writeFileSync(at('checkout/dist/main.js'), 'mai');
    writeFileSync(at('checkout/dist/nn'), '');
    expect((await store().running()).hash).not.toBe(hash);
  });

  test('what a killed run left half-made is cleared away, later', async () => {
    mkdirSync(at('lib/.incoming-0.1.0-x-00'), { recursive: true });
    mkdirSync(at('lib/.incoming-0.1.0-x-01'));
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(at('lib/.incoming-0.1.0-x-00'), longAgo, longAgo);
    await store().install(at('lib/0.1.0-x'), { withNode: false });
    expect(readdirSync(at('lib')).toSorted()).toEqual(['.incoming-0.1.0-x-01', '0.1.0-x']);
  });

  test('in a rehearsal its Node is a link', async () => {
    await store({ linkNode: true }).install(at('lib/0.1.0-x'), { withNode: true });
    expect(readlinkSync(at('lib/0.1.0-x/node'))).toBe(at('bin/node'));
  });

  test('are removed with the folder above, if nothing else is in it', async () => {
    for (const name of ['0.1.0-x', '0.1.0-y'])
      await store().install(at('lib', name), { withNode: false });
    await store().remove(at('lib/0.1.0-x'));
    expect(readdirSync(at('lib'))).toEqual(['0.1.0-y']);
    await store().remove(at('lib/0.1.0-y'));
    expect(readdirSync(root).toSorted()).toEqual(['bin', 'checkout']);
    await store().remove(at('lib/0.1.0-y'));
  });

  test('where it may not write, that is said', async () => {
    writeFileSync(at('lib'), 'a file');
    await expect(store().install(at('lib/0.1.0-x'), { withNode: false })).rejects.toMatchObject({
      code: 'file-unwritable',
    });
    expect(await store().installed(at('nowhere'))).toBeUndefined();
    expect(readFileSync(at('lib'), 'utf8')).toBe('a file');
  });
});

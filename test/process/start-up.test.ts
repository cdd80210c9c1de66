import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { digestOfFiles } from '../../scripts/digest-of-files.mjs';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
let checkout: string;

/** A folder with links to what the original holds; an `npm ci` in it would only remove the links. */
async function linkEntries(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from))
    if (name !== '.prepared') await symlink(join(from, name), join(to, name));
}

/** Says what scripts/prepare.mjs says after it installed exactly what this lock file names. */
async function stampInstalled(): Promise<void> {
  const digest = digestOfFiles(checkout, ['package-lock.json']);
  await writeFile(join(checkout, 'node_modules/.prepared'), digest);
}

/** A checkout with its dependencies installed, but never built. */
beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'mcp-tunnel-start-up-'));
  for (const name of [
    'package.json',
    'package-lock.json',
    'src',
    'screens',
    'templates',
    'scripts',
  ])
    await cp(join(root, name), join(checkout, name), { recursive: true });
  await linkEntries(join(root, 'node_modules'), join(checkout, 'node_modules'));
  await linkEntries(join(root, 'runtime'), join(checkout, 'runtime'));
  await stampInstalled();
});
afterAll(() => rm(checkout, { recursive: true, force: true }));

/**
 * What npm and Node get of this process's environment: nothing that a test runner put there.
 * Offline, so that an installation that should not happen fails instead of waiting for a network.
 */
function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, npm_config_offline: 'true', ...more };
}

/** Runs the built program and gives its output and every file of the checkout that Node loaded. */
async function program(...args: string[]): Promise<{ stdout: string; loaded: string[] }> {
  const coverage = await mkdtemp(join(checkout, 'coverage-'));
  const env = environment({ NODE_V8_COVERAGE: coverage });
  const argv = [join(checkout, 'dist/main.js'), ...args];
  const { stdout } = await run(process.execPath, argv, { env });
  const [report = ''] = await readdir(coverage);
  // V8 lists each script that ran, parts of Node itself included.
  const { result }: { result: readonly { url: string }[] } = JSON.parse(
    await readFile(join(coverage, report), 'utf8'),
  );
  const files = result
    .filter(({ url }) => url.startsWith('file:'))
    .map(({ url }) => relative(checkout, fileURLToPath(url)));
  return { stdout, loaded: files.sort() };
}

describe('start-up', () => {
  test('npm start --silent keeps stdout for the program, also while it builds', async () => {
    const start = () =>
      run('npm', ['start', '--silent', '--', '--version'], { cwd: checkout, env: environment() });
    expect(await start()).toEqual({ stdout: `${manifest.version}\n`, stderr: 'Building …\n' });
    expect(await start()).toEqual({ stdout: `${manifest.version}\n`, stderr: '' });
  });

  test('--version loads one file, and prints the version of package.json', async () => {
    expect(await program('--version')).toEqual({
      stdout: `${manifest.version}\n`,
      loaded: ['dist/main.js'],
    });
    // What main.ts imports statically is bundled into that file: it must stay next to nothing.
    const text = await readFile(join(checkout, 'dist/main.js'), 'utf8');
    expect(text.length).toBeLessThan(8_000);
    expect(text).not.toMatch(/^import\b/m);
  });

  test('--help loads more, so that what is loaded is really seen', async () => {
    const { stdout, loaded } = await program('--help');
    expect(stdout).toContain('mcp-tunnel install');
    expect(loaded).toEqual(
      expect.arrayContaining([
        'dist/cli/run-program.js',
        'dist/main.js',
        expect.stringMatching(/^dist\/chunks\//),
      ]),
    );
  });
});

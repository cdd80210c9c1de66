import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const packages = join(root, 'node_modules');

/** Long enough for a busy machine; a build that hangs must not hold up the tests for good. */
const limit = 180_000;

/** Opens a terminal for bash, which the harness starts everything through. */
const trial = `
const { spawn } = require('node-pty');
spawn('bash', ['-c', 'test -t 0'], {}).onExit(({ exitCode }) => process.exit(exitCode));
`;

function lastWords({ error, stderr, stdout }: SpawnSyncReturns<string>): string {
  if (error) return error.message;
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.filter((line) => /\berror\b|Error:|not found/iu.test(line));
  return (telling.length > 0 ? telling : lines).slice(0, 3).join(' / ');
}

/** Why no pseudo-terminal can be opened by node-pty as it is installed; undefined if one can. */
function refusal(): string | undefined {
  const tried = spawnSync(process.execPath, ['-e', trial], {
    cwd: root,
    encoding: 'utf8',
    timeout: 20_000,
  });
  return tried.status === 0 ? undefined : `no pseudo-terminal: ${lastWords(tried)}`;
}

/** Folder with this Node's headers, or those npm is configured with: node-pty's interface is the same. */
function headers(): string | undefined {
  return [dirname(dirname(process.execPath)), process.env['npm_config_nodedir'] ?? ''].find(
    (folder) => existsSync(join(folder, 'include/node/node_api.h')),
  );
}

/**
 * Compiles node-pty's native part by npm's own node-gyp, in a folder of its own, and moves the result
 * into place: two runs at once each put a whole file there.
 * @returns why that was not possible.
 */
async function build(): Promise<string | undefined> {
  const tools = ['python3', 'make', process.env['CXX'] ?? 'g++'];
  const absent = tools.filter((name) => spawnSync('which', [name]).status !== 0);
  if (absent.length > 0) return `to build node-pty, not installed: ${absent.join(', ')}`;
  const nodedir = headers();
  if (!nodedir) return `to build node-pty, no headers of Node near ${process.execPath}`;

  const scratch = await mkdtemp(join(tmpdir(), 'mcpt-node-pty-'));
  try {
    for (const part of ['binding.gyp', 'src'])
      await cp(join(packages, 'node-pty', part), join(scratch, part), { recursive: true });
    await cp(join(packages, 'node-addon-api'), join(scratch, 'node_modules/node-addon-api'), {
      recursive: true,
    });
    await writeFile(
      join(scratch, 'package.json'),
      JSON.stringify({ private: true, scripts: { build: 'node-gyp rebuild' } }),
    );
    const built = spawnSync('npm', ['run', 'build'], {
      cwd: scratch,
      encoding: 'utf8',
      timeout: limit,
      env: {
        ...process.env,
        PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
        npm_config_nodedir: nodedir,
      },
    });
    if (built.status !== 0) return `node-pty does not build: ${lastWords(built)}`;
    const place = join(packages, 'node-pty/build/Release');
    const fresh = join(place, `pty.node.new-${process.pid}`);
    await mkdir(place, { recursive: true });
    await copyFile(join(scratch, 'build/Release/pty.node'), fresh);
    await rename(fresh, join(place, 'pty.node'));
    return undefined;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Makes node-pty able to open a terminal here, building its native part (which `npm ci
 * --ignore-scripts` leaves out) unless what is there works already.
 * @returns why it cannot; undefined if it can.
 */
export async function readyNodePty(): Promise<string | undefined> {
  if (refusal() === undefined) return undefined;
  return (await build()) ?? refusal();
}

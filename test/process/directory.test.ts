import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deploymentOf, finishOf, modesOf, Session, storyOf, treeOf } from './session.ts';

const session = new Session();
afterAll(() => session[Symbol.asyncDispose]());

/** A rehearsal in `dir` that must fail and leave everything as it was. */
async function refused(dir: string, options: Parameters<Session['run']>[1] = {}) {
  const before = treeOf(session.root);
  const ended = await session.run(
    ['rehearse', 'install', '--yes', '--json', '--dir', dir],
    options,
  );
  expect(treeOf(session.root)).toEqual(before);
  const { failure } = finishOf(ended);
  return { code: ended.code, failure };
}

describe('--dir that is no place for a deployment', () => {
  test('a file', async () => {
    writeFileSync(join(session.cwd, 'file'), 'mine\n');
    const { code, failure } = await refused('file');
    expect(code).toBe(3);
    expect(failure?.code).toBe('directory-unusable');
    expect(failure?.found).toBe('a file');
    expect(failure?.nextSteps[0]).toBe(`ls -ld ${join(session.cwd, 'file')}`);
  });

  test('a link, to a directory or to nothing', async () => {
    mkdirSync(join(session.cwd, 'real'));
    symlinkSync('real', join(session.cwd, 'link'));
    symlinkSync('nowhere', join(session.cwd, 'dangling'));
    for (const name of ['link', 'dangling']) {
      const { code, failure } = await refused(name);
      expect(code).toBe(3);
      expect(failure?.code).toBe('directory-unusable');
      expect(failure?.found).toBe('a symbolic link');
    }
    expect(readlinkSync(join(session.cwd, 'link'))).toBe('real');
    expect(readdirSync(join(session.cwd, 'real'))).toEqual([]);
  });

  test('below a folder that is not there, or below a file', async () => {
    writeFileSync(join(session.cwd, 'file'), 'mine\n');
    for (const [dir, parent] of [
      ['not/there', 'not'],
      ['file/below', 'file'],
    ] as const) {
      const { code, failure } = await refused(dir);
      expect(code).toBe(3);
      expect(failure?.code).toBe('directory-unusable');
      expect(failure?.nextSteps[0]).toContain(join(session.cwd, parent));
    }
  });

  test('with something else in it', async () => {
    const dir = join(session.cwd, 'foreign');
    mkdirSync(dir);
    writeFileSync(join(dir, 'thesis.tex'), 'mine\n');
    const { code, failure } = await refused('foreign');
    expect(code).toBe(3);
    expect(failure?.code).toBe('directory-foreign');
    expect(failure?.found).toBe('thesis.tex');
  });

  test('with another Compose stack, or one of a newer mcp-tunnel', async () => {
    const dir = join(session.cwd, 'newer');
    mkdirSync(dir);
    const compose = join(dir, 'docker-compose.yaml');
    writeFileSync(compose, 'services: {}\nx-mcp-tunnel: {layout: 99}\n');
    // A rehearsal takes it for a real deployment first: both are exit 2.
    expect((await refused('newer')).failure?.code).toBe('rehearsal-mismatch');
    mkdirSync(join(dir, '.mcp-tunnel/rehearsal'), { recursive: true, mode: 0o700 });
    const { code, failure } = await refused('newer');
    expect(code).toBe(2);
    expect(failure?.code).toBe('newer-deployment');
    expect(failure?.found).toBe('layout 99');
  });
});

const root = process.getuid?.() === 0;
/** Another account on this machine, for what root is never refused. */
const prefix = root ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'] : [];

test('a directory that this account may not write to', async () => {
  await using other = new Session();
  await other.openToAll();
  const dir = join(other.cwd, 'closed');
  mkdirSync(dir, { mode: 0o555 });
  chmodSync(dir, 0o555);
  const before = treeOf(other.root);
  const run = (where: string) =>
    other.run(['rehearse', '--yes', '--json', '--dir', where], { prefix });
  for (const ended of [await run('closed'), await run('closed/below')]) {
    expect(ended.code).toBe(3);
    const { failure } = finishOf(ended);
    expect(failure?.code).toBe('file-unwritable');
    expect(failure?.found).toBe('EACCES');
    expect(failure?.nextSteps.join()).toContain('--dir');
  }
  expect(treeOf(other.root)).toEqual(before);
});

test('the whole rehearsal as another account, whose umask of 077 makes no difference', async () => {
  await using other = new Session();
  await other.openToAll();
  const wrapped = [...prefix, 'sh', '-c', 'umask 077 && exec "$@"', 'sh'];
  const ended = await other.rehearse(['--yes'], { prefix: wrapped });
  expect(ended.code, storyOf(ended)).toBe(0);
  if (root) expect(treeOf(other.dir)['data/ca.key']).toMatch(/^600 65534:65534 /u);
  expect(modesOf(treeOf(other.dir))).toEqual([
    '700 .',
    '644 .gitignore',
    '700 .mcp-tunnel',
    '600 .mcp-tunnel/answers.yaml',
    '600 .mcp-tunnel/applied.json',
    '600 .mcp-tunnel/journal.jsonl',
    '700 .mcp-tunnel/rehearsal',
    '600 .mcp-tunnel/rehearsal/console.json',
    '600 .mcp-tunnel/rehearsal/containers.json',
    '600 .mcp-tunnel/rehearsal/images.json',
    '700 .mcp-tunnel/rehearsal/logs',
    '600 .mcp-tunnel/rehearsal/logs/cloudflared.jsonl',
    '600 .mcp-tunnel/rehearsal/logs/hello-mcp.jsonl',
    '600 .mcp-tunnel/rehearsal/logs/mcp-proxy.jsonl',
    '600 .mcp-tunnel/rehearsal/owners.json',
    '755 config',
    '644 config/mcp-proxy.yaml',
    '711 credentials',
    '400 credentials/tunnel-token',
    '711 data',
    '644 data/ca.crt',
    '600 data/ca.key',
    '644 data/tls.crt',
    '644 data/tls.ext',
    '400 data/tls.key',
    '644 docker-compose.yaml',
    '644 hello_server.py',
  ]);
});

describe('rehearsal and reality do not mix', () => {
  const other = new Session();
  beforeAll(async () => {
    await other.rehearsed();
  });
  afterAll(() => other[Symbol.asyncDispose]());

  test('where a folder of ours is a link, nothing is written through it', async () => {
    renameSync(join(other.dir, 'config'), join(other.root, 'elsewhere'));
    symlinkSync(join(other.root, 'elsewhere'), join(other.dir, 'config'));
    const before = deploymentOf(other.dir);
    const outside = treeOf(join(other.root, 'elsewhere'));
    const ended = await other.rehearse();
    expect(ended.code).toBe(3);
    expect(finishOf(ended).failure).toMatchObject({
      code: 'directory-unusable',
      found: 'a symbolic link',
    });
    expect(deploymentOf(other.dir)).toEqual(before);
    expect(treeOf(join(other.root, 'elsewhere'))).toEqual(outside);
    rmSync(join(other.dir, 'config'));
    renameSync(join(other.root, 'elsewhere'), join(other.dir, 'config'));
  });

  test('install on a rehearsal: exit 2, unchanged', async () => {
    const before = treeOf(other.root);
    for (const args of [['--dir', other.dir], []]) {
      const cwd = args.length === 0 ? other.dir : other.cwd;
      const ended = await other.run(['install', '--yes', '--json', ...args], { cwd });
      expect(ended.code).toBe(2);
      expect(finishOf(ended).dir).toBe(other.dir);
      expect(finishOf(ended).failure?.code).toBe('rehearsal-mismatch');
      expect(finishOf(ended).failure?.nextSteps[0]).toBe(
        `mcp-tunnel rehearse install --dir ${other.dir}`,
      );
    }
    expect(treeOf(other.root)).toEqual(before);
  });

  test.each([
    ['a deployment', 'docker-compose.yaml', 'services: {}\n'],
    ['one that was begun', 'data/ca.key', 'x'],
    ['one that was begun earlier still', '.mcp-tunnel/journal.jsonl', '{}\n'],
  ])('rehearse on %s: exit 2, unchanged', async (_name, path, text) => {
    await using real = new Session();
    mkdirSync(join(real.dir, path, '..'), { recursive: true });
    writeFileSync(join(real.dir, path), text);
    const before = treeOf(real.root);
    const ended = await real.rehearse();
    expect(ended.code).toBe(2);
    expect(finishOf(ended).failure?.code).toBe('rehearsal-mismatch');
    expect(treeOf(real.root)).toEqual(before);
  });

  test('a rehearsal that failed before its files were written is still one', async () => {
    await using broken = new Session();
    const keyFile = join(broken.home, 'missing-folder/ca.key');
    const failed = await broken.rehearse(['--yes', '--ca-key', keyFile]);
    expect(failed.code).toBe(3);
    if (existsSync(broken.dir)) {
      const real = await broken.run(['install', '--json', '--cert-days', '0', '--dir', broken.dir]);
      expect(finishOf(real).failure?.code).toBe('rehearsal-mismatch');
    }
    await broken.rehearsed(['--ca-key', join(broken.home, 'ca.key')]);
  });
});

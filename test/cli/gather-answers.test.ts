import { chmod, mkdir, mkdtemp, realpath, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemFiles } from '../../src/adapters/system-files.ts';
import { commandTable } from '../../src/cli/commands.ts';
import { gatherAnswers } from '../../src/cli/gather-answers.ts';
import { parseArgv } from '../../src/cli/parse-argv.ts';
import { Failure } from '../../src/domain/failure.ts';
import type { Files } from '../../src/ports/files.ts';
import { installQuestions } from '../../src/questions/install-questions.ts';
import { tokenText } from '../fakes/sample-answers.ts';

let cwd: string;
let stored: string;
beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), 'gather-answers-')));
  stored = join(cwd, 'deployment/.mcp-tunnel/answers.yaml');
  await mkdir(join(cwd, 'deployment/.mcp-tunnel'), { recursive: true });
  await mkdir(join(cwd, 'conf'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

interface Given {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  readonly files?: Files;
}

function gather(argv: readonly string[], { env = {}, stdin, files = systemFiles }: Given = {}) {
  return gatherAnswers(installQuestions, {
    argv: parseArgv(['install', ...argv], commandTable(installQuestions)),
    env,
    cwd,
    files,
    stored,
    readStdin: () =>
      stdin === undefined
        ? Promise.reject(new Error('nobody asked for it'))
        : Promise.resolve(stdin),
  });
}

async function answersFile(text: string, name = 'conf/answers.yaml'): Promise<string> {
  await writeFile(join(cwd, name), `version: 1\n${text}`);
  return name;
}

async function failureOf(gathering: Promise<unknown>): Promise<Failure> {
  const end = await gathering.catch((error: unknown) => error);
  if (end instanceof Failure) return end;
  throw new Error(`no failure but ${String(end)}`);
}

describe('which answer counts', () => {
  test('flag before environment before answers file before what was told earlier', async () => {
    await writeFile(stored, 'version: 1\ntunnel: { domain: stored }\ncertificates: { days: 4 }\n');
    const file = await answersFile(
      'tunnel: { domain: file }\ncertificates: { days: 3, caDays: 3 }\nmode: manual\n',
    );
    const env = {
      MCP_TUNNEL_DOMAIN: 'environment',
      MCP_TUNNEL_CERT_DAYS: '2',
      MCP_TUNNEL_CA_DAYS: '2',
    };
    const all = await gather(['--answers', file, '--domain', 'flag'], { env });
    expect(all).toEqual({
      domain: { value: 'flag', source: '--domain' },
      certificateDays: { value: '2', source: 'MCP_TUNNEL_CERT_DAYS' },
      caDays: { value: '2', source: 'MCP_TUNNEL_CA_DAYS' },
      mode: { value: 'manual', source: join(cwd, file) },
    });
    const withoutFlag = await gather(['--answers', file], { env });
    expect(withoutFlag['domain']).toEqual({ value: 'environment', source: 'MCP_TUNNEL_DOMAIN' });
    const withoutEnv = await gather(['--answers', file]);
    expect(withoutEnv['domain']).toEqual({ value: 'file', source: join(cwd, file) });
    const alone = await gather([]);
    expect(alone).toEqual({
      domain: { value: 'stored', source: stored, stored: true },
      certificateDays: { value: 4, source: stored, stored: true },
    });
  });

  test('nothing at all gives no answers', async () => {
    expect(await gather([])).toEqual({});
  });

  test('an empty variable is as good as none; a variable of another name is not looked at', async () => {
    const env = { MCP_TUNNEL_DOMAIN: '', TUNNEL_TOKEN: tokenText(), MCP_TUNNEL_CA_DAYS: undefined };
    expect(await gather([], { env })).toEqual({});
  });

  test('switches, lists and maps', async () => {
    const answers = await gather([
      '--no-sample-server',
      '--upstream-system-cas',
      '--route',
      'a=http://a:1',
      '--route',
      'b=http://b:2',
      '--allow-ip',
      '10.0.0.0/8',
    ]);
    expect(answers).toEqual({
      sampleServer: { value: false, source: '--sample-server' },
      upstreamSystemCas: { value: true, source: '--upstream-system-cas' },
      routes: { value: ['a=http://a:1', 'b=http://b:2'], source: '--route' },
      allowedIps: { value: ['10.0.0.0/8'], source: '--allow-ip' },
    });
  });
});

describe('paths', () => {
  test('count from the directory where the command was typed, in flags and variables', async () => {
    const answers = await gather(['--ca-cert', 'conf/../ca.crt', '--upstream-ca', '/abs.pem'], {
      env: { MCP_TUNNEL_CA_KEY_FILE: './ca.key' },
    });
    expect(answers).toMatchObject({
      caCertificateFile: { value: join(cwd, 'ca.crt') },
      upstreamCa: { value: '/abs.pem' },
      caKeyFile: { value: join(cwd, 'ca.key') },
    });
  });

  test('count from the answers file’s own folder in that file', async () => {
    await writeFile(join(cwd, 'conf/token'), 'from conf');
    const file = await answersFile(
      'tunnel: { tokenFile: ./token }\ncertificates: { caKeyFile: ../ca.key }\n',
    );
    expect(await gather(['--answers', file])).toEqual({
      token: {
        value: 'from conf',
        source: `${join(cwd, file)} (${join(cwd, 'conf/token')})`,
      },
      caKeyFile: { value: join(cwd, 'ca.key'), source: join(cwd, file) },
    });
  });
});

describe('an answers file', () => {
  test('that is not there is named, with what to type', async () => {
    expect(await failureOf(gather(['--answers', 'nowhere.yaml']))).toMatchObject({
      code: 'answers-file-unreadable',
      exitCode: 2,
      summary: `There is no answers file ${join(cwd, 'nowhere.yaml')}.`,
      nextSteps: [
        `ls -l ${join(cwd, 'nowhere.yaml')}`,
        'Paths count from the directory you typed the command in.',
      ],
    });
  });

  test('that is a directory', async () => {
    expect(await failureOf(gather(['--answers', 'conf']))).toMatchObject({
      code: 'answers-file-unreadable',
      exitCode: 2,
      found: 'EISDIR',
    });
  });

  test('of the deployment need not be there, but must be readable if it is', async () => {
    expect(await gather([])).toEqual({});
    await mkdir(stored);
    expect(await failureOf(gather([]))).toMatchObject({ code: 'answers-file-unreadable' });
  });

  test('with an unknown key', async () => {
    const file = await answersFile('tunel: { domain: x }\n');
    expect(await failureOf(gather(['--answers', file]))).toMatchObject({
      code: 'answers-invalid',
      exitCode: 2,
    });
  });
});

describe('secrets', () => {
  test('come from a file named by flag', async () => {
    await writeFile(join(cwd, 'token'), `${tokenText()}\n`);
    expect(await gather(['--token-file', 'token'])).toEqual({
      token: { value: `${tokenText()}\n`, source: `--token-file (${join(cwd, 'token')})` },
    });
  });

  test('come as text from the environment, never as a path', async () => {
    await writeFile(join(cwd, 'token'), 'from the file');
    const env = { MCP_TUNNEL_TOKEN: 'token', MCP_TUNNEL_CA_PASSPHRASE: 'correct horse' };
    expect(await gather([], { env })).toEqual({
      token: { value: 'token', source: 'MCP_TUNNEL_TOKEN' },
      caPassphrase: { value: 'correct horse', source: 'MCP_TUNNEL_CA_PASSPHRASE' },
    });
  });

  test('come from standard input', async () => {
    expect(await gather(['--token-stdin'], { stdin: tokenText() })).toEqual({
      token: { value: tokenText(), source: '--token-stdin' },
    });
  });

  test('of all sources: standard input or flag, then environment, then answers file', async () => {
    await writeFile(join(cwd, 'token'), 'by flag');
    await writeFile(join(cwd, 'conf/token'), 'by answers file');
    const answers = ['--answers', await answersFile('tunnel: { tokenFile: token }\n')];
    const env = { MCP_TUNNEL_TOKEN: 'by environment' };
    const tokenBy = async (argv: readonly string[], given: Given) =>
      (await gather([...answers, ...argv], given))['token']?.value;
    expect(await tokenBy(['--token-stdin'], { env, stdin: 'by stdin' })).toBe('by stdin');
    expect(await tokenBy(['--token-file', 'token'], { env })).toBe('by flag');
    expect(await tokenBy([], { env })).toBe('by environment');
    expect(await tokenBy([], {})).toBe('by answers file');
  });

  test('by a file that does not count are not read: it need not be there', async () => {
    const answers = ['--answers', await answersFile('tunnel: { tokenFile: gone }\n')];
    const env = { MCP_TUNNEL_TOKEN: 'by environment' };
    expect((await gather(answers, { env }))['token']).toEqual({
      value: 'by environment',
      source: 'MCP_TUNNEL_TOKEN',
    });
  });

  test('both by file and by standard input are a usage error', async () => {
    await writeFile(join(cwd, 'token'), 'x');
    const both = gather(['--token-file', 'token', '--token-stdin'], { stdin: 'y' });
    expect(await failureOf(both)).toMatchObject({
      code: 'usage',
      exitCode: 2,
      summary: '--token-file and --token-stdin are both given.',
      nextSteps: ['Give one of them.'],
    });
  });
});

describe('a secret’s file that cannot be used is a problem of that answer', () => {
  test.each(['token', 'caPassphrase'] as const)('%s: not there', async (id) => {
    const flag = `--${installQuestions[id].flag}`;
    expect(await gather([flag, 'gone'])).toEqual({
      [id]: {
        value: undefined,
        source: `${flag} (${join(cwd, 'gone')})`,
        problem: `There is nothing at ${join(cwd, 'gone')}.`,
      },
    });
  });

  test('too large', async () => {
    const path = join(cwd, 'large');
    await writeFile(path, '');
    await truncate(path, 4 * 1024 * 1024 + 1);
    const { token } = await gather(['--token-file', 'large']);
    expect(token).toMatchObject({
      value: undefined,
      problem: 'The file is too large to be a secret: 4194305 bytes.',
    });
    await truncate(path, 4 * 1024 * 1024);
    expect((await gather(['--token-file', 'large']))['token']?.problem).toBeUndefined();
  });

  test('without an end', async () => {
    const { token } = await gather(['--token-file', '/dev/zero']);
    expect(token?.problem).toBe('/dev/zero is too large. more than 4194304 bytes.');
  });

  test('a directory', async () => {
    const { token } = await gather(['--token-file', 'conf']);
    expect(token?.problem).toBe(`Cannot read ${join(cwd, 'conf')}. EISDIR.`);
  });

  test('not permitted', async () => {
    await writeFile(join(cwd, 'token'), 'x');
    const files: Files = {
      ...systemFiles,
      readText: async (path) => {
        if (path === stored) return undefined;
        throw new Failure('file-unreadable', `Cannot read ${path}.`, { found: 'EACCES' });
      },
    };
    const { token } = await gather(['--token-file', 'token'], { files });
    expect(token?.problem).toBe(`Cannot read ${join(cwd, 'token')}. EACCES.`);
  });

  test('a list instead of a path', async () => {
    const file = await answersFile('tunnel: { tokenFile: [a, b] }\n');
    const { token } = await gather(['--answers', file]);
    expect(token).toMatchObject({
      source: join(cwd, file),
      problem: 'Expected the path of a file.',
    });
  });

  test('an empty file is an empty answer, which the question judges', async () => {
    await writeFile(join(cwd, 'token'), '');
    await chmod(join(cwd, 'token'), 0o600);
    expect((await gather(['--token-file', 'token']))['token']).toMatchObject({ value: '' });
  });
});

import { describe, expect, test } from 'vitest';
import { apiUrlOf, proxyVariables } from '../../src/cli/api-options.ts';
import { commandTable } from '../../src/cli/commands.ts';
import { parseArgv } from '../../src/cli/parse-argv.ts';
import { givenKey, verifyRequest } from '../../src/cli/verify-options.ts';
import { Failure } from '../../src/domain/failure.ts';
import { installQuestions } from '../../src/questions/install-questions.ts';

const key = `sk-ant-api03-${'k'.repeat(90)}AA`;
const cwd = '/home/operator';

const argvOf = (...args: readonly string[]) =>
  parseArgv(['verify', ...args], commandTable(installQuestions));

function sources(
  args: readonly string[],
  more: { readonly env?: Record<string, string>; readonly files?: Record<string, string> } = {},
) {
  const { env = {}, files = {} } = more;
  return {
    argv: argvOf(...args),
    env,
    cwd,
    files: { readText: async (path: string) => files[path] },
  };
}

async function problemOf(promise: Promise<unknown>): Promise<string> {
  const failure = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof Failure)) throw new Error(`no failure: ${String(failure)}`);
  const [missing] = failure.missing;
  return `${failure.code} ${missing?.flag}: ${missing?.problem}`;
}

describe('the API key', () => {
  test('comes from a file, else from the environment, else from nowhere', async () => {
    const files = { '/home/operator/key': `${key}\n` };
    const env = { ANTHROPIC_API_KEY: `sk-ant-api03-${'e'.repeat(90)}AA` };
    const byFile = await givenKey(sources(['--api-key-file', 'key'], { env, files }));
    expect(byFile?.reveal()).toBe(key);
    expect((await givenKey(sources([], { env })))?.reveal()).toBe(env.ANTHROPIC_API_KEY);
    expect(await givenKey(sources([]))).toBeUndefined();
    expect(await givenKey(sources([], { env: { ANTHROPIC_API_KEY: '' } }))).toBeUndefined();
  });

  test('another secret is named and nothing of it is shown', async () => {
    const secret = 'sk-ant-admin01-abcdefghijklmnopqrstuvwxyz';
    const given = givenKey(sources([], { env: { ANTHROPIC_API_KEY: secret } }));
    const problem = await problemOf(given);
    expect(problem).toContain('answers-invalid ANTHROPIC_API_KEY: This is an Anthropic Admin API');
    expect(problem).not.toContain('abcdefgh');
  });

  test('a file that is not there', async () => {
    const problem = await problemOf(givenKey(sources(['--api-key-file', 'nowhere'])));
    expect(problem).toBe(
      'answers-invalid --api-key-file: There is nothing at /home/operator/nowhere.',
    );
  });
});

describe('the request', () => {
  test('nothing said: everything is chosen', async () => {
    expect(await verifyRequest(sources([]))).toEqual({
      ...{ routes: [], tool: undefined, model: 'claude-opus-5', authorization: new Map() },
    });
  });

  test('routes, tool, model', async () => {
    const args = ['--route', 'a', '--route', 'b', '--tool', 't', '--model', 'claude-haiku-4-5'];
    expect(await verifyRequest(sources(args))).toMatchObject({
      ...{ routes: ['a', 'b'], tool: 't', model: 'claude-haiku-4-5' },
    });
    expect(await problemOf(verifyRequest(sources(['--model', 'a model'])))).toContain(
      'That is no model’s name',
    );
  });

  test('tokens of servers come from files, without Bearer; their routes are called', async () => {
    const files = { '/home/operator/t': 'Bearer abc.def\n', '/home/operator/two': 'a b' };
    const args = ['--authorization-file', 'crm=t'];
    const { routes, authorization } = await verifyRequest(sources(args, { files }));
    expect(routes).toEqual(['crm']);
    expect(authorization.get('crm')?.reveal()).toBe('abc.def');
    const wrong = (given: string) =>
      problemOf(verifyRequest(sources(['--authorization-file', given], { files })));
    expect(await wrong('crm')).toContain('Expected NAME=FILE');
    expect(await wrong('crm=two')).toContain('more than one token, or none');
    expect(await wrong('crm=three')).toContain('There is nothing at /home/operator/three.');
  });
});

test('where the API is, and the web proxy on the way', () => {
  expect(apiUrlOf(argvOf())).toBe('https://api.anthropic.com');
  expect(apiUrlOf(argvOf('--api-url', 'https://gateway.example/v1/'))).toBe(
    'https://gateway.example/v1',
  );
  expect(() => apiUrlOf(argvOf('--api-url', 'http://gateway.example'))).toThrow('over https only');
  const env = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '', OTHER: 'x' };
  expect(proxyVariables(env)).toEqual({ HTTPS_PROXY: 'http://proxy:3128' });
});

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { FailureReport } from '../../src/runner/events.ts';
import { finishOf, type RunOptions, Session, storyOf } from './session.ts';

const domain = 'abcd1234.tunnel.anthropic.com';
/** A token as the vendor makes them (facts 5.1), of nobody's tunnel. */
const secretPart = Buffer.from('thirty-two-bytes-of-a-secret-key').toString('base64');
const token = Buffer.from(
  JSON.stringify({ a: 'f'.repeat(32), s: secretPart, t: '4f8c1d2e-0000-4000-8000-123456789abc' }),
).toString('base64');

const session = new Session();
afterAll(() => session[Symbol.asyncDispose]());

/** The real `install`, which must end before it asks the engine or the network anything. */
async function refused(args: readonly string[], options: RunOptions = {}): Promise<FailureReport> {
  // Whatever else happens, this one answer is invalid: a real installation never begins here.
  const guard = args.includes('--cert-days') ? [] : ['--cert-days', '0'];
  const ended = await session.run(
    ['install', '--json', '--dir', 'nothing', ...guard, ...args],
    options,
  );
  expect(ended.code, storyOf(ended)).toBe(2);
  expect(ended.stderr).toBe('');
  expect(ended.events).toHaveLength(1);
  expect(readdirSync(session.cwd)).not.toContain('nothing');
  const { failure, dir } = finishOf(ended);
  expect(dir).toBe(join(session.cwd, 'nothing'));
  if (!failure) throw new Error('no failure');
  return failure;
}

/** What is said against the answer with that flag. */
function problemOf({ missing = [] }: FailureReport, flag: string): string {
  return missing
    .filter((each) => each.flag?.startsWith(flag))
    .map(({ problem }) => problem)
    .join('\n');
}

function file(name: string, text: string): string {
  const path = join(session.home, name);
  writeFileSync(path, text);
  return path;
}

describe('without a terminal', () => {
  test('everything missing is listed at once, with every way to give it', async () => {
    const ended = await session.run(['install', '--json', '--no-sample-server', '--yes']);
    expect(ended.code).toBe(2);
    expect(finishOf(ended).failure).toMatchObject({
      code: 'answers-missing',
      missing: [
        {
          question: 'What is the tunnel’s domain?',
          flag: '--domain',
          env: 'MCP_TUNNEL_DOMAIN',
          key: 'tunnel.domain',
        },
        {
          question: 'What is the tunnel’s token?',
          flag: '--token-file FILE or --token-stdin',
          env: 'MCP_TUNNEL_TOKEN',
          key: 'tunnel.tokenFile',
        },
        {
          question: 'Which MCP servers are routed?',
          flag: '--route',
          env: 'MCP_TUNNEL_ROUTES',
          key: 'routes',
        },
      ],
    });
    expect(readdirSync(session.cwd)).toEqual([]);
  });

  test('missing and invalid ones are listed together, whatever they came from', async () => {
    const failure = await refused(['--token-file', '/nowhere/token', '--key-type', 'rsa-1024'], {
      env: { MCP_TUNNEL_CA_REGISTERED: 'not hexadecimal' },
    });
    expect(failure.code).toBe('answers-invalid');
    expect(failure.missing?.map(({ flag }) => flag).sort()).toEqual([
      '--ca-registered',
      '--cert-days',
      '--domain',
      '--key-type',
      '--token-file',
    ]);
    expect(problemOf(failure, '--token-file')).toContain('There is nothing at /nowhere/token.');
    expect(problemOf(failure, '--ca-registered')).toContain('from MCP_TUNNEL_CA_REGISTERED');
  });

  test('the text surface says the same to a person', async () => {
    const ended = await session.run(['install', '--dir', 'nothing']);
    expect(ended.code).toBe(2);
    expect(ended.stdout).toContain('What is the tunnel’s domain? Not answered.');
    expect(ended.stdout).toContain(
      '--domain  ·  environment MCP_TUNNEL_DOMAIN  ·  answers file tunnel.domain',
    );
    expect(ended.stdout).toContain(`Deployment: ${join(session.cwd, 'nothing')}\n`);
  });

  test('in rehearsal every line is marked, also that of a usage error', async () => {
    const ended = await session.run(['rehearse', 'install', '--json', '--domian', 'x']);
    expect(ended.code).toBe(2);
    expect(ended.events).toMatchObject([{ rehearsal: true, failure: { code: 'usage' } }]);
    expect(ended.stderr).toContain('Did you mean --domain?');
  });
});

const pem = (label: string) =>
  `-----BEGIN ${label}-----\n${'QUJD'.repeat(16)}\n-----END ${label}-----\n`;

/** What people paste instead of a token, and the words that name it. */
const notTokens: Readonly<Record<string, readonly [string, string]>> = {
  'an empty text': ['\n', 'empty'],
  garbage: ['!§$%&/()=?', 'not a tunnel token'],
  'a megabyte': ['A'.repeat(1_000_000), '1000000 characters long'],
  'control characters': ['eyJhIjoi\u0000\u0007\u001b[31m', 'control characters (U+0000'],
  'cloudflared’s too lenient {"a":"x"}': [Buffer.from('{"a":"x"}').toString('base64'), '"s"'],
  'half a token': [token.slice(0, 60), 'cut off'],
  'an API key': [`sk-ant-api03-${'x'.repeat(90)}`, 'an Anthropic API key'],
  'a JWT': ['eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl', 'a JWT'],
  'a private key': [pem('PRIVATE KEY'), 'a private key in PEM form'],
  'a certificate': [pem('CERTIFICATE'), 'a certificate in PEM form'],
  'an origin certificate': [
    pem('CERTIFICATE') + pem('ARGO TUNNEL TOKEN'),
    'a Cloudflare origin certificate',
  ],
};

describe.each(Object.entries(notTokens))('%s for a token', (_name, [text, words]) => {
  test('is refused by name, and not repeated', async () => {
    // Half of them by file, half by standard input.
    const args = text.length % 2 === 0 ? ['--token-stdin'] : ['--token-file', file('token', text)];
    const failure = await refused(args, { input: text });
    expect(problemOf(failure, '--token-file')).toContain(words);
    if (text.trim().length > 20) expect(JSON.stringify(failure)).not.toContain(text.trim());
  });
});

test('a wrong token in the environment is refused as well', async () => {
  const key = `sk-ant-api03-${'x'.repeat(90)}`;
  const failure = await refused([], { env: { MCP_TUNNEL_TOKEN: key } });
  expect(problemOf(failure, '--token-file')).toContain('an Anthropic API key');
  expect(problemOf(failure, '--token-file')).toContain('from MCP_TUNNEL_TOKEN');
  expect(JSON.stringify(failure)).not.toContain(key);
});

test('standard input and a file at once are a usage error', async () => {
  const ended = await session.run([
    ...['install', '--json', '--token-stdin', '--token-file', file('token', token)],
  ]);
  expect(ended.code).toBe(2);
  expect(finishOf(ended).failure?.code).toBe('usage');
});

test('a secret’s path that is a directory, or far too large, is an answer like any other', async () => {
  const folder = join(session.home, 'folder');
  mkdirSync(folder, { recursive: true });
  expect(problemOf(await refused(['--token-file', folder]), '--token-file')).toContain('EISDIR');
  const large = file('large', 'x'.repeat(5 * 1024 * 1024));
  expect(problemOf(await refused(['--token-file', large]), '--token-file')).toContain('5242880');
});

/** A domain as people type it, and what is said. */
const wrongDomains: Readonly<Record<string, string>> = {
  [`https://${domain}`]: `has a scheme. Did you mean ${domain}?`,
  [`${domain}/mcp`]: `has a path. Did you mean ${domain}?`,
  'ABCD1234.tunnel.anthropic.com': `has upper-case letters. Did you mean ${domain}?`,
  [`${domain}.`]: `has a dot at its end. Did you mean ${domain}?`,
  'abcd1234.tunnel.example.com': 'does not end in .tunnel.anthropic.com',
  [`echo.${domain}`]: 'more than one label',
};

test.each(Object.entries(wrongDomains))('the domain %s', async (given, words) => {
  expect(problemOf(await refused(['--domain', given]), '--domain')).toContain(words);
});

/** Routes as people write them, and what is said. */
const wrongRoutes: Readonly<Record<string, readonly [readonly string[], string]>> = {
  'without a port': [['echo=http://10.0.0.5'], 'port is missing'],
  'with a path': [['echo=http://10.0.0.5:80/mcp'], 'Did you mean http://10.0.0.5:80?'],
  'given twice': [['a=http://10.0.0.5:80', 'a=http://10.0.0.6:80'], 'Route "a" is given twice'],
  'that is loopback': [['a=http://127.0.0.1:9000'], "the proxy's own container"],
  'with a public address': [['a=http://8.8.8.8:80'], 'IP validation failed: 8.8.8.8'],
  'https without a CA': [['a=https://10.0.0.5:443'], '--upstream-ca FILE'],
  'of two labels': [['a.b=http://10.0.0.5:80'], 'more than one label'],
  'over IPv6': [['a=http://[::1]:80'], 'IPv4 only'],
};

test.each(Object.entries(wrongRoutes))('a route %s', async (_name, [given, words]) => {
  const flags = given.flatMap((route) => ['--route', route]);
  expect(problemOf(await refused(flags), '--route')).toContain(words);
});

test('the sample server switched off while a route points to it', async () => {
  const failure = await refused(['--no-sample-server', '--route', 'echo=http://hello-mcp:9000']);
  expect(problemOf(failure, '--sample-server')).toContain('A route points to hello-mcp');
});

/** Answers files and what is said of them. */
const wrongFiles: Readonly<Record<string, readonly [string, string]>> = {
  'that is empty': ['', 'is not a map of answers'],
  'that is binary': ['\u0000\ufffe\u0001', 'is not a map of answers'],
  'that is a list': ['- 1\n', 'is not a map of answers'],
  'without a version': ['mode: manual\n', 'does not say “version: 1”'],
  'of another version': ['version: 2\n', 'version: 2'],
  'with broken YAML': ['version: 1\nroutes: {a: b\n', 'is not valid YAML'],
  'with an alias of nothing': ['version: 1\nroutes: *nothing\n', 'is not valid YAML'],
  'with aliases without end': [
    `version: 1\na: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(9)}*a]\nc: &c [${'*b,'.repeat(9)}*b]\nd: [${'*c,'.repeat(9)}*c]\n`,
    'is not valid YAML',
  ],
  'with a duplicate route': [
    'version: 1\nroutes:\n  a: http://10.0.0.5:80\n  a: http://10.0.0.6:80\n',
    'is not valid YAML',
  ],
  'with unknown keys': [
    'version: 1\ntunnel: { domian: x }\nrouts: { a: b }\n',
    'There is no key tunnel.domian. Did you mean tunnel.domain? There is no key routs.a',
  ],
  'with what is not in this version': [
    'version: 1\nfederation:\n  tunnelId: tnl_1\n',
    'federation is not in this version; leave it out.',
  ],
};

test.each(Object.entries(wrongFiles))('an answers file %s', async (_name, [text, words]) => {
  const path = file('answers.yaml', text);
  const failure = await refused(['--answers', path]);
  expect(failure.code).toBe('answers-invalid');
  expect(`${failure.summary} ${failure.found ?? ''}`).toContain(words);
  expect(failure.nextSteps.join()).toContain(path);
});

test('routes as a list are refused with the proxy’s own words', async () => {
  const path = file('answers.yaml', 'version: 1\nroutes:\n  - echo: http://hello-mcp:9000\n');
  const said = problemOf(await refused(['--answers', path]), '--route');
  expect(said).toContain('cannot unmarshal !!seq into map[string]string');
});

test('an answers file that is not there, or a directory', async () => {
  const missing = await refused(['--answers', 'nowhere.yaml']);
  expect(missing.code).toBe('answers-file-unreadable');
  expect(missing.summary).toContain(join(session.cwd, 'nowhere.yaml'));
  const folder = await refused(['--answers', session.home]);
  expect(folder.code).toBe('answers-file-unreadable');
  expect(folder.found).toContain('EISDIR');
});

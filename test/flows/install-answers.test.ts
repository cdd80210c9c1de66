import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure, type MissingAnswer } from '../../src/domain/failure.ts';
import { defaultImages } from '../../src/domain/images.ts';
import { installAnswers } from '../../src/flows/install-answers.ts';
import { type InstallQuestionId, installQuestions } from '../../src/questions/install-questions.ts';
import type { RawAnswers } from '../../src/questions/question.ts';
import { secret } from '../domain/foreign-texts.ts';
import { domain, routesOf, tokenOf, tokenText } from '../fakes/sample-answers.ts';

type Values = Partial<Record<InstallQuestionId, unknown>>;

function raw(values: Values, source = 'answers.yaml'): RawAnswers {
  return Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value, source }]));
}

const least: Values = { domain, token: tokenText() };
const read = (values: Values, hasToken = false) =>
  installAnswers(raw({ ...least, ...values }), { hasToken });

function failureOf(answers: RawAnswers, hasToken = false): Failure {
  try {
    installAnswers(answers, { hasToken });
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('no failure');
}

const problemsOf = (answers: RawAnswers, hasToken = false) =>
  failureOf(answers, hasToken).missing.map(({ key, problem }) => `${key}: ${problem}`);

test('domain and token are enough: all else is as in the guide', () => {
  expect(read({})).toEqual({
    mode: 'manual',
    domain,
    token: tokenOf(),
    tokenIn: 'file',
    certificates: {
      keyType: 'rsa-2048',
      days: 90,
      caDays: 3650,
      caCertificateFile: undefined,
      caKeyFile: undefined,
      caPassphrase: undefined,
      caRegistered: undefined,
      caRemembered: undefined,
    },
    sampleServer: true,
    routes: routesOf({ echo: 'http://hello-mcp:9000' }),
    upstream: { allowedIps: undefined, caFile: undefined, includeSystemCas: false },
    images: defaultImages,
  });
});

test('every answer finds its place', () => {
  const passphrase = 'correct horse battery';
  const answers = read({
    mode: 'manual',
    tokenIn: 'env',
    keyType: 'p-256',
    certificateDays: 30,
    caDays: '365',
    caCertificateFile: '/mnt/ca.crt',
    caKeyFile: '/mnt/ca.key',
    caPassphrase: `${passphrase}\n`,
    caRegistered: Array(32).fill('AB').join(':'),
    sampleServer: 'no',
    routes: { wiki: 'https://203.0.113.9:443' },
    allowedIps: ['203.0.113.0/24'],
    upstreamCa: '/mnt/upstream.pem',
    upstreamSystemCas: true,
    images: { 'mcp-proxy': 'mirror.example/proxy:1' },
  });
  expect(answers).toMatchObject({
    tokenIn: 'env',
    certificates: {
      keyType: 'p-256',
      days: 30,
      caDays: 365,
      caCertificateFile: '/mnt/ca.crt',
      caKeyFile: '/mnt/ca.key',
      caRegistered: 'ab'.repeat(32),
      caRemembered: undefined,
    },
    sampleServer: false,
    routes: routesOf({ wiki: 'https://203.0.113.9:443' }),
    upstream: {
      allowedIps: ['203.0.113.0/24'],
      caFile: '/mnt/upstream.pem',
      includeSystemCas: true,
    },
    images: { ...defaultImages, proxy: 'mirror.example/proxy:1' },
  });
  expect(answers.certificates.caPassphrase?.reveal()).toBe(passphrase);
});

describe('what is missing', () => {
  const ways = (id: InstallQuestionId): MissingAnswer => ({
    question: installQuestions[id].label,
    problem: 'Not answered.',
    flag: `--${installQuestions[id].flag}`,
    env: installQuestions[id].env,
    key: installQuestions[id].key,
  });

  test('is told all at once, with every way to give it', () => {
    const failure = failureOf(raw({ sampleServer: false }));
    expect(failure).toMatchObject({
      code: 'answers-missing',
      exitCode: 2,
      summary: '3 answers are missing or invalid.',
      nextSteps: [
        'Give them by flag, environment variable or answers file (--answers FILE), then run the same command again.',
      ],
    });
    expect(failure.missing).toEqual([
      ways('domain'),
      { ...ways('token'), flag: '--token-file FILE or --token-stdin' },
      {
        ...ways('routes'),
        problem: 'Not answered, and there is no sample server to route.',
      },
    ]);
  });

  test('a single one is said in the singular', () => {
    expect(failureOf(raw({ token: tokenText() })).summary).toBe('1 answer is missing or invalid.');
  });

  test('a token that the deployment has need not be given again', () => {
    expect(installAnswers(raw({ domain }), { hasToken: true }).token).toBeUndefined();
    expect(problemsOf(raw({ domain }))).toEqual(['tunnel.tokenFile: Not answered.']);
  });

  test('one that was given wrong is invalid, not missing as well', () => {
    const problems = problemsOf(raw({ domain: '', token: '', sampleServer: false, routes: [] }));
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain('Not answered');
  });
});

describe('what is invalid', () => {
  test('is told all at once, beside what is missing, each with its source', () => {
    const failure = failureOf({
      domain: { value: 'https://abcd1234.tunnel.anthropic.com/', source: '--domain' },
      certificateDays: { value: 0, source: 'answers.yaml' },
      tokenIn: { value: 'shell', source: 'MCP_TUNNEL_TOKEN_IN' },
    });
    expect(failure).toMatchObject({
      code: 'answers-invalid',
      exitCode: 2,
      summary: '4 answers are missing or invalid.',
    });
    expect(failure.missing.map(({ key, problem }) => [key, problem])).toEqual([
      ['tunnel.tokenFile', 'Not answered.'],
      [
        'tunnel.domain',
        'The tunnel domain "https://abcd1234.tunnel.anthropic.com/" has a scheme, has a path. Did you mean abcd1234.tunnel.anthropic.com? (from --domain)',
      ],
      ['tunnel.tokenIn', 'Expected one of: file, env. (from MCP_TUNNEL_TOKEN_IN)'],
      ['certificates.days', 'Expected a whole number from 1 to 3650. (from answers.yaml)'],
    ]);
  });

  test('is told of a file that was named and cannot be used', () => {
    const token = {
      value: undefined,
      source: '--token-file (/gone)',
      problem: 'There is nothing at /gone.',
    };
    expect(problemsOf({ ...raw({ domain }), token }, true)).toEqual([
      'tunnel.tokenFile: There is nothing at /gone. (from --token-file (/gone))',
    ]);
  });

  test('of another mode is said to be of another version', () => {
    expect(problemsOf(raw({ ...least, mode: 'programmatic' }))).toEqual([
      'mode: Mode programmatic is not in this version; manual is. (from answers.yaml)',
    ]);
  });

  test('never shows a secret, whatever question it was given to', () => {
    const ids = Object.keys(installQuestions) as InstallQuestionId[];
    fc.assert(
      fc.property(secret, fc.constantFrom(...ids), (text, id) => {
        try {
          read({ [id]: text });
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          const told = JSON.stringify([error.summary, error.found, error.missing]);
          for (const part of text.split('\n').filter((line) => line.length >= 24))
            expect(told).not.toContain(part);
        }
      }),
    );
  });
});

describe('the sample server', () => {
  test('is implied by a route to it, and not by other routes alone', () => {
    expect(read({ routes: { hi: 'http://hello-mcp:9000' } }).sampleServer).toBe(true);
    expect(read({ routes: { wiki: 'http://10.0.0.5:80' } }).sampleServer).toBe(false);
  });

  test('can be had beside other routes', () => {
    const answers = read({ routes: { wiki: 'http://10.0.0.5:80' }, sampleServer: true });
    expect(answers).toMatchObject({
      sampleServer: true,
      routes: routesOf({ wiki: 'http://10.0.0.5:80' }),
    });
  });

  test('that is switched off cannot be routed', () => {
    const answers = raw({
      ...least,
      sampleServer: false,
      routes: { hi: 'http://hello-mcp:9000', wiki: 'http://10.0.0.5:80' },
    });
    expect(failureOf(answers).code).toBe('answers-invalid');
    expect(problemsOf(answers)).toEqual([
      'sampleServer: A route points to hello-mcp, but the sample server is switched off.',
    ]);
  });
});

describe('routes', () => {
  const wanted = routesOf({ wiki: 'http://10.0.0.5:8000', docs: 'http://docs.internal:80' });
  test.each<[string, unknown]>([
    ['flags', ['wiki=http://10.0.0.5:8000', 'docs=http://docs.internal:80']],
    ['one flag', ['wiki=http://10.0.0.5:8000,docs=http://docs.internal:80']],
    ['a variable', 'wiki=http://10.0.0.5:8000, docs=http://docs.internal:80'],
    ['an answers file', { wiki: 'http://10.0.0.5:8000', docs: 'http://docs.internal:80' }],
  ])('by %s are the same', (_name, routes) => {
    expect(read({ routes }).routes).toEqual(wanted);
  });

  test('are judged with the addresses the proxy may dial', () => {
    expect(problemsOf(raw({ ...least, routes: { wiki: 'http://8.8.8.8:80' } }))).toEqual([
      'routes: Route wiki: IP validation failed: 8.8.8.8 is not a private address (allowed: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16). If the proxy may dial it, allow it with --allow-ip 8.8.8.8/32.',
    ]);
    expect(
      read({ routes: { wiki: 'http://8.8.8.8:80' }, allowedIps: '8.8.8.8/32' }).routes,
    ).toHaveLength(1);
  });

  test('to https need to know whom to trust', () => {
    const secure = { ...least, routes: { wiki: 'https://wiki.internal:443' } };
    expect(problemsOf(raw(secure))).toEqual([
      'routes: Route wiki: Its upstream is https, and nothing says which CA signed its certificate: give --upstream-ca FILE (upstream.tls.caFile) for a private CA, or --upstream-system-cas (upstream.tls.includeSystemCas) for a public one.',
    ]);
    expect(read({ ...secure, upstreamSystemCas: true }).routes).toHaveLength(1);
    expect(read({ ...secure, upstreamCa: '/ca.pem' }).routes).toHaveLength(1);
  });

  test('in a list, twice, or without a port', () => {
    expect(problemsOf(raw({ ...least, routes: [{ wiki: 'http://a:1' }] }))[0]).toMatch(
      /^routes: The routes are a list; the proxy would exit with/u,
    );
    expect(problemsOf(raw({ ...least, routes: ['a=http://a:1', 'a=http://b:2'] }))).toEqual([
      'routes: Route "a" is given twice. (from answers.yaml)',
    ]);
    expect(problemsOf(raw({ ...least, routes: { a: 'http://a' } }))[0]).toContain(
      "The upstream's port is missing",
    );
  });
});

test('a remembered registration is a memory, one that is said is a word', () => {
  const value = 'ab'.repeat(32);
  const said = read({ caRegistered: value }).certificates;
  expect(said).toMatchObject({ caRegistered: value, caRemembered: undefined });
  const remembered = installAnswers(
    { ...raw(least), caRegistered: { value, source: 'answers.yaml', stored: true } },
    { hasToken: false },
  ).certificates;
  expect(remembered).toMatchObject({ caRegistered: undefined, caRemembered: value });
});

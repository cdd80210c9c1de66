import { resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAnswersFile } from '../../../src/cli/answers-file.ts';
import { keyTypes } from '../../../src/domain/certificate.ts';
import { deploymentAt } from '../../../src/domain/deployment.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { installAnswers } from '../../../src/flows/install-answers.ts';
import { installQuestions } from '../../../src/questions/install-questions.ts';
import type { InstallAnswers } from '../../../src/steps/install/answers.ts';
import { storedAnswers } from '../../../src/steps/install/stored-answers.ts';
import { randomText } from '../../domain/foreign-texts.ts';
import { answersOf, routesOf, tokenOf, tokenText } from '../../fakes/sample-answers.ts';

const deployment = deploymentAt('/srv/mcp-tunnel');

/** What the same command without arguments makes of a stored text. */
function readAgain(text: string): InstallAnswers {
  const answers = readAnswersFile(deployment.answers, text, installQuestions);
  const stored = Object.entries(answers).map(([id, answer]) => [
    id,
    { ...answer, stored: true as const },
  ]);
  return installAnswers(Object.fromEntries(stored), { hasToken: true });
}

test('a first installation’s answers, as a person finds them', () => {
  expect(storedAnswers(answersOf(), deployment)).toBe(
    `# What mcp-tunnel was told, without secrets. Used when the same command is run again.
version: 1
mode: manual
tunnel:
  domain: abcd1234.tunnel.anthropic.com
  tokenIn: file
certificates:
  keyType: p-256
  days: 90
  caDays: 3650
sampleServer: true
routes:
  echo: http://hello-mcp:9000
`,
  );
});

test('everything that can be told is stored, but secrets and files that were taken in', () => {
  const text = storedAnswers(
    answersOf({
      tokenIn: 'env',
      certificates: {
        caCertificateFile: '/home/operator/company.crt',
        caKeyFile: '/mnt/ca.key',
        caPassphrase: new Secret('correct horse battery'),
        caRegistered: 'ab'.repeat(32),
      },
      sampleServer: false,
      routes: routesOf({ wiki: 'https://10.0.0.5:8443' }),
      upstream: { allowedIps: ['10.0.0.0/8'], caFile: '/home/operator/upstream.pem' },
      images: { ...answersOf().images, proxy: 'mirror.example/mcp-proxy:1' },
    }),
    deployment,
  );
  expect(text.split('\n').slice(3)).toEqual([
    'tunnel:',
    '  domain: abcd1234.tunnel.anthropic.com',
    '  tokenIn: env',
    'certificates:',
    '  keyType: p-256',
    '  days: 90',
    '  caDays: 3650',
    '  caKeyFile: /mnt/ca.key',
    `  caRegistered: ${'ab'.repeat(32)}`,
    'sampleServer: false',
    'routes:',
    '  wiki: https://10.0.0.5:8443',
    'upstream:',
    '  allowedIps:',
    '    - 10.0.0.0/8',
    '  tls:',
    '    caFile: /srv/mcp-tunnel/data/upstream-ca.crt',
    '    includeSystemCas: false',
    'images:',
    '  proxy: mirror.example/mcp-proxy:1',
    '',
  ]);
  expect(text).not.toContain('correct horse');
  expect(text).not.toContain(tokenText());
});

const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,10}[a-z0-9])?$/);
/** Names and texts that YAML would take for something else. */
const tricky = fc.constantFrom(
  'null',
  'true',
  'no',
  'y',
  '1e3',
  '0x1f',
  '123',
  '0b1',
  'constructor',
);
const routeMap = fc.dictionary(
  fc.oneof(label, tricky),
  fc.oneof(
    label.map((name) => `http://${name}.internal.example:8000`),
    fc.nat(255).map((last) => `http://10.0.0.${last}:9000`),
    fc.constant('http://hello-mcp:9000'),
  ),
  { minKeys: 1, maxKeys: 6 },
);
const path = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter((text) => text.trim() !== '' && !text.includes('\0'))
  .map((text) => resolve('/mnt', text));
const fingerprint = fc.stringMatching(/^[0-9a-f]{64}$/);
const image = fc.stringMatching(/^[a-z0-9][a-z0-9./-]{0,20}(?::[a-z0-9.]{1,8})?$/);

const anyAnswers: fc.Arbitrary<InstallAnswers> = fc
  .record({
    domain: label.map((name) => `${name}.tunnel.anthropic.com`),
    tokenIn: fc.constantFrom('file', 'env'),
    keyType: fc.constantFrom(...keyTypes),
    days: fc.integer({ min: 1, max: 3650 }),
    caDays: fc.integer({ min: 1, max: 10950 }),
    caKeyFile: fc.option(path, { nil: undefined }),
    caPassphrase: fc.option(randomText(20), { nil: undefined }),
    caRegistered: fc.option(fingerprint, { nil: undefined }),
    routes: routeMap,
    sampleServer: fc.boolean(),
    listed: fc.option(fc.subarray(['10.0.0.0/8', '172.16.0.0/12', '203.0.113.7/32']), {
      nil: undefined,
    }),
    includeSystemCas: fc.boolean(),
    caFile: fc.option(fc.constant(deployment.upstreamCa), { nil: undefined }),
    images: fc.record({ proxy: image, cloudflared: image, sample: image }, { requiredKeys: [] }),
  })
  .map(({ routes, listed, caPassphrase, ...rest }) => {
    const read = routesOf(routes);
    const sampled = read.some(({ upstream }) => upstream.host === 'hello-mcp');
    return answersOf({
      domain: rest.domain,
      token: tokenOf(),
      tokenIn: rest.tokenIn,
      sampleServer: rest.sampleServer || sampled,
      routes: read,
      images: { ...answersOf().images, ...rest.images },
      certificates: {
        keyType: rest.keyType,
        days: rest.days,
        caDays: rest.caDays,
        caKeyFile: rest.caKeyFile,
        caPassphrase: caPassphrase === undefined ? undefined : new Secret(caPassphrase),
        caRegistered: rest.caRegistered,
      },
      upstream: {
        allowedIps: listed,
        caFile: rest.caFile,
        includeSystemCas: rest.includeSystemCas,
      },
    });
  });

test('whatever was answered is understood again: all but secrets, and a person’s word as a memory', () => {
  fc.assert(
    fc.property(anyAnswers, (answers) => {
      const text = storedAnswers(answers, deployment);
      const again = readAgain(text);
      expect(again).toEqual({
        ...answers,
        token: undefined,
        certificates: {
          ...answers.certificates,
          caPassphrase: undefined,
          caRegistered: undefined,
          caRemembered: answers.certificates.caRegistered,
        },
      });
      expect(storedAnswers(again, deployment)).toBe(text);
      for (const secret of [answers.token?.secret, answers.certificates.caPassphrase])
        if (secret) expect(text).not.toContain(secret.reveal());
    }),
  );
});

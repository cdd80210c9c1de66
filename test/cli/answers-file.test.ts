import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAnswersFile } from '../../src/cli/answers-file.ts';
import { Failure } from '../../src/domain/failure.ts';
import { installQuestions } from '../../src/questions/install-questions.ts';

const read = (text: string) => readAnswersFile('/etc/answers.yaml', text, installQuestions);
const failure = (text: string): Failure => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('no failure');
};

test('the documented shape is understood; paths count from the file', () => {
  const answers = read(`
version: 1
mode: manual
tunnel: { domain: abcd1234.tunnel.anthropic.com, tokenFile: ./token }
certificates: { days: 90, caKeyFile: /mnt/ca.key }
sampleServer: true
routes: { echo: http://hello-mcp:9000 }
upstream: { allowedIps: [10.0.0.0/8], tls: { includeSystemCas: true } }
images: { proxy: example/proxy }
boot: true
`);
  expect(answers['domain']?.value).toBe('abcd1234.tunnel.anthropic.com');
  expect(answers['token']?.value).toBe('/etc/token');
  expect(answers['caKeyFile']?.value).toBe('/mnt/ca.key');
  expect(answers['routes']?.value).toEqual({ echo: 'http://hello-mcp:9000' });
  expect(answers['upstreamSystemCas']?.value).toBe(true);
  expect(answers['images']?.value).toEqual({ proxy: 'example/proxy' });
  expect(answers['boot']?.value).toBe(true);
});

test('unknown keys are all named, each with the nearest one', () => {
  const { code, missing } = failure('version: 1\ntunel: { domain: x }\ncertificates: { day: 1 }\n');
  expect(code).toBe('answers-invalid');
  expect(missing.map((each) => each.problem)).toEqual([
    'There is no key tunel.domain. Did you mean tunnel.domain?',
    'There is no key certificates.day. Did you mean certificates.days?',
  ]);
});

test('keys of other versions are said to be that', () => {
  const { missing } = failure('version: 1\nfederation: { ruleId: fdrl_x }\nboot: true\n');
  expect(missing.map((each) => each.problem)).toEqual([
    'federation is not in this version; leave it out.',
  ]);
});

test.each([
  ['', 'nothing in it'],
  ['- a\n', 'no map'],
  ['mode: manual\n', 'no version'],
  ['version: 2\n', 'version: 2'],
  ['version: 1\n\ttab: x\n', /tab|indent/iu],
  ['version: 1\nmode: manual\nmode: manual\n', /unique/u],
])('broken: %j', (text, found) => {
  expect(failure(text)).toMatchObject({
    code: 'answers-invalid',
    found: expect.stringMatching(found),
  });
});

test('whatever the text, it is answers or a Failure', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (noise) => {
      for (const text of [noise, `version: 1\n${noise}`]) {
        try {
          read(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }
    }),
  );
}, 30_000);

test('a map that holds itself is a map with an unknown key', () => {
  expect(failure('version: 1\ntunnel: &a\n  domain: x\n  again: *a\n').missing).toMatchObject([
    { problem: 'There is no key tunnel.again. Did you mean tunnel.domain?' },
  ]);
  expect(failure('version: 1\nloop: &a [{ b: *a }]\n').missing).toMatchObject([
    { question: 'loop' },
  ]);
});

test('a file whose name YAML takes for a number is a path', () => {
  expect(read('version: 1\ntunnel: { tokenFile: 123 }\n')['token']?.value).toBe('/etc/123');
});

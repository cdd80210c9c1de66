import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import { traceLength } from '../../../src/domain/support/secret-traces.ts';
import { supportRedactor } from '../../../src/domain/support/support-redactor.ts';
import { tokenText } from '../../fakes/sample-answers.ts';

const token = tokenText();
const parts = JSON.parse(Buffer.from(token, 'base64').toString('utf8')) as { a: string; s: string };
const redactor = supportRedactor([new Secret(token)]);

/** Any so many characters of the secret in a row, from whichever end. */
function traceOf(secret: string, text: string): string | undefined {
  for (let at = 0; at + traceLength <= secret.length; at += 1) {
    const window = secret.slice(at, at + traceLength);
    if (text.includes(window)) return window;
  }
  return undefined;
}

describe('a secret that is known by value', () => {
  test.each([
    ['as it is', token],
    ['its secret', parts.s],
    ['its secret’s bytes as hex', Buffer.from(parts.s, 'base64').toString('hex')],
    ['its account', parts.a],
    ['in base64', Buffer.from(token).toString('base64')],
    ['in base64 behind something else', Buffer.from(`TUNNEL_TOKEN=${token}\n`).toString('base64')],
    ['in base64url', Buffer.from(`x${token}`).toString('base64url')],
    ['as hex', Buffer.from(token).toString('hex').toUpperCase()],
    ['as a URL’s parameter', encodeURIComponent(token)],
    ['cut at both ends', token.slice(20, -20)],
  ])('%s', (_form, text) => {
    for (const mask of [redactor.byValue, redactor.own, redactor.foreign]) {
      const masked = mask(`before ${text} behind`);
      expect(masked).toMatch(/^before .*\[.*behind$/u);
      for (const form of [token, parts.s, parts.a]) expect(traceOf(form, masked)).toBeUndefined();
    }
  });

  test('what stands beside it stays', () => {
    expect(redactor.byValue(`a ${token} b ${parts.s} c`)).toBe('a [secret] b [secret] c');
    expect(redactor.byValue(`${token}${token}`)).toBe('[secret]');
    expect(redactor.byValue('nothing here')).toBe('nothing here');
  });

  test('short values are taken out whole', () => {
    expect(supportRedactor([new Secret('hunter2')]).own('is hunter2 it?')).toBe('is [secret] it?');
  });

  test('a private key betrays itself by its body, but not by what its certificate shows anyway', () => {
    const shared = 'MODULUSmodulusMODULUSmodulus0123456789';
    const own = 'PRIVATEprivatePRIVATEprivate9876543210';
    const pem = `-----BEGIN PRIVATE KEY-----\n${shared}\n${own}\n-----END PRIVATE KEY-----\n`;
    const certificate = `-----BEGIN CERTIFICATE-----\n${shared}\n-----END CERTIFICATE-----\n`;
    const { byValue } = supportRedactor([new Secret(pem)], [certificate]);
    expect(byValue(certificate)).toBe(certificate);
    expect(traceOf(own, byValue(`x ${own} y ${own.slice(3, 30)}`))).toBeUndefined();
  });

  test('random tokens, wherever and however they stand', () => {
    const secrets = fc.record({
      a: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 }),
      s: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      t: fc.uuid(),
      before: fc.string({ maxLength: 40 }),
      behind: fc.string({ maxLength: 40 }),
      cut: fc.nat({ max: 30 }),
      encode: fc.constantFrom<(text: string) => string>(
        (text) => text,
        (text) => Buffer.from(text).toString('base64'),
        (text) => Buffer.from(text).toString('base64url'),
        (text) => Buffer.from(text).toString('hex'),
        (text) => JSON.stringify({ log: text, more: [text] }),
        (text) => text.match(/.{1,64}/gsu)?.join('\n') ?? '',
      ),
    });
    fc.assert(
      fc.property(secrets, ({ a, s, t, before, behind, cut, encode }) => {
        const secret = Buffer.from(s).toString('base64');
        const random = Buffer.from(JSON.stringify({ a, t, s: secret })).toString('base64');
        const { own, foreign, byValue, data } = supportRedactor([new Secret(random)]);
        const planted = [random.slice(cut), secret, a].map((text) =>
          encode(before + text + behind),
        );
        const whole = planted.join(' ');
        const masked = [
          own(whole),
          foreign(whole),
          byValue(whole),
          JSON.stringify(data({ [whole]: [whole] })),
        ];
        for (const text of masked) {
          for (const form of [random, secret, a, Buffer.from(s).toString('hex')])
            expect(traceOf(form, text)).toBeUndefined();
          // What was encoded as a whole cannot be decoded to it either.
          for (const run of text.match(/[A-Za-z0-9+/_=-]{16,}/gu) ?? []) {
            const decoded = Buffer.from(run, 'base64').toString('latin1');
            for (const form of [random, secret, a]) expect(traceOf(form, decoded)).toBeUndefined();
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2EifQ.c2lnbmF0dXJlLXdpdGgtbWFueS1ieXRlcw';
const pem = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEowIBAAKCAQEA7b1'.repeat(6)}\n-----END RSA PRIVATE KEY-----`;
const planted = 'Pl4ntedS3cretTh4tMustNotShow';

describe('secrets that nobody told of', () => {
  const { foreign, own } = supportRedactor([]);

  test.each([
    ['an API key', `key is sk-ant-api03-${planted}-AA`, planted],
    ['a JWT', `Authorization failed for ${jwt}.`, 'eyJpc3Mi'],
    ['another tunnel token', `token=${tokenText('another secret of 32 bytes, long')}`, 'eyJhIjoi'],
    ['a private key', `x ${pem} y`, 'MIIEowIB'],
    ['a private key on one line', JSON.stringify({ key: pem }), 'MIIEowIB'],
    ['a private key without an end', pem.slice(0, 90), 'MIIEowIB'],
    ['a PEM in base64', `LS0tLS1CRUdJTi${planted}==`, planted],
    ['a GitHub token', `ghp_${planted}`, planted],
    ['an AWS key', 'AKIAIOSFODNN7EXAMPLE', 'IOSFODNN7'],
    ['a password in a URL', `https://me:${planted}@registry.example/v2/`, planted],
    ['a parameter of a URL', `GET /x?a=1&api_key=${planted}&b=2`, planted],
    ['a bearer', `header "Bearer ${planted}"`, planted],
    ['a flag', `cloudflared --token ${planted} run`, planted],
    ['a key of 44 characters', 'q2FtRXh0cmFsb25nS2V5V2l0aE1hbnlCeXRlczAxMjM0NT0=', 'q2FtRXh0'],
  ])('%s', (_form, text, needle) => {
    expect(own(text)).not.toContain(needle);
    expect(foreign(text)).not.toContain(needle);
    expect(own(text)).toContain('[');
  });

  test.each([
    ['DB_PASSWORD=hunter2', 'DB_PASSWORD=[masked]'],
    ['"client_secret": "abc def", "x": 1', '"client_secret": [masked], "x": 1'],
    ['TUNNEL_TOKEN_FILE=/credentials/tunnel-token', 'TUNNEL_TOKEN_FILE=/credentials/tunnel-token'],
    ['tokenIn: file', 'tokenIn: file'],
    ['passphrase: ./pass', 'passphrase: ./pass'],
  ])('named as secret: %j', (text, masked) => {
    expect(foreign(text)).toBe(masked);
    expect(own(text)).toBe(text);
  });

  test.each([
    'sha256:efb27b299d627e4134815663cb8896641eeaee025d734c0f695582b4df38f013',
    '2026-11-24T16:48:37Z INF Registered tunnel connection connIndex=0 connection=4d746814-dac4-48c6-829b-6a6ac4ad1ace',
    'INF Starting tunnel tunnelID=044b6f4d-6dab-4313-b048-f8349fffa004',
    '/home/operator/projects/mcpTunnel-Xy7Zp9/mcp-tunnel/data/tls.key',
    'CN=mcp-tunnel-ca, *.abcd1234.tunnel.anthropic.com',
  ])('no secret, and left alone: %s', (text) => {
    expect(foreign(text)).toBe(text);
  });

  test('hostile text takes no longer than it is long', () => {
    for (const piece of [
      'eyJ',
      'token=',
      '-----BEGIN PRIVATE KEY-----',
      '://a',
      'sk-ant-',
      '"',
      'A1b/',
    ]) {
      const begun = performance.now();
      foreign(piece.repeat(200_000 / piece.length));
      expect(performance.now() - begun, piece).toBeLessThan(2_000);
    }
  });
});

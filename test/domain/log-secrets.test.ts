import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskCredentials } from '../../src/domain/log-secrets.ts';
import { expectNoHang, randomText, tunnelToken } from './foreign-texts.ts';

describe('maskCredentials', () => {
  test('a tunnel token is masked wherever it stands, and nothing else', () =>
    fc.assert(
      fc.property(
        tunnelToken,
        fc.constantFrom(' ', '"', "'", ',', ')', '\\"', ';'),
        (token, mark) => {
          expect(maskCredentials(`TUNNEL_TOKEN=${token}${mark} next`)).toBe(
            `TUNNEL_TOKEN=[secret]${mark} next`,
          );
          expect(maskCredentials(`{"token":"${token}"}`)).toBe('{"token":"[secret]"}');
        },
      ),
    ));

  test('a token that a cut has shortened is masked, too', () =>
    fc.assert(
      fc.property(tunnelToken, fc.integer({ min: 40, max: 100 }), (token, length) => {
        expect(maskCredentials(`x ${token.slice(0, length)}`)).toBe('x [secret]');
      }),
    ));

  test.each([
    ['a JWT', (text: string) => `eyJ${text}.eyJ${text}.${text}`],
    ['an API key', (text: string) => `sk-ant-api03-${text}`],
    ['an OAuth token', (text: string) => `sk-ant-oat01-${text}`],
  ])('%s', (_name, make) =>
    fc.assert(
      fc.property(randomText(60), (text) => {
        expect(maskCredentials(`before ${make(text)} after`)).toBe('before [secret] after');
      }),
    ),
  );

  test.each([
    ['Authorization: Bearer abcdefghijklmnopqrstuvwxyz', 'Authorization: Bearer [secret]'],
    ['{"authorization":"bearer abcdefghijklmnop=="}', '{"authorization":"bearer [secret]"}'],
    ['AUTHORIZATION: BASIC dXNlcjpwYXNzd29yZDEyMw==', 'AUTHORIZATION: BASIC [secret]'],
    ['-----BEGIN PRIVATE KEY-----\\nMIIE', '[secret]'],
  ])('%s', (text, masked) => expect(maskCredentials(text)).toBe(masked));

  test.each([
    'INF Registered tunnel connection connection=4c5e5b0e-0000-4000-8000-000000000000',
    'the bearer of this letter',
    'a basic understanding of everything',
    'eyJhIjoi is how a token begins',
    'keyJournalOfAllThingsThatAreLongerThanThirtyCharacters',
    'sha256:6b599ca3e974349ead3286d178da61d291961182ec3fe9c505e1dd02c8ac31b0',
  ])('%s stays', (text) => expect(maskCredentials(text)).toBe(text));

  test('masking twice changes nothing, and a megabyte is no matter', () => {
    expect(maskCredentials(maskCredentials('Bearer abcdefghijklmnopqrst'))).toBe('Bearer [secret]');
    expectNoHang(maskCredentials);
    expectNoHang((text) => maskCredentials(`Bearer eyJ sk-ant- PRIVATE KEY ${text}`));
  });
});

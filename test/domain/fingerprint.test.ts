import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatFingerprint, parseFingerprint } from '../../src/domain/fingerprint.ts';
import { anyText, expectNoHang, expectNoLeak, problemOf, secret } from './foreign-texts.ts';

const hex = createHash('sha256').update('a certificate').digest('hex');
const colons = formatFingerprint(hex);

describe('accepts', () => {
  test.each([
    ['the API', hex],
    ['upper case', hex.toUpperCase()],
    ['openssl 1', `SHA256 Fingerprint=${colons}`],
    ['openssl 3', `sha256 Fingerprint=${colons}\n`],
    ['colons in lower case', colons.toLowerCase()],
    ['a prefix', `SHA256:${hex}`],
    ['a prefix with colons and space', ` SHA-256: ${colons} `],
  ])('%s', (_name, text) => {
    expect(parseFingerprint(text)).toEqual({ ok: true, value: hex });
  });
});

describe('refuses', () => {
  test.each<[string, string, RegExp]>([
    ['nothing', '', /is empty.*openssl x509/],
    ['only a prefix', 'SHA256:', /is empty/],
    ['one digit short', hex.slice(1), /has 63 digits/],
    ['one digit more', `${hex}0`, /has 65 digits/],
    ['SHA-1', '0123456789abcdef'.repeat(3).slice(0, 40), /SHA-1/],
    ['SHA-1 of openssl', `SHA1 Fingerprint=${colons.slice(0, 59)}`, /SHA-1/],
    ['SHA-1 with colons', colons.slice(0, 59), /SHA-1/],
    [
      'ssh',
      `SHA256:${Buffer.from(hex, 'hex').toString('base64').replace('=', '')}`,
      /base64, as ssh prints it/,
    ],
    ['other characters', `${hex.slice(1)}g`, /not hexadecimal digits/],
    ['uneven colons', `${hex.slice(0, 3)}:${hex.slice(3)}`, /separators are not colons/],
    ['spaces', colons.replaceAll(':', ' '), /separators are not colons/],
    [
      'the certificate itself',
      '-----BEGIN CERTIFICATE-----\nMII',
      /a certificate in PEM form, not a fingerprint/,
    ],
    ['1 MB', 'a'.repeat(1_048_576), /1048576 characters long/],
  ])('%s', (_name, text, expected) => {
    expect(problemOf(parseFingerprint(text))).toMatch(expected);
  });
});

test('formatting and reading are inverse', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      const text = Buffer.from(bytes).toString('hex');
      expect(formatFingerprint(text)).toMatch(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
      expect(parseFingerprint(formatFingerprint(text))).toEqual({ ok: true, value: text });
    }),
  );
});

test('never throws, never hangs, repeats no secret', () => {
  fc.assert(fc.property(anyText, (text) => void parseFingerprint(text)));
  fc.assert(fc.property(secret, (text) => expectNoLeak(parseFingerprint(text), text)));
  expectNoHang(parseFingerprint);
});

import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { redactor } from '../../src/domain/redact.ts';
import { Secret } from '../../src/domain/secret.ts';

const text = 'eyJhIjoiYWNjb3VudCIsInMiOiJzZWNyZXQiLCJ0IjoidHVubmVsIn0=';
const secret = new Secret(text);

test('a secret masks itself wherever it is shown', () => {
  for (const shown of [
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }),
    inspect(secret, { showHidden: true, depth: 9 }),
    String([secret]),
  ]) {
    expect(shown).not.toContain(text);
    expect(shown).not.toContain(text.slice(0, 12));
  }
  expect(`${secret}`).toBe(`[secret, ${text.length} characters, ${secret.fingerprint}]`);
  expect(Object.keys(secret)).toEqual([]);
});

test('secrets are compared by text and told apart by fingerprint', () => {
  expect(secret.equals(new Secret(text))).toBe(true);
  expect(secret.equals(new Secret('other'))).toBe(false);
  expect(new Secret('other').fingerprint).not.toBe(secret.fingerprint);
  expect(secret.fingerprint).toMatch(/^[0-9a-f]{12}$/u);
});

test('the redactor masks a secret, its base64 and its lines in foreign text', () => {
  const pem = new Secret(
    '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n',
  );
  const mask = redactor([secret, pem]);
  expect(mask(`token ${text} end`)).toBe('token [secret] end');
  expect(mask(Buffer.from(text).toString('base64'))).toBe('[secret]');
  expect(mask('at MIIEvQIBADANBgkqhkiG9w0BAQEFAASC')).toBe('at [secret]');
  expect(mask('nothing here')).toBe('nothing here');
});

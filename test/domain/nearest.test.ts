import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from '../../src/domain/nearest.ts';
import { anyText } from './foreign-texts.ts';

const keys = [
  'tunnel',
  'tokenFile',
  'certificates',
  'sampleServer',
  'routes',
  'allowedIps',
  'boot',
];

test.each([
  ['tunel', 'tunnel'],
  ['TUNNEL', 'tunnel'],
  ['tokenfile', 'tokenFile'],
  ['certificate', 'certificates'],
  ['sample-server', 'sampleServer'],
  ['route', 'routes'],
  ['rotues', 'routes'],
  ['allowed_ips', 'allowedIps'],
  ['allowed', 'allowedIps'],
  ['bot', 'boot'],
  ['zzz', undefined],
  ['b', undefined],
  ['', undefined],
  ['federation', undefined],
])('%s → %s', (word, expected) => {
  expect(nearest(word, keys)).toBe(expected);
});

test('a beginning that fits two candidates names neither', () => {
  expect(nearest('upstream', ['upstream.allowedIps', 'upstream.tls'])).toBeUndefined();
});

test('fewer edits win, whatever the order', () => {
  expect(nearest('token', ['tokens-x', 'toke', 'taken'])).toBe('toke');
  expect(nearest('routes', ['route', 'routes'])).toBe('routes');
});

test('without candidates there is none', () => {
  expect(nearest('tunnel', [])).toBeUndefined();
});

test('gives a candidate or nothing; a candidate is nearest to itself', () => {
  fc.assert(
    fc.property(anyText, (word) => {
      const found = nearest(word, keys);
      expect(found === undefined || keys.includes(found)).toBe(true);
    }),
  );
  for (const key of keys) expect(nearest(key, keys)).toBe(key);
});

test('1 MB is no word', () => {
  expect(nearest('a'.repeat(1_048_576), keys)).toBeUndefined();
});

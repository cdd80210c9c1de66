import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDuration } from '../../src/domain/duration.ts';
import { anyText, problemOf } from './foreign-texts.ts';

const hour = 3_600_000;

test.each<[string, number]>([
  ['720h', 720 * hour],
  ['30d', 720 * hour],
  ['0', 0],
  ['0s', 0],
  ['30m', hour / 2],
  ['1h30m', 1.5 * hour],
  ['1.5h', 1.5 * hour],
  ['.5h', hour / 2],
  ['1d12h', 36 * hour],
  ['90s', 90_000],
  ['250ms', 250],
  ['2us', 0.002],
  ['2µs', 0.002],
  ['1000000ns', 1],
  [' 720h\n', 720 * hour],
])('%s', (text, ms) => {
  const duration = parseDuration(text);
  expect(duration.ok && duration.value).toBeCloseTo(ms, 9);
});

test.each<[string, RegExp]>([
  ['', /is no duration/],
  ['720', /is no duration.*such as 720h/],
  ['h', /is no duration/],
  ['-1h', /is no duration/],
  ['1h -30m', /is no duration/],
  ['1,5h', /is no duration/],
  ['1.2.3h', /is no duration/],
  ['30D', /is no duration/],
  ['1w', /has no known unit/],
  ['1h2x', /"2x" has no known unit/],
  ['9999999d', /more than a hundred years/],
  ['1'.repeat(80), /80 characters/],
])('“%s” is refused', (text, reason) => {
  expect(problemOf(parseDuration(text))).toMatch(reason);
});

test('whatever Go prints for whole minutes is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 24 * 365 }), fc.integer({ min: 0, max: 59 }), (h, m) => {
      expect(parseDuration(`${h}h${m}m0s`)).toEqual({ ok: true, value: h * hour + m * 60_000 });
    }),
  );
});

test('foreign text is read or refused, never thrown at', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const duration = parseDuration(text);
      if (duration.ok) expect(duration.value).toBeGreaterThanOrEqual(0);
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPrintableAscii, jsonObjectEnd } from '../../src/domain/json-object-end.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ['{}', 2],
  ['{"a":"x"}', 9],
  ['{"a":"}"}', 9],
  ['{"a":"\\"}"}', 11],
  ['{"a":"\\\\"}}', 10],
  ['{"a":{"b":{}}} tail', 14],
  ['{"a":"x"', undefined],
  ['{"a":"x}', undefined],
  ['{"a":"x\\"}', undefined],
  [' {}', undefined],
  ['[]', undefined],
  ['', undefined],
])('%s → %s', (text, end) => {
  expect(jsonObjectEnd(bytes(text))).toBe(end);
});

test('finds the end of every object, whatever follows, and none in its beginning', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.string(),
      fc.nat(),
      (object, tail, n) => {
        const whole = bytes(JSON.stringify(object));
        expect(jsonObjectEnd(bytes(JSON.stringify(object) + tail))).toBe(whole.length);
        expect(jsonObjectEnd(whole.subarray(0, n % whole.length))).toBeUndefined();
      },
    ),
  );
});

test('printable ASCII', () => {
  expect(isPrintableAscii(bytes('{"a": ~}\r\n\t'))).toBe(true);
  expect(isPrintableAscii(bytes('ä'))).toBe(false);
  expect(isPrintableAscii(bytes('\0'))).toBe(false);
  expect(isPrintableAscii(bytes('\x7f'))).toBe(false);
});

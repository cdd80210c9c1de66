import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { fieldWindow } from '../../../screens/fields/field-window.ts';
import { graphemesOf } from '../../../screens/fields/text-edit.ts';

function shown(value: string, cursor: number | undefined, width: number): string {
  const { before, at, after } = fieldWindow(value, cursor, width);
  return at === '' ? before + after : `${before}[${at}]${after}`;
}

describe('what of a value is in sight', () => {
  test.each<readonly [string, string, number | undefined, number, string]>([
    ['all of a short one', 'abc', 3, 10, 'abc[ ]'],
    ['the cursor inside', 'abc', 1, 10, 'a[b]c'],
    ['an exact fit with the cursor behind it', 'abcdefghi', 9, 10, 'abcdefghi[ ]'],
    ['the end of a long one', 'abcdefghijklmno', 15, 10, '…hijklmno[ ]'],
    ['the beginning of a long one', 'abcdefghijklmno', 0, 10, '[a]bcdefghi…'],
    ['the middle of a long one', 'abcdefghijklmnopqrstuvwxyz', 13, 10, '…ijklm[n]op…'],
    ['without cursor the beginning', 'abcdefghijklmno', undefined, 10, 'abcdefghi…'],
    ['wide characters', '日本語日本語', 6, 8, '…日本語[ ]'],
    ['no value', '', 0, 10, '[ ]'],
    ['no value and no cursor', '', undefined, 10, ''],
  ])('%s', (_, value, cursor, width, expected) => {
    expect(shown(value, cursor, width)).toBe(expected);
  });

  test('never wider than the field, wherever the cursor stands', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '.', '日', 'e\u0301', '👨‍👩‍👧', '\u0301'),
    });
    fc.assert(
      fc.property(text, fc.nat(), fc.integer({ min: 4, max: 40 }), (value, place, width) => {
        const cursor = place % (graphemesOf(value).length + 1);
        const { before, at, after } = fieldWindow(value, cursor, width);
        expect(stringWidth(before) + stringWidth(at) + stringWidth(after)).toBeLessThanOrEqual(
          width,
        );
        expect(stringWidth(at)).toBeGreaterThan(0);
        expect(stringWidth(fieldWindow(value, undefined, width).before)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

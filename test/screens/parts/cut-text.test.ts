import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { cutLine, cutText, fillText, textWidth } from '../../../screens/parts/cut-text.ts';

/** Pieces that join with their neighbours, or look as if they might. */
const pieces = fc.string({
  unit: fc.constantFrom(
    'a',
    ' ',
    'é',
    '漢',
    '한',
    'か',
    '…',
    '│',
    '█',
    '→',
    '\u0301',
    '\u200d',
    '👩‍👩‍👧',
    '🇩🇪',
  ),
});

test('every character of the first plane is as wide as string-width says', () => {
  const wrong: string[] = [];
  for (let code = 0x20; code < 0xd800; code += 1) {
    const text = String.fromCharCode(code);
    if (textWidth(text) !== stringWidth(text)) wrong.push(code.toString(16));
  }
  expect(wrong).toEqual([]);
});

test('nothing is wider than its place, and what fits stays as it is', () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 30 }), (text, width) => {
      const cut = cutText(text, width);
      expect(stringWidth(cut)).toBeLessThanOrEqual(width);
      if (cut !== text) expect(cut.endsWith('…')).toBe(true);
      if (stringWidth(text) > width) expect(cut).not.toBe(text);
      expect(stringWidth(fillText(text, width))).toBe(width);
    }),
  );
});

test.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdefg', 6, 'abcde…'],
  ['漢字漢字', 6, '漢字…'],
  ['漢字漢', 6, '漢字漢'],
  ['e\u0301e\u0301e\u0301', 3, 'e\u0301e\u0301e\u0301'],
  ['anything', 0, ''],
])('%j in %i cells is %j', (text, width, expected) => {
  expect(cutText(text, width)).toBe(expected);
});

test('of a very long line only the beginning is read', () => {
  const marks = `a${'\u0301'.repeat(1_000_000)}b`;
  expect(stringWidth(cutText(marks, 10))).toBeLessThanOrEqual(10);
  expect(cutText(marks, 10).length).toBeLessThan(200);
});

test('a line is cut across its parts', () => {
  const line = [
    { text: 'cloudflared', tone: 'accent' },
    { text: ' │ ', tone: 'quiet' },
    { text: 'Registered', tone: 'plain' },
  ] as const;
  expect(cutLine(line, 18).map(({ text }) => text)).toEqual(['cloudflared', ' │ ', 'Reg…']);
  expect(cutLine(line, 11).map(({ text }) => text)).toEqual(['cloudflared']);
});

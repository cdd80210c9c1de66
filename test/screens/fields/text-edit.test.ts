import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cleanInput,
  editText,
  graphemesOf,
  longestInput,
  type TextAction,
  type TextEdit,
} from '../../../screens/fields/text-edit.ts';

const empty: TextEdit = { value: '', cursor: 0 };
const type = (text: string): TextAction => ({ type: 'insert', text });
const afterKeys = (...actions: readonly (TextAction | TextAction['type'])[]): TextEdit =>
  actions.reduce<TextEdit>(
    (edit, action) =>
      editText(edit, typeof action === 'string' ? ({ type: action } as TextAction) : action),
    empty,
  );

/** The text with the cursor as a bar. */
function shown({ value, cursor }: TextEdit): string {
  const clusters = graphemesOf(value);
  return `${clusters.slice(0, cursor).join('')}|${clusters.slice(cursor).join('')}`;
}

describe('moving and deleting', () => {
  test.each<readonly [string, readonly (TextAction | TextAction['type'])[], string]>([
    ['typing goes on at the end', [type('ab'), type('c')], 'abc|'],
    ['left, then typing', [type('ac'), 'left', type('b')], 'ab|c'],
    ['left stops at the beginning', [type('a'), 'left', 'left'], '|a'],
    ['right stops at the end', [type('a'), 'left', 'right', 'right'], 'a|'],
    ['home and end', [type('ab'), 'home', type('x'), 'end', type('y')], 'xaby|'],
    ['backspace', [type('abc'), 'left', 'backspace'], 'a|c'],
    ['backspace at the beginning', [type('a'), 'home', 'backspace'], '|a'],
    ['delete', [type('abc'), 'home', 'delete'], '|bc'],
    ['delete at the end', [type('a'), 'delete'], 'a|'],
    ['clear', [type('abc'), 'left', 'clear'], '|'],
    ['a word back', [type('http://10.0.0.5:8080'), 'word-back'], 'http://10.0.0.5:|'],
    ['a word back over its separators', [type('one two --'), 'word-back'], 'one |'],
    ['a word back inside a word', [type('abcd'), 'left', 'word-back'], '|d'],
  ])('%s', (_, actions, expected) => {
    expect(shown(afterKeys(...actions))).toBe(expected);
  });
});

describe('characters of several code points', () => {
  test.each<readonly [string, string, number]>([
    ['CJK', '日本', 2],
    ['a letter and its combining mark', 'e\u0301x', 2],
    ['an emoji family', 'a👨‍👩‍👧b', 3],
    ['a flag', '🇩🇪', 1],
    ['Devanagari', 'नि', 1],
  ])('%s is moved over and removed as a person sees it', (_, text, count) => {
    const typed = afterKeys(type(text));
    expect(typed.cursor).toBe(count);
    expect(graphemesOf(editText(typed, { type: 'backspace' }).value)).toHaveLength(count - 1);
    expect(editText(typed, { type: 'left' }).cursor).toBe(count - 1);
  });

  test('a mark typed behind a letter joins it, and the cursor stays behind both', () => {
    expect(afterKeys(type('ea'), 'left', type('\u0301'))).toEqual({ value: 'e\u0301a', cursor: 1 });
  });
});

describe('what is put in becomes one harmless line', () => {
  test.each([
    ['line breaks', 'abcd1234.tunnel\r\n.anthropic.com\n', 'abcd1234.tunnel.anthropic.com'],
    ['tabs and other controls', '\ta\x00b\x7fc', 'abc'],
    ['colours', '\x1b[31;1mred\x1b[0m', 'red'],
    ['a title', '\x1b]0;owned\x07x', 'x'],
    ['a clipboard order', 'a\x1b]52;c;aGk=\x1b\\b', 'ab'],
    ['an unfinished sequence', 'a\x1b]0;b', 'a0;b'],
    ['cursor movement in one byte', 'a\x9b2Jb', 'ab'],
    ['a lone escape', 'a\x1b', 'a'],
    ['marks that reorder text', 'a\u202eb\u2066c\u200b', 'abc'],
    ['half a character', 'a\ud83db', 'ab'],
  ])('%s', (_, text, kept) => {
    expect(cleanInput(text)).toBe(kept);
  });

  test('emoji keep their joiners', () => {
    expect(cleanInput('👨‍👩‍👧')).toBe('👨‍👩‍👧');
  });

  test('any text: no control is left, and cleaning again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = cleanInput(text);
        expect(once).not.toMatch(/\p{Cc}|\p{Cs}/u);
        expect(cleanInput(once)).toBe(once);
      }),
    );
  });

  test('any keys: the cursor stays in the text, and the text is never too long', () => {
    const action = fc.oneof(
      fc.string({ unit: 'grapheme' }).map(type),
      fc
        .constantFrom('left', 'right', 'home', 'end', 'backspace', 'delete', 'word-back' as const)
        .map((name) => ({ type: name }) as TextAction),
    );
    fc.assert(
      fc.property(fc.array(action), (actions) => {
        const { value, cursor } = afterKeys(...actions);
        expect(cursor).toBeGreaterThanOrEqual(0);
        expect(cursor).toBeLessThanOrEqual(graphemesOf(value).length);
        expect(value.length).toBeLessThanOrEqual(longestInput);
      }),
    );
  });
});

describe('a megabyte', () => {
  test.each([
    ['letters', 'a'.repeat(1_000_000)],
    ['CJK', '漢'.repeat(350_000)],
    ['escape sequences that never end', '\x1b]'.repeat(500_000)],
    ['escape characters', '\x1b'.repeat(1_000_000)],
    ['combining marks', `e${'\u0301'.repeat(1_000_000)}`],
  ])('of %s is cut and takes no time', (_, text) => {
    const begun = performance.now();
    const { value } = afterKeys(type('x'), type(text));
    expect(performance.now() - begun).toBeLessThan(200);
    expect(value.length).toBeLessThanOrEqual(longestInput);
    expect(value.startsWith('x')).toBe(true);
  });

  test('a full field takes no more', () => {
    const full = afterKeys(type('a'.repeat(longestInput)));
    expect(editText(full, type('b'))).toEqual(full);
  });
});

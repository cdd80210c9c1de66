import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanLine, longestLine } from '../../src/domain/log-line.ts';

const ESC = '\x1b';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
const dangerous = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\u200e\u200f]/;

/** Text rich in what makes terminals act, which uniformly random text hardly ever is. */
const hostile = fc
  .array(
    fc.constantFrom(
      ESC,
      '[',
      ']',
      'P',
      '0;',
      'm',
      '31',
      '\x07',
      '\\',
      '\x9c',
      '\x9b',
      '\x9d',
      '\x90',
      '?25l',
      'K',
      'a',
      '\t',
      '\r',
      '\n',
      '\u202e',
      '\ud800',
      '\u{e0041}',
      ' ',
      '😀',
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

describe('cleanLine', () => {
  test.each([
    [
      'plain text stays',
      'INF Registered tunnel connection connIndex=0',
      'INF Registered tunnel connection connIndex=0',
    ],
    ['letters of any language stay', 'Grüße, 世界 👩‍👩‍👧', 'Grüße, 世界 👩‍👩‍👧'],
    ['colours go', `${ESC}[1;31mERR${ESC}[0m failed`, 'ERR failed'],
    ['Compose 2.26 erases the line first', `${ESC}[2Khello-mcp  | ready`, 'hello-mcp  | ready'],
    ['8-bit CSI goes', '\x9b31mred\x9b0m', 'red'],
    ['a window title goes (OSC, BEL)', `a${ESC}]0;owned\x07b`, 'ab'],
    ['a clipboard write goes (OSC 52, ST)', `a${ESC}]52;c;ZXZpbA==${ESC}\\b`, 'ab'],
    ['a link keeps its text (OSC 8)', `${ESC}]8;;http://x/${ESC}\\text${ESC}]8;;${ESC}\\`, 'text'],
    ['a device control string goes', `a${ESC}P+q544e${ESC}\\b`, 'ab'],
    ['APC and PM go', `a${ESC}_Gf=100${ESC}\\b${ESC}^x${ESC}\\c`, 'abc'],
    ['8-bit OSC goes', 'a\x9d0;owned\x9cb', 'ab'],
    [
      'a sequence that never ends is shown, not swallowed',
      `a${ESC}]0;rest of the line`,
      'a\\x1b]0;rest of the line',
    ],
    ['two halves do not make a new sequence', `${ESC}${ESC}[0m[31mred`, '\\x1b[31mred'],
    ['controls are shown', 'a\x00b\x08c\x7f', 'a\\x00b\\x08c\\x7f'],
    ['a carriage return inside is shown', 'real\rfake', 'real\\x0dfake'],
    ['the line end is dropped', 'text\r\n', 'text'],
    ['tabs become spaces', 'a\tb', 'a    b'],
    ['direction overrides are shown', 'exe.\u202egnp', 'exe.\\u202egnp'],
    ['invisible tags are shown', 'a\u{e0041}b', 'a\\u{e0041}b'],
    ['half a character is replaced', 'a\ud83d', 'a\ufffd'],
  ])('%s', (_name, text, expected) => {
    expect(cleanLine(text)).toBe(expected);
  });

  test('a long line is cut with the number of characters that are missing', () => {
    const line = cleanLine('x'.repeat(10_000));
    expect(line.length).toBeLessThanOrEqual(longestLine);
    const mark = /^(x+) \[cut: (\d+) more characters\]$/.exec(line);
    expect(Number(mark?.[2]) + (mark?.[1]?.length ?? 0)).toBe(10_000);
  });

  test('a cut never splits a character', () => {
    const line = cleanLine(`${'x'.repeat(longestLine - 49)}${'😀'.repeat(100)}`);
    expect(line.isWellFormed()).toBe(true);
    expect(line).not.toContain('\ufffd');
  });

  // Each of these made a known terminal stripper quadratic; the limit is far above linear time.
  test.each([
    'x',
    ESC,
    `${ESC}[`,
    `${ESC}]`,
    `${ESC}]0;a`,
    `${ESC}P`,
    '\x9b',
    '\x9b]',
    '\x9d',
    '\x90',
    `${ESC}[1;`,
    ';a',
    '\t',
    ' ',
    '\u202e',
    '\r',
  ])('1 MB of %j takes no time to speak of', (part) => {
    const text = `${ESC}]${part.repeat(1_000_000 / part.length)}`;
    const start = performance.now();
    const line = cleanLine(text);
    expect(performance.now() - start).toBeLessThan(300);
    expect(line.length).toBeLessThanOrEqual(longestLine);
  });

  test('whatever comes in, nothing dangerous goes out, and cleaning again changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (text) => {
        const line = cleanLine(text);
        expect(line).not.toMatch(dangerous);
        expect(line.isWellFormed()).toBe(true);
        expect(cleanLine(line)).toBe(line);
      }),
      { numRuns: 1000 },
    );
  });
});

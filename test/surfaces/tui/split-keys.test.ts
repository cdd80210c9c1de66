import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitKeys } from '../../../src/surfaces/tui/split-keys.ts';

describe('splitKeys', () => {
  test.each<[string, string, readonly string[]]>([
    ['a key', 'r', ['r']],
    ['keys typed ahead', '\r\r', ['\r', '\r']],
    ['an answer and Enter', 'awiki\r', ['a', 'w', 'i', 'k', 'i', '\r']],
    ['arrows', '\u001b[A\u001b[B\u001bOP', ['\u001b[A', '\u001b[B', '\u001bOP']],
    ['modified keys', '\u001b[1;5C\u001b[3~x', ['\u001b[1;5C', '\u001b[3~', 'x']],
    ['Esc alone', '\u001b', ['\u001b']],
    ['Esc twice', '\u001b\u001b', ['\u001b\u001b']],
    ['Ctrl-C among text', 'ab\u0003cd', ['a', 'b', '\u0003', 'c', 'd']],
    [
      'letters of several code points',
      'e\u0301\u{1f469}\u200d\u{1f680}',
      ['e\u0301', '\u{1f469}\u200d\u{1f680}'],
    ],
    [
      'a marked paste with line ends',
      'x\u001b[200~one\r\ntwo\u001b[201~\r',
      ['x', '\u001b[200~one\r\ntwo\u001b[201~', '\r'],
    ],
    ['nothing', '', []],
  ])('%s', (_name, chunk, pieces) => {
    expect(splitKeys(chunk)).toEqual(pieces);
  });

  test('a token that a terminal pastes without marks, wrapped over lines, is one paste', () => {
    const pasted = `${'eyJhIjoi'.repeat(5)}\r${'abcdefgh'.repeat(5)}\r`;
    expect(splitKeys(pasted)).toEqual([`\u001b[200~${pasted}\u001b[201~`]);
  });

  test('a pasted line with its end is an answer and Enter', () => {
    const token = 'eyJhIjoi'.repeat(20);
    expect(splitKeys(`${token}\r`)).toEqual([token, '\r']);
  });

  test('whatever is typed, nothing is lost and nothing changes place', () => {
    const keys = fc.array(
      fc.oneof(
        fc.constantFrom('\r', '\t', '\u001b[A', '\u001b[200~a\rb\u001b[201~', '\u0003', '\u007f'),
        fc.string({ unit: 'grapheme', maxLength: 8 }),
      ),
    );
    fc.assert(
      fc.property(keys, (typed) => {
        const chunk = typed.join('');
        const joined = splitKeys(chunk).join('');
        const marked = `\u001b[200~${chunk}\u001b[201~`;
        expect([chunk, marked]).toContain(joined);
      }),
    );
  });
});

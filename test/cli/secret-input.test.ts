import { describe, expect, test } from 'vitest';
import { SecretInput } from '../../src/cli/secret-input.ts';

/** What came of the last chunk, and the answer so far. */
function fed(...chunks: readonly string[]) {
  const input = new SecretInput();
  const progress = chunks.map((chunk) => input.feed(chunk)).at(-1);
  return [progress, input.answer] as const;
}

describe('typed', () => {
  test.each([
    ['Enter completes it', ['secret', '\r'], 'entered', 'secret'],
    ['with Enter in the same chunk', ['secret\r'], 'entered', 'secret'],
    ['nothing but Enter', ['\r'], 'entered', ''],
    [
      'Backspace takes a character back',
      ['ab\u007fc', 'é\u007f\u{1f600}\b', '\r'],
      'entered',
      'ac',
    ],
    ['Ctrl-U takes everything back', ['wrong\u0015right\r'], 'entered', 'right'],
    ['arrow keys mean nothing', ['a\u001b[D', '\u001bOAb', '\u001b[3~c\r'], 'entered', 'abc'],
    ['also in pieces', ['a\u001b', '[', '1;5D', 'b\r'], 'entered', 'ab'],
    ['other control characters mean nothing', ['a\u0000\u0001\u000cb\r'], 'entered', 'ab'],
    ['Ctrl-C interrupts', ['abc\u0003def'], 'interrupted', 'abc'],
    ['Ctrl-Z suspends', ['abc\u001a'], 'suspended', 'abc'],
    ['Ctrl-D ends it while it is empty', ['\u0004'], 'ended', ''],
    ['Ctrl-D means nothing later', ['a\u0004'], 'open', 'a'],
    ['not yet complete', ['a'], 'open', 'a'],
  ] as const)('%s', (_name, chunks, progress, answer) => {
    expect(fed(...chunks)).toEqual([progress, answer]);
  });
});

describe('pasted', () => {
  test.each([
    ['in brackets', ['\u001b[200~secret\u001b[201~'], 'open', 'secret'],
    ['then Enter', ['\u001b[200~secret\u001b[201~', '\r'], 'entered', 'secret'],
    ['a line end inside belongs to it', ['\u001b[200~a\rb\u001b[201~', '\r'], 'entered', 'a\rb'],
    ['one at its end completes nothing', ['\u001b[200~a\r', '\n\u001b[201~'], 'open', 'a'],
    [
      'the marks in pieces',
      ['\u001b[20', '0~a\u001b', 'b\u001b[2', '01~\r'],
      'entered',
      'a\u001bb',
    ],
    ['Ctrl-C inside is text', ['\u001b[200~a\u0003\u001b[201~\r'], 'entered', 'a\u0003'],
    ['twice', ['\u001b[200~a\u001b[201~\u001b[200~b\u001b[201~\r'], 'entered', 'ab'],
    ['without brackets over lines', ['a\rb\rc\r'], 'entered', 'a\rb\rc'],
    ['with more after a line end', ['a\rb'], 'open', 'a\rb'],
    ['with line ends of two characters', ['a\r\nb\r\n'], 'entered', 'a\r\nb'],
    ['in several chunks', ['a\r', 'b\r'], 'entered', 'a\rb'],
  ] as const)('%s', (_name, chunks, progress, answer) => {
    expect(fed(...chunks)).toEqual([progress, answer]);
  });

  test('says whether the terminal marks pastes', () => {
    const input = new SecretInput();
    input.feed('a');
    expect(input.marksPastes).toBe(false);
    input.feed('\u001b[200~b\u001b[201~');
    expect(input.marksPastes).toBe(true);
  });

  test('a megabyte is read at once', () => {
    const text = 'x'.repeat(1_000_000);
    expect(fed(`\u001b[200~${text}\u001b[201~\r`)).toEqual(['entered', text]);
    expect(fed(`${text}\r`)).toEqual(['entered', text]);
    expect(fed(`${'x\r'.repeat(100_000)}`)[0]).toBe('entered');
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isShowable, quoteForeign } from '../../src/domain/quote-foreign.ts';
import { anyText, expectNoHang, expectNoLeak, secret } from './foreign-texts.ts';

test.each([
  ['echo', '"echo"'],
  ['', '""'],
  ['say "hi"\\', '"say \\"hi\\"\\\\"'],
  ['two\nlines\tand tab', '"two\\nlines\\tand tab"'],
  ['\u001b[31mred', '"\\u{1b}[31mred"'],
  ['zero\u200bwidth', '"zero\\u{200b}width"'],
  ['😀', '"\\u{1f600}"'],
  ['a b '.repeat(30), `"${'a b '.repeat(20)}…"`],
  ['x'.repeat(40), '(40 characters, not shown)'],
  ['user:password@host', '(18 characters, not shown)'],
  ['host?key=1', '(10 characters, not shown)'],
  ['Zm9v eyJh', '(9 characters, not shown)'],
  ['a '.repeat(2000), '(4000 characters, not shown)'],
])('%j', (text, shown) => {
  expect(quoteForeign(text)).toBe(shown);
});

test('the result is one line of plain ASCII, but for the ellipsis, and bounded', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const quoted = quoteForeign(text);
      expect(quoted).toMatch(/^[ -~…]*$/);
      expect(quoted.length).toBeLessThan(900);
    }),
  );
});

test('no secret is shown, whatever stands around it', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 20 }),
      secret,
      fc.string({ maxLength: 20 }),
      (before, hidden, behind) => {
        expect(isShowable(before + hidden + behind)).toBe(false);
        expectNoLeak({ ok: false, problem: quoteForeign(before + hidden + behind) }, hidden);
      },
    ),
  );
});

test('1 MB takes no time', () => expectNoHang(quoteForeign));

import { describe, expect, test } from 'vitest';
import { renderTemplate } from '../../src/domain/template.ts';

describe('renderTemplate', () => {
  test('fills placeholders and keeps lines only where their condition holds', () => {
    const template =
      'a: __ONE__\n#[if yes]\nb: __TWO_B__-__ONE__\n#[end]\n  #[if no]\nc\n  #[end]\n';
    const text = renderTemplate(template, { ONE: 'x', TWO_B: 'y' }, { yes: true, no: false });
    expect(text).toBe('a: x\nb: y-x\n');
  });

  test.each([
    ['unknown placeholder', 'a: __ONE__', {}, {}, /unknown placeholder ONE/],
    ['a placeholder named like an object member', '__CONSTRUCTOR__', {}, {}, /unknown placeholder/],
    ['unused value', 'a', { ONE: 'x' }, {}, /not used: ONE/],
    ['unknown condition', '#[if x]\n#[end]', {}, {}, /unknown condition x/],
    ['unused condition', 'a', {}, { x: true }, /not used: x/],
    ['end alone', '#[end]', {}, {}, /#\[end\] without/],
    ['no end', '#[if x]', {}, { x: true }, /without #\[end\]/],
    ['nesting', '#[if x]\n#[if x]\n#[end]', {}, { x: true }, /inside/],
    ['line break in a value', '__ONE__', { ONE: 'a\nb' }, {}, /value of ONE/],
    ['comment in a value', '__ONE__', { ONE: 'a #b' }, {}, /value of ONE/],
  ])('refuses %s', (_, template, values, conditions, message) => {
    expect(() => renderTemplate(template, values, conditions)).toThrow(message);
  });
});

import { describe, expect, test } from 'vitest';
import {
  readBoolean,
  readChoice,
  readList,
  readPairs,
  readText,
  readWhole,
} from '../../src/questions/raw-values.ts';
import { problemOf } from '../domain/foreign-texts.ts';

const value = <T>(outcome: { ok: true; value: T } | { ok: false; problem: string }) =>
  outcome.ok ? outcome.value : outcome.problem;

test.each([
  ['a', 'a'],
  [' a ', ' a '],
  [7, '7'],
  ['  ', 'It is empty.'],
  ['', 'It is empty.'],
  [true, 'Expected text.'],
  [null, 'Expected text.'],
])('text %j: %j', (raw, expected) => {
  expect(value(readText(raw))).toBe(expected);
});

test.each([
  [true, true],
  ['YES', true],
  ['on', true],
  ['1', true],
  [false, false],
  ['no', false],
  ['Off', false],
  ['0', false],
  ['', 'Expected true or false.'],
  ['truely', 'Expected true or false.'],
  [1, 'Expected true or false.'],
])('boolean %j: %j', (raw, expected) => {
  expect(value(readBoolean(raw))).toBe(expected);
});

test.each([
  [1, 1],
  ['90', 90],
  [' 90 ', 90],
  ['090', 90],
  [0, undefined],
  [101, undefined],
  [1.5, undefined],
  ['1e1', undefined],
  ['0x10', undefined],
  ['-5', undefined],
  ['', undefined],
  [Number.NaN, undefined],
  [[5], undefined],
])('whole number %j: %j', (raw, expected) => {
  expect(value(readWhole(raw, 1, 100))).toBe(expected ?? 'Expected a whole number from 1 to 100.');
});

test('a choice is one of the words, exactly', () => {
  expect(value(readChoice('file', ['file', 'env']))).toBe('file');
  for (const raw of ['File', 'file ', '', undefined, 0])
    expect(problemOf(readChoice(raw, ['file', 'env']))).toBe('Expected one of: file, env.');
});

test.each<[unknown, readonly string[] | string]>([
  ['a', ['a']],
  ['a, b,,c ,', ['a', 'b', 'c']],
  [
    ['a', 'b,c'],
    ['a', 'b', 'c'],
  ],
  [[], []],
  ['', []],
  [[1], 'Expected a list of texts.'],
  [undefined, 'Expected a list of texts.'],
  [{ a: 'b' }, 'Expected a list of texts.'],
])('list %j: %j', (raw, expected) => {
  expect(value(readList(raw))).toEqual(expected);
});

describe('pairs', () => {
  test.each<[unknown, unknown]>([
    ['a=1', [['a', '1']]],
    [
      'a=1, b = 2 =3',
      [
        ['a', '1'],
        ['b', '2 =3'],
      ],
    ],
    [
      ['a=1', 'b='],
      [
        ['a', '1'],
        ['b', ''],
      ],
    ],
    [
      { b: '2', a: '1' },
      [
        ['b', '2'],
        ['a', '1'],
      ],
    ],
    [{}, []],
    ['a', 'Expected NAME=VALUE.'],
    ['=1', 'Expected NAME=VALUE.'],
    [{ a: 1 }, 'The value of "a" is not text.'],
    [7, 'Expected a list of texts.'],
  ])('%j: %j', (raw, expected) => {
    expect(value(readPairs(raw))).toEqual(expected);
  });

  test('a name that may be secret is not repeated', () => {
    expect(problemOf(readPairs({ [`eyJ${'a'.repeat(60)}`]: 1 }))).toBe(
      'The value of (63 characters, not shown) is not text.',
    );
  });
});

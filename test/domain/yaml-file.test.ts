import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { Failure } from '../../src/domain/failure.ts';
import { YamlFile } from '../../src/domain/yaml-file.ts';

const none = () => false;

function edited(text: string, edit: (file: YamlFile) => void): string {
  const file = new YamlFile('f.yaml', text);
  edit(file);
  return file.text;
}

function failureOf(action: () => unknown): Failure {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const item = (text: string) => ({ lines: [`- ${text}`], value: text });
const entry = (key: string, text: string) => ({ lines: [`${key}: ${text}`], value: text });

describe('YamlFile', () => {
  test('a renamed entry keeps its place, its value and its comments', () => {
    const rename = (text: string) => edited(text, (file) => file.rename(['m', 'old'], 'new'));
    expect(rename('m:\n  # of old\n  old: # here\n    - x\n  z: 1\n')).toBe(
      'm:\n  # of old\n  new: # here\n    - x\n  z: 1\n',
    );
    expect(rename('m: { "old": [1], z: 1 }')).toBe('m: { new: [1], z: 1 }');
    expect(failureOf(() => rename('m: { old: 1, new: 2 }')).summary).toContain('there is a new');
    expect(failureOf(() => rename('a: &a { old: 1 }\nm: *a\n')).code).toBe('file-malformed');
    expect(failureOf(() => rename('m: { z: 1 }')).code).toBe('file-malformed');
  });

  test('an edit touches only the characters it is about', () => {
    const text = [
      '# top',
      '',
      '',
      "a:   'one'    # beside",
      'list:',
      '- x   # of x',
      '# of y',
      '- "y"',
      '',
      'm: {k: v,   l: [1,2,]}',
      '# end',
    ].join('\n');
    const result = edited(text, (file) => {
      file.setScalar(['a'], '"two"', 'two');
      file.add(['list'], { lines: ['# of z', '- z'], value: 'z' });
      file.add(['m', 'l'], { lines: ['- 3'], value: 3 });
      file.put(['m'], 'n', entry('n', 'new'));
    });
    expect(result).toBe(
      [
        '# top',
        '',
        '',
        'a:   "two"    # beside',
        'list:',
        '- x   # of x',
        '# of y',
        '- "y"',
        '# of z',
        '- z',
        '',
        'm: {k: v,   l: [1,2, 3,], "n": "new"}',
        '# end',
      ].join('\n'),
    );
  });

  test('a new entry takes the column of its neighbours and the line ends of the file', () => {
    const result = edited('a:\r\n    b: 1', (file) =>
      file.put(['a'], 'c', { lines: ['# why', 'c:', '  d: 2'], value: { d: 2 } }),
    );
    expect(result).toBe('a:\r\n    b: 1\r\n    # why\r\n    c:\r\n      d: 2\r\n');
  });

  test('an entry is replaced where it stands, a block value as a whole', () => {
    const result = edited('a: 1\n# mine\nb: |\n  x\n  y\nc: 3\n', (file) =>
      file.put([], 'b', { lines: ['# not this', 'b:', '  - z'], value: ['z'] }),
    );
    expect(result).toBe('a: 1\n# mine\nb:\n  - z\nc: 3\n');
  });

  test('removing takes only comments that are ours, and a collection that would be empty', () => {
    const text = 'a:\n  # theirs\n\n  # ours\n  b:\n    - x\n  # of c\n  c: 1\n';
    const isOurs = (comment: string) => comment === '# ours';
    expect(edited(text, (file) => file.remove(['a', 'b', 0], isOurs))).toBe(
      'a:\n  # theirs\n  # of c\n  c: 1\n',
    );
    expect(edited('l: [a, b, c]\n', (file) => file.remove(['l', 1], none))).toBe('l: ["a","c"]\n');
  });

  test('a piece carries the comments above it and can be put elsewhere', () => {
    const piece = new YamlFile('t', 'x:\n  # one\n  # two\n  y:\n    # in\n    z: 1\n').piece([
      'x',
      'y',
    ]);
    expect(piece).toEqual({ lines: ['# one', '# two', 'y:', '  # in', '  z: 1'], value: { z: 1 } });
    expect(edited('a: 1\n', (file) => file.put([], 'y', piece, true))).toBe(
      'a: 1\n\n# one\n# two\ny:\n  # in\n  z: 1\n',
    );
  });

  test('reads through aliases and merge keys, and refuses to edit them, naming the line', () => {
    const text = 'base: &base\n  k: [1]\none:\n  <<: *base\n  m: 2\ntwo: *base\n';
    const file = new YamlFile('f.yaml', text);
    expect(file.value(['one', 'k', 0])).toBe(1);
    expect(file.value(['two', 'k'])).toEqual([1]);
    const merged = failureOf(() => file.add(['one', 'k'], item('x')));
    expect(merged.code).toBe('file-malformed');
    expect(merged.summary).toMatch(/^f\.yaml, line 3: one\.k: .*anchor, alias or merge key/);
    expect(failureOf(() => file.put(['two'], 'n', entry('n', '1'))).summary).toMatch(
      /line 6: two:/,
    );
    expect(failureOf(() => file.put(['base'], 'n', entry('n', '1'))).summary).toMatch(
      /line 1: base:/,
    );
    file.put(['one'], 'own', entry('own', 'x'));
    expect(file.text).toContain('  m: 2\n  own: x\n');
  });

  test.each([
    ['a tab', 'a:\n\tb: 1\n', /f\.yaml, line 2: not valid YAML: Tabs are not allowed/],
    ['a key given twice', 'a: 1\na: 2\n', /line 2: not valid YAML: Map keys must be unique/],
    ['two documents', 'a: 1\n---\nb: 1\n', /line 2: not valid YAML: a second document/],
    ['an open bracket', 'a: [1\n', /not valid YAML/],
    ['an alias without anchor', 'a: *b\n', /anchors or nesting/],
    ['deep nesting', '['.repeat(50_000), /not valid YAML/],
  ])('refuses %s', (_, text, message) => {
    const failure = failureOf(() => new YamlFile('f.yaml', text));
    expect(failure.code).toBe('file-malformed');
    expect(failure.summary).toMatch(message);
    expect(failure.nextSteps).toHaveLength(1);
  });

  test('a bomb of aliases is refused, not expanded', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [key, of] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf'].map((pair) => [
      pair[0],
      pair[1],
    ])) {
      lines.push(`${key}: &${key} [${Array(9).fill(`*${of}`).join(', ')}]`);
    }
    expect(failureOf(() => new YamlFile('f.yaml', lines.join('\n'))).code).toBe('file-malformed');
  });

  test('an error about broken YAML repeats nothing of the file', () => {
    const failure = failureOf(() => new YamlFile('f.yaml', 'token: "eyJhIjoi\n  x: [eyJhIjoi\n'));
    expect(JSON.stringify([failure.summary, failure.expected, failure.nextSteps])).not.toContain(
      'eyJ',
    );
  });

  const key = fc.stringMatching(/^[a-z]{1,6}$/);
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const data = fc.dictionary(
    key,
    fc.oneof(
      scalar,
      fc.array(scalar, { minLength: 1 }),
      fc.dictionary(key, scalar, { minKeys: 1 }),
    ),
    { minKeys: 1 },
  );
  const style = fc.record({
    indent: fc.constantFrom(2, 4),
    indentSeq: fc.boolean(),
    collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
  });

  test('whatever the style, an added entry is added and nothing else changes', () => {
    fc.assert(
      fc.property(data, style, fc.string(), (before, options, value) => {
        const piece = { lines: [`NEW: ${JSON.stringify(value)}`], value };
        const text = edited(stringify(before, options), (file) => file.put([], 'NEW', piece));
        expect(parse(text)).toEqual({ ...before, NEW: value });
      }),
    );
  });

  test('whatever the style, any entry or item can be removed, and nothing else changes', () => {
    fc.assert(
      fc.property(data, style, fc.nat(), (before, options, pick) => {
        const keys = Object.keys(before);
        fc.pre(keys.length > 1);
        const target = keys[pick % keys.length] ?? '';
        const text = edited(stringify(before, options), (file) => file.remove([target], none));
        const { [target]: _, ...rest } = before;
        expect(parse(text)).toEqual(rest);
      }),
    );
  });
});

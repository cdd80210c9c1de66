import { describe, expect, test } from 'vitest';
import { emptyDraft, enterField, pasteRoutes } from '../../../screens/routes/route-draft.ts';

describe('a paste', () => {
  test.each([
    'wiki=http://10.0.0.5:8000',
    '  wiki = http://10.0.0.5:8000\r\n',
    'wiki: http://10.0.0.5:8000',
    'wiki:http://10.0.0.5:8000',
    '\u001b[1mwiki\u001b[0m=http://10.0.0.5:8000',
  ])('of a whole route fills both fields: %j', (text) => {
    expect(pasteRoutes(emptyDraft, text)).toMatchObject({
      name: 'wiki',
      upstream: 'http://10.0.0.5:8000',
      field: 'upstream',
      leftOut: 0,
    });
  });

  test.each(['wiki', 'http://10.0.0.5:8000', 'wiki=10.0.0.5', '=http://a:1', 'a b=http://a:1', ''])(
    'of something else is not taken: %j',
    (text) => {
      expect(pasteRoutes(emptyDraft, text)).toBeUndefined();
    },
  );

  test('of several routes takes the first and counts the others', () => {
    expect(pasteRoutes(emptyDraft, 'a=http://a:1,b=http://b:2\nc=http://c:3')).toMatchObject({
      name: 'a',
      leftOut: 2,
    });
  });

  test('of a megabyte is read in no time', () => {
    const begin = performance.now();
    pasteRoutes(emptyDraft, 'a='.repeat(500_000));
    pasteRoutes(emptyDraft, 'a,'.repeat(500_000));
    pasteRoutes(emptyDraft, `a${' '.repeat(1_000_000)}`);
    expect(performance.now() - begin).toBeLessThan(500);
  });
});

test('a field that is left with something in it is judged, an empty one is not', () => {
  expect(enterField(emptyDraft, 'upstream')).toMatchObject({ field: 'upstream', judged: [] });
  expect(enterField({ ...emptyDraft, name: 'x' }, 'upstream').judged).toEqual(['name']);
});

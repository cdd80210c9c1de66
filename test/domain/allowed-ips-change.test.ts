import { describe, expect, test } from 'vitest';
import { type AllowedIpsChange, allowedIpsAfter } from '../../src/domain/allowed-ips-change.ts';
import { routesOf } from '../fakes/sample-answers.ts';

const echo = routesOf({ echo: 'http://hello-mcp:9000' });
const withLiteral = routesOf({ echo: 'http://hello-mcp:9000', wiki: 'http://10.0.0.5:8000' });

function rangesAfter(change: Partial<AllowedIpsChange>) {
  return allowedIpsAfter({
    answered: undefined,
    configured: undefined,
    given: [],
    before: echo,
    after: echo,
    composeServices: ['hello-mcp'],
    ...change,
  });
}

describe('the allowed ranges after a change of routes', () => {
  test('stay the vendor’s default while nobody lists any', () => {
    expect(rangesAfter({ after: withLiteral })).toBeUndefined();
    expect(rangesAfter({ answered: [] })).toEqual([]);
  });

  test('begin with that default when the first one is listed: it would be replaced', () => {
    expect(rangesAfter({ given: ['203.0.113.0/24'] })).toEqual([
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '203.0.113.0/24',
    ]);
  });

  test('stay as answered where the file has nothing but them and what routes need', () => {
    const configured = ['203.0.113.0/24', '172.16.0.0/12', '192.168.0.0/16'];
    const answered = ['203.0.113.0/24'];
    expect(rangesAfter({ answered, configured })).toEqual(answered);
    expect(rangesAfter({ answered, configured, given: ['198.51.100.0/24'] })).toEqual([
      '203.0.113.0/24',
      '198.51.100.0/24',
    ]);
  });

  test('keep what was added to the file by hand', () => {
    expect(rangesAfter({ configured: ['100.64.0.0/10', '172.16.0.0/12'] })).toEqual([
      '100.64.0.0/10',
      '172.16.0.0/12',
    ]);
  });

  test('keep what a name may resolve to when the route it was written for goes', () => {
    const wiki = { wiki: 'http://10.0.0.5:8000' };
    const named = { docs: 'http://docs.internal:80' };
    const answered = ['203.0.113.0/24'];
    const configured = [...answered, '10.0.0.0/8'];
    const before = routesOf({ ...wiki, ...named });
    expect(rangesAfter({ answered, configured, before, after: routesOf(named) })).toEqual(
      configured,
    );
    const literal = routesOf({ api: 'http://203.0.113.7:80' });
    expect(
      rangesAfter({
        answered,
        configured,
        before: [...literal, ...routesOf(wiki)],
        after: literal,
      }),
    ).toEqual(answered);
  });
});

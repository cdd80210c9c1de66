import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import {
  changeRoutes,
  noRoutesRequest,
  type RoutesRequest,
} from '../../src/domain/route-change.ts';
import { routesOf } from '../fakes/sample-answers.ts';

const config = `tunnel_domain: abcd1234.tunnel.anthropic.com
routes:
  # the wiki
  wiki: http://10.0.0.5:8000 # ours
  echo: http://hello-mcp:9000
upstream:
  allowed_ips: [10.0.0.0/8]
`;

function add(map: Readonly<Record<string, string>>, replace = false): RoutesRequest {
  return { ...noRoutesRequest, set: routesOf(map), replace };
}

const remove = (...names: readonly string[]): RoutesRequest => ({
  ...noRoutesRequest,
  remove: names,
});

function change(request: RoutesRequest, text = config, gone: readonly string[] = []) {
  const { routes, set, removed } = changeRoutes(text, request, gone);
  const map = Object.fromEntries(routes.map(({ name, upstream }) => [name, upstream.url]));
  return { map, names: Object.keys(map), set, removed };
}

function failure(request: RoutesRequest, text = config): Failure {
  try {
    changeRoutes(text, request, []);
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  throw new Error('no failure');
}

describe('added routes', () => {
  test('come after those that are there, in the order given', () => {
    expect(change(add({ b: 'http://10.0.0.6:1', a: 'http://10.0.0.7:1' }))).toMatchObject({
      names: ['wiki', 'echo', 'b', 'a'],
      set: ['b', 'a'],
      removed: [],
    });
  });

  test('with the upstream that is there already are no change', () => {
    const same = change(add({ wiki: 'http://10.0.0.5:8000' }));
    expect(same).toMatchObject({ names: ['wiki', 'echo'], set: ['wiki'] });
  });

  test('replace others only where that is said; all that is wrong is told at once', () => {
    const other = { wiki: 'http://10.0.0.9:8000', echo: 'http://10.0.0.9:9000' };
    expect(failure(add(other))).toMatchObject({
      code: 'answers-invalid',
      summary: '2 routes cannot be added.',
      missing: [
        {
          question: 'Route wiki',
          problem: 'leads to "http://10.0.0.5:8000" already; --replace gives it the new URL.',
        },
        { question: 'Route echo' },
      ],
    });
    expect(change(add(other, true)).map).toEqual(other);
  });
});

describe('removed routes', () => {
  test('are gone; the others stay in their order', () => {
    expect(change(remove('wiki', 'wiki'))).toMatchObject({ names: ['echo'], removed: ['wiki'] });
  });

  test('have to be there: the nearest name is given, or all', () => {
    expect(failure(remove('wikki', 'quite-different'))).toMatchObject({
      code: 'answers-invalid',
      summary: '2 routes cannot be removed.',
      missing: [
        { question: 'Route "wikki"', problem: 'is not there. Did you mean wiki?' },
        { question: 'Route "quite-different"', problem: 'is not there. There are: wiki, echo.' },
      ],
    });
  });

  test('may be gone already where an unfinished run has taken them away', () => {
    expect(change(remove('old'), config, ['old'])).toMatchObject({ names: ['wiki', 'echo'] });
  });

  test('are never all of them', () => {
    const last = failure(remove('echo', 'wiki'));
    expect(last.summary).toBe('The last route cannot be removed.');
    expect(last.found).toBe('nothing but echo, wiki');
    expect(last.exitCode).toBe(2);
  });
});

describe('additions and removals at once', () => {
  const both = (map: Readonly<Record<string, string>>, ...names: readonly string[]) => ({
    ...add(map, true),
    remove: names,
  });

  test('leave the others in their order, new ones last', () => {
    expect(change(both({ docs: 'http://10.0.0.6:1', echo: 'http://10.0.0.7:1' }, 'wiki'))).toEqual({
      map: { echo: 'http://10.0.0.7:1', docs: 'http://10.0.0.6:1' },
      names: ['echo', 'docs'],
      set: ['docs', 'echo'],
      removed: ['wiki'],
    });
  });

  test('may replace all that there are', () => {
    const all = change(both({ docs: 'http://10.0.0.6:1' }, 'wiki', 'echo'));
    expect(all.names).toEqual(['docs']);
  });

  test('of one name contradict each other; what is wrong with either is told at once', () => {
    const wrong = failure(both({ wiki: 'http://10.0.0.6:1' }, 'wiki', 'nowhere'));
    expect(wrong).toMatchObject({
      summary: '2 routes cannot be changed.',
      missing: [
        { question: 'Route wiki', problem: 'is to be set and removed at once.' },
        { question: 'Route "nowhere"' },
      ],
    });
  });

  test('that are none leave everything as it is', () => {
    expect(change(noRoutesRequest)).toMatchObject({
      names: ['wiki', 'echo'],
      set: [],
      removed: [],
    });
  });
});

describe('a configuration', () => {
  test('whose other routes are none is refused with the line', () => {
    const broken = config.replace('http://hello-mcp:9000', 'http://hello-mcp:9000/mcp');
    expect(failure(add({ a: 'http://10.0.0.6:1' }), broken)).toMatchObject({
      code: 'file-malformed',
      summary: expect.stringMatching(
        /^config\/mcp-proxy\.yaml, line 5: routes\.echo: .*has a path/u,
      ),
    });
  });

  test('may lose or mend such a route', () => {
    const broken = config.replace('http://hello-mcp:9000', 'http://hello-mcp');
    expect(change(remove('echo'), broken).names).toEqual(['wiki']);
    const mended = add({ echo: 'http://hello-mcp:9000' }, true);
    expect(change(mended, broken).map['echo']).toBe('http://hello-mcp:9000');
  });

  test.each([
    ['tabs', 'routes:\n\ta: http://10.0.0.5:80\n', /line 2: not valid YAML/u],
    ['a bracket that never closes', 'a: 1\nroutes: {\n', /line 3: not valid YAML/u],
    ['routes as a list', 'a: 1\nroutes:\n  - a\n', /routes is a list: cannot unmarshal !!seq/u],
    ['nothing in it', '', /not a map of settings/u],
  ])('with %s is refused', (_what, text, summary) => {
    const refused = failure(add({ a: 'http://10.0.0.6:1' }), text);
    expect(refused.code).toBe('file-malformed');
    expect(refused.summary).toMatch(summary);
    expect(refused.nextSteps.join()).toMatch(/config\/mcp-proxy\.yaml, line \d/u);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseRoute,
  parseRouteFlag,
  parseRouteName,
  parseRoutes,
  parseUpstream,
  routeUrl,
} from '../../src/domain/route.ts';
import { anyText, expectNoHang, expectNoLeak, problemOf, secret } from './foreign-texts.ts';

describe('parseRouteName', () => {
  test.each(['echo', 'mcp', 'a', '0', 'my-server-2', 'x'.repeat(63)])('accepts %s', (name) => {
    expect(parseRouteName(name)).toEqual({ ok: true, value: name });
  });

  test.each<[string, RegExp, string | undefined]>([
    ['', /is empty/, undefined],
    ['  ', /is empty/, undefined],
    ['Echo', /upper-case/, 'echo'],
    ['my_server', /underscore/, 'my-server'],
    ['my server', /a space or a character that is not plain ASCII/, 'my-server'],
    [' echo', /white space around/, 'echo'],
    ['echo.abcd1234.tunnel.anthropic.com', /a tunnel domain, not a route name/, undefined],
    ['echo.internal', /more than one label/, 'echo'],
    ['-echo', /begins or ends with a hyphen/, undefined],
    ['echo-', /begins or ends with a hyphen/, undefined],
    ['écho', /not plain ASCII/, undefined],
    ['a/b', /a character other than/, undefined],
    ['a b'.repeat(30), /.*/, undefined],
    ['x'.repeat(64), /has 64 characters/, undefined],
  ])('refuses %j', (name, reason, meant) => {
    const problem = problemOf(parseRouteName(name));
    expect(problem).toMatch(reason);
    expect(/Did you mean (.*)\?$/.exec(problem)?.[1]).toBe(meant);
  });
});

describe('parseUpstream', () => {
  test.each([
    [
      'http://hello-mcp:9000',
      { scheme: 'http', host: 'hello-mcp', port: 9000, address: undefined },
    ],
    [
      'https://10.0.0.5:8443',
      { scheme: 'https', host: '10.0.0.5', port: 8443, address: '10.0.0.5' },
    ],
    ['http://8.8.8.8:1', { scheme: 'http', host: '8.8.8.8', port: 1, address: '8.8.8.8' }],
    [
      'http://my_service:65535',
      { scheme: 'http', host: 'my_service', port: 65535, address: undefined },
    ],
    [
      'http://Mcp.Internal.example:80',
      { scheme: 'http', host: 'Mcp.Internal.example', port: 80, address: undefined },
    ],
    [
      'http://host.docker.internal:3000',
      { scheme: 'http', host: 'host.docker.internal', port: 3000, address: undefined },
    ],
    [
      'http://localhost.example.com:80',
      { scheme: 'http', host: 'localhost.example.com', port: 80, address: undefined },
    ],
  ])('accepts %s', (url, parts) => {
    expect(parseUpstream(url)).toEqual({ ok: true, value: { url, ...parts } });
  });

  test.each<[string, RegExp, string]>([
    [
      'http://hello-mcp:9000/',
      /has a path behind host and port.*\/mcp belongs to the URL that callers use/,
      'http://hello-mcp:9000',
    ],
    ['http://hello-mcp:9000/mcp', /has a path behind host and port/, 'http://hello-mcp:9000'],
    ['http://hello-mcp:9000?x=1', /has a query/, 'http://hello-mcp:9000'],
    ['http://hello-mcp:9000#x', /has a fragment/, 'http://hello-mcp:9000'],
    ['http://user:password@hello-mcp:9000', /has a user name in it/, 'http://hello-mcp:9000'],
    ['hello-mcp:9000', /has no scheme/, 'http://hello-mcp:9000'],
    ['10.0.0.5:9000/mcp', /has no scheme.*has a path/, 'http://10.0.0.5:9000'],
    ['HTTP://hello-mcp:9000', /scheme in upper case/, 'http://hello-mcp:9000'],
    [' http://hello-mcp:9000\n', /white space around/, 'http://hello-mcp:9000'],
    ['http://hello-mcp:09000', /zeros before its port/, 'http://hello-mcp:9000'],
  ])('names what was meant by %j', (url, reason, meant) => {
    const problem = problemOf(parseUpstream(url));
    expect(problem).toMatch(reason);
    expect(problem).toContain(`Did you mean ${meant}?`);
  });

  test.each<[string, RegExp]>([
    ['', /is empty/],
    ['http://', /host is missing/],
    ['http://:9000', /host is missing/],
    ['http://hello-mcp', /port is missing.*On the usual port that is http:\/\/hello-mcp:80\./],
    ['https://hello-mcp:', /port is missing.*On the usual port that is https:\/\/hello-mcp:443\./],
    ['http://hello-mcp/mcp', /has a path.*port is missing/],
    ['http://hello-mcp:0', /number from 1 to 65535/],
    ['http://hello-mcp:65536', /number from 1 to 65535/],
    ['http://hello-mcp:http', /number from 1 to 65535/],
    ['http://hello-mcp:-1', /number from 1 to 65535/],
    ['ws://hello-mcp:9000', /"ws" is neither http nor https/],
    ['tcp://hello-mcp:9000', /"tcp" is neither http nor https/],
    ['http://hello mcp:9000', /white space or invisible/],
    ['http://hello\u200bmcp:9000', /white space or invisible/],
    ['http://hello-mcp:9000\0', /white space or invisible/],
    ['http://[::1]:9000', /is IPv6; the proxy dials upstreams over IPv4 only/],
    ['http://fd00::1:9000', /is IPv6/],
    ['http://localhost:9000', /"localhost" is the proxy's own container.*host\.docker\.internal/],
    ['http://LOCALHOST.:9000', /the proxy's own container/],
    ['http://api.localhost:9000', /the proxy's own container/],
    ['http://127.0.0.1:9000', /the proxy's own container/],
    ['http://127.8.9.1:9000', /the proxy's own container/],
    ['http://0.0.0.0:9000', /the proxy's own container/],
    ['http://127.1:9000', /is not an IPv4 address/],
    ['http://2130706433:9000', /is not an IPv4 address/],
    ['http://0x7f000001:9000', /is not an IPv4 address/],
    ['http://0177.0.0.1:9000', /is not an IPv4 address/],
    ['http://10.0.0.256:9000', /is not an IPv4 address/],
    ['http://bücher.example:9000', /not plain ASCII\. Write it as xn--bcher-kva\.example\./],
    ['http://hello-mcp.:9000', /is not a host name/],
    ['http://-bad:9000', /is not a host name/],
    ['http://a..b:9000', /is not a host name/],
    ['http://a$b:9000', /is not a host name/],
    ['http://x/y@z:9000', /has an "@" in it/],
    ['tnl_0123', /a tunnel's ID \(tnl_…\), not an upstream/],
  ])('refuses %j', (url, expected) => {
    expect(problemOf(parseUpstream(url))).toMatch(expected);
  });

  test('an accepted upstream is exactly its parts, and a URL with no more than them', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.string({ maxLength: 8 }));
    const url = fc
      .tuple(
        fc.constantFrom('http', 'https', 'HTTP', 'ftp'),
        host,
        fc.oneof(fc.nat(70_000).map(String), fc.string({ maxLength: 4 })),
      )
      .map(([scheme, name, port]) => `${scheme}://${name}:${port}`);
    fc.assert(
      fc.property(fc.oneof(url, fc.webUrl(), anyText), (text) => {
        const result = parseUpstream(text);
        if (!result.ok) return;
        const { scheme, host: name, port } = result.value;
        expect(result.value.url).toBe(text);
        expect(text).toBe(`${scheme}://${name}:${port}`);
        const parsed = new URL(text);
        expect([
          parsed.hostname,
          parsed.pathname,
          parsed.search,
          parsed.hash,
          parsed.username,
        ]).toEqual([name.toLowerCase(), '/', '', '', '']);
        expect(parsed.port === '' ? (scheme === 'http' ? 80 : 443) : Number(parsed.port)).toBe(
          port,
        );
      }),
    );
  });

  test('an upstream that is suggested is accepted', () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (text) => {
        const result = parseUpstream(text);
        const meant = result.ok ? undefined : /Did you mean (\S*)\?$/.exec(result.problem)?.[1];
        if (meant !== undefined) expect(parseUpstream(meant).ok).toBe(true);
      }),
    );
  });

  test('a long text is not read', () => {
    expect(problemOf(parseUpstream(`http://${'x'.repeat(3000)}:1`))).toMatch(
      /3009 characters long/,
    );
  });

  test('1 MB takes no time', () => {
    expectNoHang(parseUpstream);
    expectNoHang((text) => parseUpstream(`http://${text}:9000`));
    expectNoHang((text) => parseUpstream(`http://${text.slice(0, 2000)}:9000`));
  });
});

describe('parseRoute and parseRouteFlag', () => {
  const echo = {
    name: 'echo',
    upstream: {
      url: 'http://hello-mcp:9000',
      scheme: 'http',
      host: 'hello-mcp',
      port: 9000,
      address: undefined,
    },
  };

  test('read a route', () => {
    expect(parseRoute('echo', 'http://hello-mcp:9000')).toEqual({ ok: true, value: echo });
    expect(parseRouteFlag('echo=http://hello-mcp:9000')).toEqual({ ok: true, value: echo });
  });

  test.each<[string, RegExp]>([
    ['echo', /The route "echo" has no "="\. Expected name=scheme:\/\/host:port/],
    ['', /has no "="/],
    ['=http://hello-mcp:9000', /route name is empty/],
    ['echo=', /Route "echo": The upstream is empty/],
    ['echo=http://hello-mcp', /Route "echo": The upstream's port is missing/],
    ['http://hello-mcp:9000', /has no "="/],
  ])('refuse the flag %j', (text, expected) => {
    expect(problemOf(parseRouteFlag(text))).toMatch(expected);
  });
});

describe('parseRoutes', () => {
  test('reads a flat map in its order', () => {
    const result = parseRoutes({ wiki: 'https://10.0.0.5:8443', echo: 'http://hello-mcp:9000' });
    expect(result.ok && result.value.map(({ name, upstream }) => [name, upstream.url])).toEqual([
      ['wiki', 'https://10.0.0.5:8443'],
      ['echo', 'http://hello-mcp:9000'],
    ]);
  });

  test('reads a Map as well', () => {
    expect(parseRoutes(new Map([['echo', 'http://hello-mcp:9000']])).ok).toBe(true);
  });

  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /There are no routes.*Write a flat map/],
    ['null', null, /There are no routes/],
    ['an empty map', {}, /There are no routes/],
    ['an empty Map', new Map(), /There are no routes/],
    [
      'a list',
      [{ name: 'echo', url: 'http://a:1' }],
      /cannot unmarshal !!seq into map\[string\]string.*routes: \{ echo: http:\/\/hello-mcp:9000 \}/,
    ],
    ['an empty list', [], /cannot unmarshal !!seq/],
    ['text', 'echo=http://a:1', /are not a map/],
    ['a number', 7, /are not a map/],
    ['a nested map', { echo: { url: 'http://a:1' } }, /Route "echo": its value is not text/],
    ['a port alone', { echo: 9000 }, /Route "echo": its value is not text/],
    ['no value', { echo: null }, /Route "echo": its value is not text/],
    [
      'names that differ in case',
      { echo: 'http://a:1', Echo: 'http://b:1' },
      /"echo" is given more than once/,
    ],
    [
      'two problems',
      { a_b: 'http://a:1', c: 'http://c' },
      /underscore.*Route "c": The upstream's port is missing/,
    ],
  ])('refuses %s', (_name, value, expected) => {
    expect(problemOf(parseRoutes(value))).toMatch(expected);
  });

  test('tells five problems and how many more there are', () => {
    const value = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`r${index}`, 'http://a']),
    );
    const problem = problemOf(parseRoutes(value));
    expect(problem.match(/port is missing/g)).toHaveLength(5);
    expect(problem).toMatch(/And 995 more\.$/);
  });

  test('never throws, whatever a document holds', () => {
    fc.assert(fc.property(fc.anything({ withMap: true }), (value) => void parseRoutes(value)));
  });
});

test('no problem repeats a secret', () => {
  const before = fc.constantFrom(
    '',
    'http://',
    'http://user:',
    'http://a/',
    'http://host:',
    'http://host:1/',
    'http://host:1/?key=',
    'ftp://',
  );
  const behind = fc.constantFrom('', ':9000', '@host:9000', ':x@host:9000', '/mcp', '.', ' ');
  fc.assert(
    fc.property(secret, before, behind, (text, head, tail) => {
      const value = head + text + tail;
      expectNoLeak(parseUpstream(value), text);
      expectNoLeak(parseRouteName(value), text);
      expectNoLeak(parseRoute('echo', value), text);
      expectNoLeak(parseRoute(value, 'http://a'), text);
      expectNoLeak(parseRouteFlag(value), text);
      expectNoLeak(parseRoutes({ [value]: 'http://a', b: value, [value.toUpperCase()]: 1 }), text);
    }),
    { numRuns: 500 },
  );
});

test('routeUrl is what callers use', () => {
  expect(routeUrl('echo', 'abcd1234.tunnel.anthropic.com')).toBe(
    'https://echo.abcd1234.tunnel.anthropic.com/mcp',
  );
});

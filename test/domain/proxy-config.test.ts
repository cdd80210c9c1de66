import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Failure } from '../../src/domain/failure.ts';
import { type ProxyConfigWanted, planProxyConfig } from '../../src/domain/proxy-config.ts';
import { readProxyConfig } from '../../src/domain/proxy-config-read.ts';
import { parseRoutes } from '../../src/domain/route.ts';

function routesOf(map: Record<string, string>): ProxyConfigWanted['routes'] {
  const routes = parseRoutes(map);
  if (!routes.ok) throw new Error(routes.problem);
  return routes.value;
}

const echo = { echo: 'http://hello-mcp:9000' };
function wanted(
  changes: Partial<Omit<ProxyConfigWanted, 'routes'>> & { routes?: Record<string, string> } = {},
): ProxyConfigWanted {
  const { routes = echo, ...others } = changes;
  return {
    domain: 'abcd1234.tunnel.anthropic.com',
    allowedIps: undefined,
    tls: { caFile: undefined, includeSystemCas: false },
    ...others,
    routes: routesOf(routes),
  };
}
const fresh = (changes: Parameters<typeof wanted>[0] = {}) =>
  planProxyConfig(undefined, wanted(changes)).text;

function failureOf(action: () => unknown): Failure {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a new configuration', () => {
  test('as facts 4.1 and 4.6 have it', () => {
    expect(parse(fresh())).toEqual({
      listen_addr: ':8080',
      log_level: 'info',
      shutdown_timeout: '30s',
      tunnel_domain: 'abcd1234.tunnel.anthropic.com',
      tls: { cert_file: '/data/tls.crt', key_file: '/data/tls.key' },
      routes: echo,
    });
  });

  test('with everything', () => {
    const text = fresh({
      routes: { b: 'https://10.1.2.3:8443', a: 'http://hello-mcp:9000' },
      allowedIps: ['10.0.0.0/8', '203.0.113.7'],
      tls: { caFile: '/data/upstream-ca.crt', includeSystemCas: true },
    });
    expect(text).toContain('routes:\n  b: https://10.1.2.3:8443\n  a: http://hello-mcp:9000\n');
    expect(parse(text).upstream).toEqual({
      allowed_ips: ['10.0.0.0/8', '203.0.113.7'],
      tls: { ca_file: '/data/upstream-ca.crt', include_system_cas: true },
    });
  });

  test('names that YAML would take for something else are quoted', () => {
    const names = ['on', 'yes', 'null', '123', '0x1f', '1e3', 'n', 'true'];
    const routes = Object.fromEntries(names.map((name) => [name, 'http://h:1']));
    const text = fresh({ routes });
    const keys = Object.keys(parse(text, { version: '1.1' }).routes);
    expect(keys.sort()).toEqual([...names].sort());
    expect(readProxyConfig(text)).toMatchObject({ ok: true, value: { routes } });
  });
});

describe('an existing configuration', () => {
  test('nothing to change leaves every byte', () => {
    const text = `# mine\r\n${fresh().replaceAll('\n', '\r\n')}extra:   [ 1,2 ]  # kept`;
    expect(planProxyConfig(text, wanted())).toEqual({ text, notes: [] });
  });

  test('routes become exactly those wanted; comments and places of those that stay are kept', () => {
    const before = fresh({ routes: { a: 'http://a:1', b: 'http://b:1', c: 'http://c:1' } })
      .replace('  a:', '  # about a\n  a:')
      .replace('http://c:1', '"http://c:1" # beside c');
    const plan = planProxyConfig(
      before,
      wanted({ routes: { d: 'http://d:1', c: 'http://c:2', a: 'http://a:1' } }),
    );
    expect(plan.text.slice(plan.text.indexOf('routes:'))).toBe(
      'routes:\n  # about a\n  a: http://a:1\n  c: http://c:2 # beside c\n  d: http://d:1\n',
    );
    expect(plan.notes).toEqual(['routes.b removed', 'routes.d set', 'routes.c set to http://c:2']);
  });

  test('all routes replaced by as many others', () => {
    const text = planProxyConfig(fresh(), wanted({ routes: { other: 'http://o:1' } })).text;
    expect(parse(text).routes).toEqual({ other: 'http://o:1' });
  });

  test('routes as a list are repaired, and the proxy’s words are named', () => {
    const text = fresh().replace('  echo: http', '  - http');
    const plan = planProxyConfig(text, wanted());
    expect(parse(plan.text).routes).toEqual(echo);
    expect(plan.notes.join()).toContain('cannot unmarshal !!seq into map[string]string');
  });

  test('log_level and further settings are the operator’s; the rest is ours', () => {
    const text = fresh()
      .replace('log_level: info', 'log_level: debug')
      .replace('":8080"', '":9090"')
      .replace('/data/tls.key', '/data/other.key')
      .replace('abcd1234', 'old');
    const plan = planProxyConfig(
      `${text}upstream:\n  tls:\n    ca_file: /data/theirs.pem\n`,
      wanted(),
    );
    expect(parse(plan.text)).toEqual({
      ...parse(fresh()),
      log_level: 'debug',
      upstream: { tls: { ca_file: '/data/theirs.pem' } },
    });
    expect(plan.notes).toEqual([
      'listen_addr set to :8080',
      'tunnel_domain set to abcd1234.tunnel.anthropic.com',
      'tls.key_file set to /data/tls.key',
    ]);
  });

  test('allowed_ips: left open, set, and back to the proxy’s default', () => {
    const set = fresh({ allowedIps: ['10.0.0.0/8'] });
    expect(planProxyConfig(set, wanted()).text).toBe(set);
    const two = planProxyConfig(set, wanted({ allowedIps: ['10.0.0.0/8', '192.168.0.0/16'] })).text;
    expect(parse(two).upstream.allowed_ips).toEqual(['10.0.0.0/8', '192.168.0.0/16']);
    expect(planProxyConfig(set, wanted({ allowedIps: [] })).text).toBe(fresh());
  });

  test('disable_ip_validation gives way to allowed_ips, which it excludes; else it is named', () => {
    const text = `${fresh()}upstream: { disable_ip_validation: true }\n`;
    expect(
      parse(planProxyConfig(text, wanted({ allowedIps: ['10.0.0.0/8'] })).text).upstream,
    ).toEqual({
      allowed_ips: ['10.0.0.0/8'],
    });
    const kept = planProxyConfig(text, wanted());
    expect(kept.text).toBe(text);
    expect(kept.notes).toEqual([
      expect.stringContaining('disable_ip_validation is yours and kept'),
    ]);
  });

  test.each([
    ['a list', '- a\n', /map of settings/],
    ['a tab', 'a:\n\tb: 1\n', /config\/mcp-proxy\.yaml, line 2: not valid YAML/],
    ['tls as text', fresh().replace(/tls:\n.*\n.*\n/, 'tls: yes\n'), /line \d+: tls/],
    [
      'shared routes',
      fresh().replace('routes:', 'routes: &r').concat('x: *r\n').replace('9000', '1'),
      /routes: .*anchor/,
    ],
  ])('%s is refused', (_, text, summary) => {
    const failure = failureOf(() => planProxyConfig(text, wanted()));
    expect(failure.code).toBe('file-malformed');
    expect(failure.summary).toMatch(summary);
  });

  const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?$/);
  const url = fc.constantFrom('http://a:1', 'https://10.0.0.1:443', 'http://hello-mcp:9000');
  const routes = fc.dictionary(name, url, { minKeys: 1, noNullPrototype: true });

  test('from any routes to any others, read back exactly; twice is once', () => {
    fc.assert(
      fc.property(routes, routes, (from, to) => {
        const { text } = planProxyConfig(fresh({ routes: from }), wanted({ routes: to }));
        const read = readProxyConfig(text);
        expect(read.ok && read.value.routes).toEqual(to);
        expect(planProxyConfig(text, wanted({ routes: to })).text).toBe(text);
      }),
    );
  });

  test('any text: refused in words, or settled', () => {
    const lines = fresh({ allowedIps: ['10.0.0.0/8'] }).split('\n');
    const broken = fc.array(
      fc.tuple(
        fc.nat(lines.length - 1),
        fc.oneof(fc.string(), fc.constantFrom('', '- a', '  b: 1')),
      ),
      {
        maxLength: 3,
      },
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      broken.map((edits) =>
        lines.map((line, at) => edits.find(([index]) => index === at)?.[1] ?? line).join('\n'),
      ),
    );
    fc.assert(
      fc.property(text, (before) => {
        try {
          const once = planProxyConfig(before, wanted()).text;
          expect(planProxyConfig(once, wanted()).text).toBe(once);
          expect(readProxyConfig(once)).toMatchObject({ ok: true, value: { routes: echo } });
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
        }
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { McpAnswer } from '../../src/domain/mcp-answer.ts';
import { parseRoute, type Route } from '../../src/domain/route.ts';
import { explainProbe } from '../../src/domain/route-probe.ts';

const domain = 'abcd1234.tunnel.anthropic.com';

function route(url: string): Route {
  const read = parseRoute('wiki', url);
  if (!read.ok) throw new Error(read.problem);
  return read.value;
}
const plain = route('http://10.0.0.5:9000');
const secure = route('https://wiki.corp.example:8443');

function explain(answer: McpAnswer, to: Route = plain, caConfigured = false) {
  return explainProbe(to, answer, { domain, caConfigured });
}
const tools = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ name: `t${n}`, description: undefined }));

describe('an MCP server', () => {
  test('is named with its tools', () => {
    const answer: McpAnswer = {
      kind: 'mcp',
      serverName: 'hello',
      serverVersion: '1.2',
      tools: [{ name: 'hello', description: 'Greets.' }],
    };
    expect(explain(answer)).toEqual({
      status: 'pass',
      found: 'MCP server hello 1.2 with 1 tool: hello',
      expected: 'an MCP server (Streamable HTTP) at http://10.0.0.5:9000/mcp',
    });
  });

  test('with many tools names some', () => {
    expect(
      explain({ kind: 'mcp', serverName: 'x', serverVersion: '', tools: tools(11) }).found,
    ).toBe('MCP server x with 11 tools: t0, t1, t2, t3, t4, t5, t6, t7 and 3 more');
  });

  test('without tools or name is still one', () => {
    expect(explain({ kind: 'mcp', serverName: '', serverVersion: '', tools: [] })).toMatchObject({
      status: 'pass',
      found: 'MCP server without a name with no tools',
    });
  });
});

describe('an HTTP status', () => {
  test('401 is fine: the upstream has its own sign-in', () => {
    const { status, found, fix } = explain({ kind: 'http', status: 401 });
    expect(status).toBe('pass');
    expect(found).toContain('HTTP 401');
    expect(fix).toContain('authorization_token');
  });

  test.each([
    [403, 'HTTP 403', 'wiki.abcd1234.tunnel.anthropic.com'],
    [404, 'nothing at /mcp', "passes the path of the caller's URL through unchanged"],
    [405, 'no POST at /mcp', 'Streamable HTTP'],
    [406, 'HTTP 406', 'Streamable HTTP'],
    [
      421,
      'HTTP 421 Misdirected Request',
      'allowed_hosts=["wiki.abcd1234.tunnel.anthropic.com", "wiki.abcd1234.tunnel.anthropic.com:*", "10.0.0.5:*"]',
    ],
    [429, 'HTTP 429', 'later'],
    [400, 'HTTP 400', 'log'],
    [500, 'HTTP 500', 'log'],
    [503, 'HTTP 503', 'log'],
    [100, 'HTTP 100', 'log'],
  ])('%i warns', (status, found, fix) => {
    const explained = explain({ kind: 'http', status });
    expect(explained.status).toBe('warn');
    expect(explained.found).toContain(found);
    expect(explained.fix).toContain(fix);
  });

  test('a redirect is told with its target', () => {
    expect(explain({ kind: 'http', status: 307, location: '/mcp/' })).toMatchObject({
      status: 'warn',
      found: 'HTTP 307: a redirect to /mcp/',
    });
    expect(explain({ kind: 'http', status: 301 }).found).toBe('HTTP 301: a redirect');
  });
});

describe('no MCP', () => {
  test('something else', () => {
    expect(explain({ kind: 'not-mcp', detail: 'its answer is not JSON' })).toMatchObject({
      status: 'warn',
      found: 'something that is not MCP: its answer is not JSON',
    });
  });

  test('silence', () => {
    expect(explain({ kind: 'timeout' })).toMatchObject({
      status: 'warn',
      found: 'no answer in time',
    });
  });
});

describe('an upstream that is not reached', () => {
  test.each([
    ['ECONNREFUSED', plain, 'nothing listens at 10.0.0.5:9000', '127.0.0.1 only'],
    ['ECONNREFUSED', plain, 'ECONNREFUSED', "ss -ltn 'sport = :9000'"],
    ['ENOTFOUND', secure, 'wiki.corp.example does not resolve', '/etc/hosts'],
    [
      'EAI_AGAIN',
      route('http://hello-mcp:9000'),
      'hello-mcp does not resolve',
      "inside the stack's network",
    ],
    ['EHOSTUNREACH', plain, 'no way to 10.0.0.5:9000', 'ip route get 10.0.0.5'],
    ['ETIMEDOUT', secure, 'no way to wiki.corp.example:8443', 'firewalls'],
    ['ECONNRESET', plain, 'closes the connection', 'https://'],
    ['ECONNRESET', secure, 'closes the connection', 'log'],
    ['SELF_SIGNED_CERT_IN_CHAIN', secure, 'a CA that is not known', 'upstream.tls.caFile'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', secure, 'DEPTH_ZERO_SELF_SIGNED_CERT', '--upstream-ca FILE'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', secure, 'not for wiki.corp.example', 'certificate'],
    ['CERT_HAS_EXPIRED', secure, 'expired', 'Renew'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', secure, 'TLS with it fails', 'http://'],
    ['EPROTO', secure, 'TLS with it fails', 'http://'],
    ['ESOMETHING', plain, '10.0.0.5:9000 was not reached (ESOMETHING)', 'runs'],
  ])('%s', (code, to, found, fix) => {
    const explained = explain({ kind: 'unreachable', code }, to);
    expect(explained.found).toContain(found);
    expect(explained.fix).toContain(fix);
  });

  test('a CA that was given and does not fit is told apart from a CA that was not given', () => {
    const answer: McpAnswer = { kind: 'unreachable', code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' };
    expect(explain(answer, secure, true).fix).toContain('did not sign');
    expect(explain(answer, secure, false).fix).not.toContain('did not sign');
  });
});

test('whatever went wrong only warns, and says that the proxy asks from elsewhere', () => {
  const bad: fc.Arbitrary<McpAnswer> = fc.oneof(
    fc
      .integer({ min: 100, max: 599 })
      .filter((status) => status !== 401)
      .map((status): McpAnswer => ({ kind: 'http', status })),
    fc.string().map((code): McpAnswer => ({ kind: 'unreachable', code })),
    fc.string().map((detail): McpAnswer => ({ kind: 'not-mcp', detail })),
    fc.constant<McpAnswer>({ kind: 'timeout' }),
  );
  fc.assert(
    fc.property(bad, fc.constantFrom(plain, secure), (answer, to) => {
      const { status, fix } = explain(answer, to);
      expect(status).toBe('warn');
      expect(fix).toMatch(/asked from this host; the proxy asks from its own network/);
    }),
  );
});

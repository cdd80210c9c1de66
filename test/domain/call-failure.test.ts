import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ApiProblem, serverTrouble } from '../../src/domain/api-problem.ts';
import type { CallContext } from '../../src/domain/call-context.ts';
import { explainCall, toolFailed, toolUnused } from '../../src/domain/call-failure.ts';
import { anyText } from './foreign-texts.ts';

const call: CallContext = {
  route: 'echo',
  url: 'https://echo.abcd1234.tunnel.anthropic.com/mcp',
  upstream: 'http://hello-mcp:9000',
  tool: 'hello',
  model: 'claude-opus-5',
  api: 'https://api.anthropic.com',
  authorized: false,
  self: ['mcp-tunnel'],
  place: ['--dir', '/srv/mcp-tunnel'],
};

const refused = (status: number, message: string, type = 'invalid_request_error'): ApiProblem => ({
  kind: 'refused',
  status,
  type,
  message,
});

const connection =
  'Connection error while communicating with MCP server. The server may be unavailable or unresponsive.';
const token =
  "Invalid authorization token for MCP server 'echo'. Please check your token and try again.";

describe('explainCall', () => {
  const cases: readonly (readonly [string, ApiProblem, string, number])[] = [
    ['a bad key', refused(401, 'invalid x-api-key', 'authentication_error'), 'api-key-refused', 4],
    ['another workspace', refused(403, 'no', 'permission_error'), 'api-key-workspace', 4],
    ['no credit', refused(402, 'pay', 'billing_error'), 'api-credit-exhausted', 4],
    [
      'no credit, as it was told before',
      refused(400, 'Your credit balance is too low to access the Anthropic API.'),
      'api-credit-exhausted',
      4,
    ],
    ['an unknown model', refused(404, 'model: x', 'not_found_error'), 'api-model-unknown', 4],
    ['a limit', refused(429, 'slow down', 'rate_limit_error'), 'api-rate-limited', 4],
    ['overload', refused(529, 'Overloaded', 'overloaded_error'), 'api-overloaded', 4],
    ['a failure of the API', refused(500, 'Internal server error', 'api_error'), 'api-failed', 4],
    ['a refused request', refused(400, 'max_tokens: too large'), 'api-request-refused', 4],
    [
      'a refused request that names the parameter',
      refused(400, 'mcp_servers.0.url: Connection must use HTTPS'),
      'api-request-refused',
      4,
    ],
    ['nothing came back', refused(400, connection), 'tunnel-call-failed', 5],
    [
      'the same in older words',
      refused(500, 'Failed to connect to MCP server', 'api_error'),
      'tunnel-call-failed',
      5,
    ],
    [
      'a name in quotes says nothing',
      refused(400, "Connection error: MCP server 'authorization'"),
      'tunnel-call-failed',
      5,
    ],
    ['HTTP 404', refused(400, 'MCP server error (HTTP 404)'), 'mcp-path-wrong', 5],
    ['HTTP 405', refused(400, 'MCP server error (HTTP 405)'), 'mcp-path-wrong', 5],
    ['HTTP 502', refused(400, 'MCP server error (HTTP 502)'), 'mcp-route-failed', 5],
    ['HTTP 421', refused(400, 'MCP server error (HTTP 421)'), 'mcp-server-failed', 5],
    ['HTTP 500', refused(400, 'MCP Server returned HTTP status 500'), 'mcp-server-failed', 5],
    ['a sign-in', refused(400, token), 'mcp-authorization', 5],
    [
      'a sign-in in other words',
      refused(
        400,
        'Authentication error while communicating with MCP server. Please check your authorization token.',
      ),
      'mcp-authorization',
      5,
    ],
    ['HTTP 401', refused(400, 'MCP server error (HTTP 401)'), 'mcp-authorization', 5],
    [
      'no MCP',
      refused(400, 'MCP server returned an error while listing tools.'),
      'mcp-server-failed',
      5,
    ],
    [
      'nobody there',
      { kind: 'unreachable', code: 'ECONNREFUSED', byProxy: false },
      'api-unreachable',
      4,
    ],
    ['silence', { kind: 'timeout', afterMs: 120_000 }, 'api-unreachable', 4],
    ['a portal', { kind: 'foreign', status: 200, detail: 'no message' }, 'api-unreachable', 4],
  ];
  test.each(cases)('%s', (_, problem, code, exit) => {
    const failure = explainCall(problem, call);
    expect(failure.code).toBe(code);
    expect(failure.exitCode).toBe(exit);
    expect(failure.nextSteps.length).toBeGreaterThan(0);
  });

  test('status and words of the API are shown as they came, with the request’s ID', () => {
    const problem: ApiProblem = {
      ...{ kind: 'refused', status: 403, type: 'permission_error', message: 'No access.' },
      ...{ requestId: 'req_1', workspaceId: 'wrkspc_2' },
    };
    const { found, expected } = explainCall(problem, call);
    expect(found).toBe('HTTP 403 permission_error: No access. (request req_1)');
    expect(expected).toContain('this one belongs to wrkspc_2');
  });

  test('what to do is a command on this deployment', () => {
    const { nextSteps } = explainCall(refused(400, connection), call);
    expect(nextSteps.join('\n')).toContain('mcp-tunnel doctor --dir /srv/mcp-tunnel');
    expect(explainCall(refused(400, token), call).nextSteps[0]).toContain(
      'mcp-tunnel verify --dir /srv/mcp-tunnel --route echo --authorization-file echo=FILE',
    );
    const path = explainCall(refused(400, 'MCP server error (HTTP 404)'), call);
    expect(path.summary).toContain('The tunnel works');
    expect(path.expected).toContain('http://hello-mcp:9000/mcp');
  });

  test('a token that was given and refused is another matter than none', () => {
    const summary = (authorized: boolean) =>
      explainCall(refused(400, token), { ...call, authorized }).summary;
    expect(summary(false)).toContain('wants a sign-in of its own');
    expect(summary(true)).toContain('does not accept the token');
  });

  test('how long to wait is what the API says', () => {
    const limit = (retryAfter: string) =>
      explainCall(
        { kind: 'refused', status: 429, type: 'rate_limit_error', message: '', retryAfter },
        call,
      ).nextSteps[0];
    expect(limit('30')).toContain('(the API says: 30 seconds)');
    expect(limit('Tue, 24 Nov 2026 20:00:00 GMT')).toContain('Tue, 24 Nov 2026');
  });

  test('TLS that is taken apart on the way has its own advice', () => {
    const { nextSteps, found } = explainCall(
      { kind: 'unreachable', code: 'SELF_SIGNED_CERT_IN_CHAIN', byProxy: true },
      call,
    );
    expect(nextSteps[0]).toContain('NODE_EXTRA_CA_CERTS');
    expect(found).toContain('the proxy of HTTPS_PROXY');
  });

  test('never throws, whatever the API says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), anyText, anyText, (status, message, type) => {
        serverTrouble(status, message);
        explainCall({ kind: 'refused', status, type, message }, call);
      }),
    );
  });
});

test('a tool that fails says that the tunnel works; one that was not called proves nothing', () => {
  const failed = toolFailed('no such user', call);
  expect(failed).toMatchObject({ code: 'tool-failed', found: 'no such user', exitCode: 5 });
  expect(failed.summary).toContain('The tunnel works');
  const unused = toolUnused({ stopReason: 'max_tokens', text: '', used: false }, call);
  expect(unused).toMatchObject({ code: 'tool-not-called', exitCode: 4 });
  expect(unused.found).toBe('no words (max_tokens)');
});

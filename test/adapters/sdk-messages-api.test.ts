import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sdkMessagesApi } from '../../src/adapters/sdk-messages-api.ts';
import type { ToolCallRequest } from '../../src/domain/messages-call.ts';
import { Secret } from '../../src/domain/secret.ts';

const key = new Secret(`sk-ant-api03-${'k'.repeat(90)}AA`);

const request: ToolCallRequest = {
  model: 'claude-opus-5',
  maxTokens: 1000,
  prompt: 'Use the hello tool to greet tunnel.',
  server: { name: 'echo', url: 'https://echo.abcd1234.tunnel.anthropic.com/mcp' },
  tool: 'hello',
};

interface Seen {
  readonly headers: IncomingMessage['headers'];
  readonly path: string | undefined;
  readonly body: Record<string, unknown>;
}

/** An API that gives one prepared answer and remembers what it was asked. */
class FakeApi {
  readonly seen: Seen[] = [];
  status = 200;
  headers: Record<string, string> = { 'content-type': 'application/json' };
  body: string | undefined = '{}';
  readonly #server: Server;

  constructor() {
    this.#server = createServer((incoming, response) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('end', () => {
        this.seen.push({
          headers: incoming.headers,
          path: incoming.url,
          body: text === '' ? {} : JSON.parse(text),
        });
        response.writeHead(this.status, this.headers);
        // Undefined: the head came, and nothing after it.
        if (this.body === undefined) response.flushHeaders();
        else response.end(this.body);
      });
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    const address = this.#server.address();
    return typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '';
  }

  answer(status: number, body: unknown, headers: Record<string, string> = {}): void {
    this.status = status;
    this.headers = { 'content-type': 'application/json', ...headers };
    this.body = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe('the Messages API by the official SDK', () => {
  const api = new FakeApi();
  beforeAll(() => api.open());
  afterAll(() => api.close());

  const call = (more: Partial<ToolCallRequest> = {}, timeoutMs = 10_000) =>
    sdkMessagesApi({ url: api.url, proxy: {} }).callTool(
      { ...request, ...more },
      { key, timeoutMs, signal: new AbortController().signal },
    );

  test('one request, limited to one tool, with the key and nothing else of the shell', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'sk-ant-api03-of-the-shell');
    vi.stubEnv('ANTHROPIC_AUTH_TOKEN', 'token-of-the-shell');
    vi.stubEnv('ANTHROPIC_BASE_URL', 'http://127.0.0.1:9');
    vi.stubEnv('ANTHROPIC_PROFILE', 'profile-of-the-shell');
    vi.stubEnv(
      'ANTHROPIC_CUSTOM_HEADERS',
      'Authorization: Bearer other\nx-api-key: other\nx-own: other\nanthropic-version: other',
    );
    api.answer(200, { content: [{ type: 'text', text: 'Hi.' }], stop_reason: 'end_turn' });
    const outcome = await call();
    vi.unstubAllEnvs();
    expect(outcome).toEqual({
      ok: true,
      answer: { uses: [], results: [], text: 'Hi.', stopReason: 'end_turn' },
    });
    const [seen, second] = api.seen.splice(0);
    expect(second).toBeUndefined();
    expect(seen?.path).toBe('/v1/messages');
    expect(seen?.headers.authorization).toBe(`Bearer ${key.reveal()}`);
    expect(seen?.headers['anthropic-beta']).toBe('mcp-client-2025-11-20');
    expect(seen?.headers['anthropic-version']).toBe('2026-10-21');
    expect(JSON.stringify(seen?.headers)).not.toMatch(/other|of-the-shell/u);
    expect(seen?.body).toEqual({
      model: 'claude-opus-5',
      max_tokens: 1000,
      messages: [{ role: 'user', content: 'Use the hello tool to greet tunnel.' }],
      mcp_servers: [{ type: 'url', ...request.server }],
      tools: [
        {
          type: 'mcp_toolset',
          mcp_server_name: 'echo',
          default_config: { enabled: false },
          configs: { hello: { enabled: true } },
        },
      ],
    });
  });

  test('a server’s own token goes along', async () => {
    api.answer(200, { content: [] });
    await call({ server: { ...request.server, authorization: new Secret('of the server') } });
    expect(api.seen.splice(0)[0]?.body['mcp_servers']).toEqual([
      { type: 'url', ...request.server, authorization_token: 'of the server' },
    ]);
  });

  test('an error comes with status, type, words and what the headers tell; it is not tried again', async () => {
    api.answer(
      429,
      { type: 'error', error: { type: 'rate_limit_error', message: 'Too\u001b[31m many\n' } },
      {
        'retry-after': '30',
        'request-id': 'req_1',
        'anthropic-workspace-id': 'wrkspc_1',
        'x-should-retry': 'true',
      },
    );
    expect(await call()).toEqual({
      ok: false,
      problem: {
        kind: 'refused',
        status: 429,
        type: 'rate_limit_error',
        message: 'Too many',
        requestId: 'req_1',
        workspaceId: 'wrkspc_1',
        retryAfter: '30',
      },
    });
    expect(api.seen.splice(0)).toHaveLength(1);
  });

  test.each([
    [
      'a portal’s page as an error',
      403,
      '<html>Sign in</html>',
      { 'content-type': 'text/html', server: 'squid' },
      { kind: 'foreign', status: 403, detail: 'text/html, from squid' },
    ],
    [
      'a portal’s page as an answer',
      200,
      '<html>Sign in</html>',
      { 'content-type': 'text/html' },
      { kind: 'foreign', status: 200, detail: 'no message' },
    ],
    ['other JSON', 200, { ok: true }, {}, { kind: 'foreign', status: 200, detail: 'no message' }],
    [
      'broken JSON',
      200,
      '{"content":',
      {},
      { kind: 'foreign', status: 200, detail: 'broken JSON' },
    ],
    [
      'a redirect, which would take the key elsewhere',
      302,
      '',
      { location: 'http://127.0.0.1:9/' },
      { kind: 'foreign', status: 302, detail: 'application/json' },
    ],
  ])('%s is not the API', async (_, status, body, headers, problem) => {
    api.answer(status, body, headers as Record<string, string>);
    expect(await call()).toEqual({ ok: false, problem });
  });

  test('nobody there: the errno', async () => {
    const nobody = sdkMessagesApi({ url: 'http://127.0.0.1:9', proxy: {} });
    const { signal } = new AbortController();
    expect(await nobody.callTool(request, { key, timeoutMs: 5_000, signal })).toEqual({
      ok: false,
      problem: { kind: 'unreachable', code: 'ECONNREFUSED', byProxy: false },
    });
  });

  test('an answer that never ends runs into the deadline', async () => {
    api.answer(200, undefined);
    expect(await call({}, 300)).toEqual({
      ok: false,
      problem: { kind: 'timeout', afterMs: 300 },
    });
  });

  test('Ctrl-C ends it with its reason', async () => {
    api.answer(200, undefined);
    const stop = new AbortController();
    const api_ = sdkMessagesApi({ url: api.url, proxy: {} });
    api.seen.splice(0);
    const open = api_.callTool(request, { key, timeoutMs: 10_000, signal: stop.signal });
    await vi.waitFor(() => expect(api.seen).toHaveLength(1));
    stop.abort(new Error('stopped'));
    await expect(open).rejects.toThrow('stopped');
  });

  test('a larger answer than any is cut off', async () => {
    api.answer(200, `{"content":"${'x'.repeat(5 * 1024 * 1024)}"}`);
    expect(await call()).toEqual({
      ok: false,
      problem: {
        kind: 'unreachable',
        code: 'the answer is larger than 4 MiB',
        byProxy: false,
      },
    });
  });
});

test('the way to the API is through the web proxy of HTTPS_PROXY, but not to this host', async () => {
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', ({ url }: IncomingMessage, socket) => {
    asked.push(url ?? '');
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const variables = { HTTPS_PROXY: `http://user:secret@127.0.0.1:${port}` };
  const options = { key, timeoutMs: 5_000, signal: new AbortController().signal };
  const api = sdkMessagesApi({ url: 'https://api.example.test', proxy: variables });
  const outcome = await api.callTool(request, options);
  expect(outcome).toMatchObject({ ok: false, problem: { kind: 'unreachable', byProxy: true } });
  expect(JSON.stringify(outcome)).not.toContain('secret');
  expect(asked).toEqual(['api.example.test:443']);
  const here = sdkMessagesApi({ url: 'http://127.0.0.1:9', proxy: variables });
  await here.callTool(request, options);
  expect(asked).toHaveLength(1);
  proxy.close();
});

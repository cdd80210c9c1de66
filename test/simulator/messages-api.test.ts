import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { sdkMessagesApi } from '../../src/adapters/sdk-messages-api.ts';
import { calledTool } from '../../src/domain/messages-answer.ts';
import type { ToolCallRequest } from '../../src/domain/messages-call.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { MessagesOutcome } from '../../src/ports/messages-api.ts';
import { rehearsedView } from '../../src/simulator/container/rehearsed-view.ts';
import { ApiError } from '../../src/simulator/messages/api-error.ts';
import {
  listenForMessages,
  type MessagesServerOptions,
  type RunningApi,
} from '../../src/simulator/messages/messages-server.ts';
import type { Workspaces } from '../../src/simulator/messages/workspaces.ts';
import { makeCa, makeServer } from './openssl.ts';
import { domain, Stack } from './stack.ts';
import { limit, url } from './through-the-edge.ts';

const key = `sk-ant-api03-${'k'.repeat(90)}AA`;
const foreignKey = `sk-ant-api03-${'f'.repeat(90)}AA`;

const workspaces: Workspaces = {
  workspaceOfKey: (given) => ({ [key]: 'default', [foreignKey]: 'other' })[given],
  workspaceOfHost: (host) => (host.endsWith(`.${domain}`) ? 'default' : undefined),
};

const request: ToolCallRequest = {
  model: 'claude-opus-5',
  maxTokens: 1000,
  prompt: 'Use the hello tool to greet tunnel.',
  server: { name: 'echo', url },
  tool: 'hello',
};

/** The official SDK against the simulated API before a stack. */
class Scene implements AsyncDisposable {
  readonly stack: Stack;
  readonly api: RunningApi;

  private constructor(stack: Stack, api: RunningApi) {
    this.stack = stack;
    this.api = api;
  }

  static async make(more: Pick<MessagesServerOptions, 'refuse'> = {}): Promise<Scene> {
    const stack = await Stack.start();
    return new Scene(stack, await listenForMessages({ edge: stack.edge, workspaces, ...more }));
  }

  call(more: Partial<ToolCallRequest> = {}, withKey = key): Promise<MessagesOutcome> {
    return sdkMessagesApi({ url: this.api.url, proxy: {} }).callTool(
      { ...request, ...more },
      { key: new Secret(withKey), timeoutMs: 15_000, signal: new AbortController().signal },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api.close();
    await this.stack[Symbol.asyncDispose]();
  }
}

function refusalOf(outcome: MessagesOutcome): string {
  if (outcome.ok) throw new Error(`an answer: ${JSON.stringify(outcome.answer)}`);
  const { problem } = outcome;
  if (problem.kind !== 'refused') throw new Error(JSON.stringify(problem));
  expect(problem.requestId).toMatch(/^req_/u);
  return `${problem.status} ${problem.type}: ${problem.message}`;
}

const noConnection =
  '400 invalid_request_error: Connection error while communicating with MCP server. The server may be unavailable or unresponsive.';

/** An MCP server that answers initialize and one other thing; or HTTP statuses. */
function serverOf(answer: (method: string, headers: Readonly<Record<string, unknown>>) => unknown) {
  return createServer(async (incoming, response) => {
    if (incoming.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    const message = (await json(incoming)) as { id?: number; method: string };
    const result = answer(message.method, incoming.headers);
    if (typeof result === 'number') {
      response.writeHead(result).end();
      return;
    }
    if (message.id === undefined) {
      response.writeHead(202).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, ...(result as object) }));
  });
}

async function connectedTo(scene: Scene, server: ReturnType<typeof serverOf>): Promise<void> {
  const { stack } = scene;
  await stack.connected();
  stack.addHost('hello-mcp', '172.30.0.4', 'own');
  await rehearsedView(stack.settings('own')).listen(server, 9000, '0.0.0.0');
}

const initialized = {
  result: {
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 's', version: '1' },
  },
};

describe('the simulated Messages API, called by the official SDK', () => {
  test(
    'Claude calls the one tool that is enabled, through edge, inner TLS and proxy',
    limit,
    async () => {
      await using scene = await Scene.make();
      const { proxy } = await scene.stack.connected();
      const outcome = await scene.call();
      if (!outcome.ok) throw new Error(JSON.stringify(outcome));
      expect(calledTool(outcome.answer, 'hello')).toMatchObject({
        kind: 'answered',
        use: { tool: 'hello', server: 'echo', input: '{"name":"tunnel"}' },
        result: { isError: false, text: 'Hello, tunnel!' },
      });
      expect(outcome.answer.stopReason).toBe('end_turn');
      expect(proxy.lines.count('request started')).toBeGreaterThan(0);
      // A tool that is not enabled is not there for Claude.
      const other = await scene.call({ tool: 'other' });
      expect(other.ok && calledTool(other.answer, 'other').kind).toBe('unused');
    },
  );

  test('keys and requests that are not in order', limit, async () => {
    await using scene = await Scene.make();
    await scene.stack.connected();
    const wrong = async (more: Partial<ToolCallRequest>, withKey = key) =>
      refusalOf(await scene.call(more, withKey));
    expect(await wrong({}, `sk-ant-api03-${'x'.repeat(90)}AA`)).toBe(
      '401 authentication_error: invalid x-api-key',
    );
    expect(await wrong({}, foreignKey)).toContain('403 permission_error: ');
    expect(await wrong({ model: 'claude-nobody' })).toBe(
      '404 not_found_error: model: claude-nobody',
    );
    expect(await wrong({ maxTokens: 0 })).toContain('400 invalid_request_error: max_tokens');
    expect(await wrong({ server: { name: 'echo', url: 'http://echo.example/mcp' } })).toContain(
      'URL must use HTTPS',
    );
    expect(await wrong({ server: { name: 'e', url: 'https://nobody.example/mcp' } })).toBe(
      noConnection,
    );
  });

  test('limits and troubles of the API itself', limit, async () => {
    let said: ApiError | undefined;
    await using scene = await Scene.make({ refuse: () => said });
    said = new ApiError(429, 'This request would exceed your rate limit.', { 'retry-after': '17' });
    expect(await scene.call()).toMatchObject({
      ok: false,
      problem: { status: 429, type: 'rate_limit_error', retryAfter: '17' },
    });
    for (const [status, type] of [
      [402, 'billing_error'],
      [500, 'api_error'],
      [529, 'overloaded_error'],
    ] as const) {
      said = new ApiError(status, 'No.');
      expect(refusalOf(await scene.call())).toBe(`${status} ${type}: No.`);
    }
  });

  test('what stands in the way to the proxy is a connection error', limit, async () => {
    await using scene = await Scene.make();
    const { stack } = scene;
    expect(refusalOf(await scene.call()), 'no cloudflared').toBe(noConnection);
    const { cloudflared } = await stack.connected();
    stack.tunnel = { ...stack.tunnel, certificates: [makeCa().certificate] };
    expect(refusalOf(await scene.call()), 'another CA').toBe(noConnection);
    stack.tunnel = { ...stack.tunnel, certificates: [] };
    expect(refusalOf(await scene.call()), 'no certificate').toBe(noConnection);
    stack.tunnel = { ...stack.tunnel, certificates: [stack.ca.certificate] };
    expect((await scene.call()).ok).toBe(true);
    stack.writePair(makeServer(stack.ca, 'other.tunnel.anthropic.com'));
    await cloudflared.stop();
    expect(refusalOf(await scene.call()), 'stopped').toBe(noConnection);
  });

  test('no such route, and a path where nothing is: the HTTP status', limit, async () => {
    await using scene = await Scene.make();
    await scene.stack.connected();
    const at = async (to: string) =>
      refusalOf(await scene.call({ server: { name: 'echo', url: to } }));
    expect(await at(`https://nobody.${domain}/mcp`)).toBe(
      '400 invalid_request_error: MCP server error (HTTP 502)',
    );
    expect(await at(`https://echo.${domain}/elsewhere`)).toBe(
      '400 invalid_request_error: MCP server error (HTTP 404)',
    );
  });

  test('a server’s own sign-in: without, with a wrong, with the right token', limit, async () => {
    await using scene = await Scene.make();
    const tools = [{ name: 'hello', inputSchema: { type: 'object' } }];
    await connectedTo(
      scene,
      serverOf((method, { authorization }) => {
        if (authorization !== 'Bearer right') return 401;
        if (method === 'initialize') return initialized;
        if (method === 'tools/list') return { result: { tools } };
        return { result: { content: [{ type: 'text', text: 'inside' }] } };
      }),
    );
    const refused =
      "400 invalid_request_error: Invalid authorization token for MCP server 'echo'. Please check your token and try again.";
    const withToken = (text: string) =>
      scene.call({ server: { ...request.server, authorization: new Secret(text) } });
    expect(refusalOf(await scene.call())).toBe(refused);
    expect(refusalOf(await withToken('wrong'))).toBe(refused);
    const outcome = await withToken('right');
    expect(outcome.ok && calledTool(outcome.answer, 'hello')).toMatchObject({
      result: { isError: false, text: 'inside' },
    });
  });

  test(
    'a tool that fails is an answer; a server that fails at MCP is an error',
    limit,
    async () => {
      await using scene = await Scene.make();
      let lists = true;
      const tools = [
        { name: 'hello', inputSchema: { type: 'object' } },
        { name: 'other', inputSchema: { type: 'object' } },
      ];
      await connectedTo(
        scene,
        serverOf((method) => {
          if (method === 'initialize') return initialized;
          if (method === 'tools/list' && lists) return { result: { tools } };
          if (method === 'tools/list') return { error: { code: -32603, message: 'broken' } };
          return { result: { isError: true, content: [{ type: 'text', text: 'no database' }] } };
        }),
      );
      const outcome = await scene.call();
      expect(outcome.ok && calledTool(outcome.answer, 'hello')).toMatchObject({
        kind: 'answered',
        result: { isError: true, text: 'no database' },
      });
      lists = false;
      expect(refusalOf(await scene.call())).toBe(
        '400 invalid_request_error: MCP server returned an error while listing tools.',
      );
    },
  );
});

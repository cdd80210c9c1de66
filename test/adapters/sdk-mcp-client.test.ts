import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { Server as McpServer } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { md, pki } from 'node-forge';
import { afterEach, describe, expect, test } from 'vitest';
import { sdkMcpClient } from '../../src/adapters/sdk-mcp-client.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

interface Upstream {
  readonly url: string;
  /** Connections that are open now. */
  readonly open: Set<Socket>;
}

async function listening(server: Server, scheme = 'http'): Promise<Upstream> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => undefined);
  });
  cleanups.push(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, open };
}

const serve = (listener: RequestListener) => listening(createServer(listener));

/** Waits until no connection is left: with the test's own time limit, if there is none. */
async function allClosed({ open }: Upstream): Promise<void> {
  await Promise.all(
    [...open].map((socket) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      // Not `once`, which rejects where the client resets: that is a way of closing, too.
      socket.resume().on('close', resolve);
      return promise;
    }),
  );
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

function answerJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

const initialized = (capabilities = {}) => ({
  protocolVersion: '2025-06-18',
  capabilities,
  serverInfo: { name: 'by hand', version: '0' },
});

interface RpcMessage {
  readonly id?: number;
  readonly method: string;
  readonly params: { readonly cursor?: string };
}

/** A server that answers JSON-RPC as the test says; an Error becomes a JSON-RPC error. */
function serveRpc(answer: (message: RpcMessage) => unknown) {
  return serve(async (request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const message = JSON.parse(await bodyOf(request)) as RpcMessage;
    if (message.id === undefined) return void response.writeHead(202).end();
    const result = answer(message);
    const { id } = message;
    answerJson(
      response,
      result instanceof Error
        ? { jsonrpc: '2.0', id, error: { code: Number(result.cause), message: result.message } }
        : { jsonrpc: '2.0', id, result },
    );
  });
}

/** The official SDK's server with sessions. */
async function serveOfficial(json: boolean) {
  const requests: string[] = [];
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    enableJsonResponse: json,
  });
  const server = new McpServer(
    { name: 'official', version: '1.2.3' },
    { capabilities: { tools: {} } },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [
      { name: 'hello', description: 'Greets\n  a name.', inputSchema: { type: 'object' } },
      { name: 'bye\x1b[31m', inputSchema: { type: 'object' } },
    ],
  }));
  await server.connect(transport as Parameters<typeof server.connect>[0]);
  cleanups.push(() => void server.close());
  const upstream = await serve((request, response) => {
    requests.push(request.method ?? '');
    void transport.handleRequest(request, response);
  });
  return { ...upstream, requests };
}

describe('an MCP server', () => {
  test.each([
    ['JSON answers', true],
    ['event streams', false],
  ])('of the official SDK with %s: its tools, and the session is ended', async (_name, json) => {
    const upstream = await serveOfficial(json);
    expect(await sdkMcpClient.probe(upstream.url, 10_000)).toEqual({
      kind: 'mcp',
      serverName: 'official',
      serverVersion: '1.2.3',
      tools: [
        { name: 'hello', description: 'Greets a name.', callable: true },
        { name: 'bye', description: undefined },
      ],
    });
    expect(upstream.requests).toEqual(['POST', 'POST', 'POST', 'DELETE']);
    await allClosed(upstream);
  });

  test('tools of every page', async () => {
    const upstream = await serveRpc(({ method, params }) =>
      method === 'initialize'
        ? initialized({ tools: {} })
        : params.cursor === undefined
          ? { tools: [{ name: 'a', inputSchema: { type: 'object' } }], nextCursor: 'p2' }
          : { tools: [{ name: `b-${params.cursor}`, inputSchema: { type: 'object' } }] },
    );
    expect(await sdkMcpClient.probe(upstream.url, 10_000)).toMatchObject({
      kind: 'mcp',
      tools: [{ name: 'a' }, { name: 'b-p2' }],
    });
  });

  test('a name is asked over IPv4, as the proxy dials it', async () => {
    const upstream = await serveRpc(({ method }) =>
      method === 'initialize' ? initialized() : { tools: [] },
    );
    const url = upstream.url.replace('127.0.0.1', 'localhost');
    expect(await sdkMcpClient.probe(url, 10_000)).toMatchObject({ kind: 'mcp' });
  });

  test('pages without end', async () => {
    const upstream = await serveRpc(({ method }) =>
      method === 'initialize'
        ? initialized()
        : { tools: [{ name: 'a', inputSchema: { type: 'object' } }], nextCursor: 'again' },
    );
    const answer = await sdkMcpClient.probe(upstream.url, 10_000);
    expect(answer).toMatchObject({ kind: 'mcp' });
    expect(answer.kind === 'mcp' && answer.tools.length).toBe(20);
  });

  test('one that has no tools at all', async () => {
    const upstream = await serveRpc(({ method }) =>
      method === 'initialize' ? initialized() : new Error('Method not found', { cause: -32601 }),
    );
    expect(await sdkMcpClient.probe(upstream.url, 10_000)).toEqual({
      kind: 'mcp',
      serverName: 'by hand',
      serverVersion: '0',
      tools: [],
    });
  });
});

describe('an HTTP status', () => {
  test.each([400, 401, 403, 404, 405, 406, 421, 429, 500, 502, 503])(
    '%i, whatever the text says',
    async (status) => {
      const upstream = await serve((_request, response) => {
        response
          .writeHead(status, {
            'content-type': 'text/plain',
            'www-authenticate': 'Bearer resource_metadata="http://127.0.0.1:1/x"',
          })
          .end('HTTP 200 OK, 404, 500');
      });
      expect(await sdkMcpClient.probe(upstream.url, 10_000)).toEqual({ kind: 'http', status });
      await allClosed(upstream);
    },
  );

  test.each([301, 302, 307, 308])('%i is told and not followed', async (status) => {
    const paths: (string | undefined)[] = [];
    const upstream = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(status, { location: '/mcp/?state=secret' }).end();
    });
    expect(await sdkMcpClient.probe(upstream.url, 10_000)).toEqual({
      kind: 'http',
      status,
      location: '/mcp/',
    });
    expect(paths).toEqual(['/mcp']);
  });

  test('after a good start: the one that ended it', async () => {
    const upstream = await serve(async (request, response) => {
      const message = JSON.parse(await bodyOf(request)) as RpcMessage;
      if (message.method !== 'initialize')
        return void response.writeHead(message.id === undefined ? 202 : 502).end();
      answerJson(response, { jsonrpc: '2.0', id: message.id, result: initialized() });
    });
    expect(await sdkMcpClient.probe(upstream.url, 10_000)).toEqual({ kind: 'http', status: 502 });
  });
});

describe('no MCP', () => {
  const page =
    (type: string, body: string) => (_request: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(200, { 'content-type': type }).end(body);
  test.each([
    ['a web page', page('text/html', '<!doctype html><title>Wiki</title>'), /text\/html/],
    ['broken JSON', page('application/json', '{"jsonrpc":'), /not JSON$/],
    ['other JSON', page('application/json', '{"ok":true}'), /not MCP’s JSON-RPC/],
    [
      'broken JSON in an event stream',
      page('text/event-stream', 'data: {"jsonrpc":\n\n'),
      /not JSON$/,
    ],
    [
      'nothing with 202',
      (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(202).end(),
      /HTTP 202 without content/,
    ],
  ])('%s', async (_name, listener, detail) => {
    const upstream = await serve(listener);
    expect(await sdkMcpClient.probe(upstream.url, 10_000)).toEqual({
      kind: 'not-mcp',
      detail: expect.stringMatching(detail),
    });
    await allClosed(upstream);
  });

  test('an event stream that ends without an answer', async () => {
    const upstream = await serve(page('text/event-stream', ': nothing\n\n'));
    expect(await sdkMcpClient.probe(upstream.url, 300)).toEqual({
      kind: 'not-mcp',
      detail: 'its event stream ends without an answer',
    });
  });

  test('a JSON-RPC error, in its own words, made harmless', async () => {
    const upstream = await serveRpc(() => new Error('go away\x1b[2J', { cause: -32600 }));
    expect(await sdkMcpClient.probe(upstream.url, 10_000)).toEqual({
      kind: 'not-mcp',
      detail: expect.stringMatching(/^\P{Cc}*go away$/u),
    });
  });

  test('something that is not HTTP', async () => {
    const upstream = await listening(
      createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')),
    );
    expect(await sdkMcpClient.probe(upstream.url, 10_000)).toEqual({
      kind: 'not-mcp',
      detail: 'it does not speak HTTP',
    });
  });

  test.each(['application/json', 'text/event-stream'])(
    'an endless body of %s is cut off',
    async (type) => {
      const upstream = await serve((_request, response) => {
        response.writeHead(200, { 'content-type': type });
        const chunk = 'data: '.padEnd(65_536, 'x');
        const more = () => {
          while (response.writable && response.write(chunk));
        };
        response.on('drain', more);
        more();
      });
      expect(await sdkMcpClient.probe(upstream.url, 20_000)).toEqual({
        kind: 'not-mcp',
        detail: 'it sends more than 2048 KiB',
      });
      await allClosed(upstream);
    },
  );
});

describe('no connection', () => {
  test('nothing listens', async () => {
    const server = createTcpServer();
    const { url } = await listening(server);
    server.close();
    await once(server, 'close');
    expect(await sdkMcpClient.probe(url, 10_000)).toEqual({
      kind: 'unreachable',
      code: 'ECONNREFUSED',
    });
  });

  test('the connection is closed before an answer', async () => {
    const upstream = await listening(
      createTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
    );
    expect(await sdkMcpClient.probe(upstream.url, 10_000)).toEqual({
      kind: 'unreachable',
      code: 'ECONNRESET',
    });
  });

  test('the connection breaks inside an answer', async () => {
    const upstream = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"jsonrpc"', () => response.socket?.resetAndDestroy());
    });
    expect(await sdkMcpClient.probe(upstream.url, 10_000)).toEqual({
      kind: 'unreachable',
      code: 'ECONNRESET',
    });
  });

  // A label of 64 characters is refused by the resolver itself: nothing is sent.
  test('a name that does not resolve', async () => {
    const answer = await sdkMcpClient.probe(`http://${'a'.repeat(64)}.example:9000/mcp`, 20_000);
    expect(answer).toMatchObject({
      kind: 'unreachable',
      code: expect.stringMatching(/^E(NOTFOUND|AI_AGAIN)$/),
    });
  });

  test.each(['', 'not a url', 'ftp://127.0.0.1/', 'http://', 'http://127.0.0.1:99999/'])(
    '%j',
    async (url) => {
      expect(await sdkMcpClient.probe(url, 10_000)).toEqual({
        kind: 'unreachable',
        code: 'ERR_INVALID_URL',
      });
    },
  );

  test('a port that browsers refuse is asked all the same', async () => {
    expect(await sdkMcpClient.probe('http://127.0.0.1:6000/mcp', 10_000)).toMatchObject({
      kind: 'unreachable',
      code: 'ECONNREFUSED',
    });
  });
});

describe('silence', () => {
  test.each([
    ['no answer at all', (_request: IncomingMessage, _response: ServerResponse) => undefined],
    [
      'an event stream that stays empty',
      (_request: IncomingMessage, response: ServerResponse) =>
        void response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders(),
    ],
    [
      'an answer that never ends',
      (_request: IncomingMessage, response: ServerResponse) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write('{');
      },
    ],
  ])('%s', async (_name, listener) => {
    const upstream = await serve(listener);
    expect(await sdkMcpClient.probe(upstream.url, 200)).toEqual({ kind: 'timeout' });
    await allClosed(upstream);
  });

  test('a server that does not let go of its session is left', async () => {
    const upstream = await serve(async (request, response) => {
      if (request.method === 'DELETE') return;
      const message = JSON.parse(await bodyOf(request)) as RpcMessage;
      response.setHeader('mcp-session-id', 's1');
      if (message.id === undefined) return void response.writeHead(202).end();
      answerJson(response, {
        jsonrpc: '2.0',
        id: message.id,
        result: message.method === 'initialize' ? initialized() : { tools: [] },
      });
    });
    expect(await sdkMcpClient.probe(upstream.url, 10_000)).toMatchObject({ kind: 'mcp' });
    await allClosed(upstream);
  });
});

describe('https', () => {
  function selfSigned(altName: { type: number; value?: string; ip?: string }) {
    const keys = pki.rsa.generateKeyPair(2048);
    const certificate = pki.createCertificate();
    certificate.publicKey = keys.publicKey;
    certificate.serialNumber = '01';
    certificate.validity.notBefore = new Date(Date.now() - 86_400_000);
    certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
    const name = [{ name: 'commonName', value: 'upstream' }];
    certificate.setSubject(name);
    certificate.setIssuer(name);
    certificate.setExtensions([
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [altName] },
    ]);
    certificate.sign(keys.privateKey, md.sha256.create());
    return { cert: pki.certificateToPem(certificate), key: pki.privateKeyToPem(keys.privateKey) };
  }
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const message = JSON.parse(await bodyOf(request)) as RpcMessage;
    if (message.id === undefined) return void response.writeHead(202).end();
    answerJson(response, {
      jsonrpc: '2.0',
      id: message.id,
      result: message.method === 'initialize' ? initialized() : { tools: [] },
    });
  };

  test('an unknown CA is told with its code, a given CA is trusted', async () => {
    const pair = selfSigned({ type: 7, ip: '127.0.0.1' });
    const upstream = await listening(createTlsServer(pair, answer), 'https');
    expect(await sdkMcpClient.probe(upstream.url, 10_000)).toEqual({
      kind: 'unreachable',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(
      await sdkMcpClient.probe(upstream.url, 10_000, { caPem: pair.cert, systemCas: false }),
    ).toMatchObject({ kind: 'mcp' });
    expect(
      await sdkMcpClient.probe(upstream.url, 10_000, { caPem: pair.cert, systemCas: true }),
    ).toMatchObject({ kind: 'mcp' });
    expect(await sdkMcpClient.probe(upstream.url, 10_000, { systemCas: true })).toMatchObject({
      kind: 'unreachable',
    });
  });

  test('a certificate for another name', async () => {
    const pair = selfSigned({ type: 2, value: 'other.example' });
    const upstream = await listening(createTlsServer(pair, answer), 'https');
    expect(
      await sdkMcpClient.probe(upstream.url, 10_000, { caPem: pair.cert, systemCas: false }),
    ).toEqual({ kind: 'unreachable', code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  test('plain HTTP where TLS is expected', async () => {
    const upstream = await serve((_request, response) => void response.end());
    const reply = await sdkMcpClient.probe(upstream.url.replace('http:', 'https:'), 10_000);
    expect(reply).toMatchObject({
      kind: 'unreachable',
      code: expect.stringMatching(/^(EPROTO|ERR_SSL_)/),
    });
  });
});

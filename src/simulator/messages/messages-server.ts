import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listening } from '../container/listening.ts';
import type { Edge } from '../edge/edge.ts';
import { ApiError } from './api-error.ts';
import { answerRequest } from './mcp-connector.ts';
import { type MessagesRequest, readRequest } from './read-request.ts';
import type { Workspaces } from './workspaces.ts';

/** Larger requests are refused (413). */
const mostBytes = 1024 * 1024;
/** How long servers may take, all together. */
const connectorTimeoutMs = 30_000;

/** Models there are: the vendor's families, whatever their version. */
const models = /^claude-(?:opus|sonnet|haiku|fable|mythos)-\d/;

export interface MessagesServerOptions {
  readonly edge: Edge;
  readonly workspaces: Workspaces;
  /** What the API says instead of an answer to a request that is in order; undefined: an answer. */
  readonly refuse?: (request: MessagesRequest) => ApiError | undefined;
}

/** `x-api-key`, or as the SDKs send it since the API's version 2026-10-21: as a bearer. */
function keyOf({ headers }: IncomingMessage): string | undefined {
  const own = headers['x-api-key'];
  if (typeof own === 'string') return own;
  return /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
}

function workspaceOf(request: IncomingMessage, workspaces: Workspaces): string {
  const key = keyOf(request);
  if (key === undefined) throw new ApiError(401, 'x-api-key header is required');
  const workspace = key.startsWith('sk-ant-api') ? workspaces.workspaceOfKey(key) : undefined;
  if (workspace === undefined) throw new ApiError(401, 'invalid x-api-key');
  return workspace;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new ApiError(413, 'Request exceeds the maximum size');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new ApiError(400, 'The request body is not valid JSON.');
  }
}

function assertOwnTunnels(
  { servers }: MessagesRequest,
  workspaces: Workspaces,
  workspace: string,
): void {
  for (const { url } of servers) {
    const owner = workspaces.workspaceOfHost(new URL(url).hostname);
    if (owner !== undefined && owner !== workspace)
      throw new ApiError(403, 'Your API key does not have permission to use this MCP tunnel.');
  }
}

async function answer(
  { edge, workspaces, refuse }: MessagesServerOptions,
  request: IncomingMessage,
): Promise<unknown> {
  const { pathname } = new URL(request.url ?? '/', 'http://api');
  const workspace = workspaceOf(request, workspaces);
  if (pathname !== '/v1/messages') throw new ApiError(404, 'Not found');
  if (request.method !== 'POST') throw new ApiError(405, 'Method Not Allowed');
  if (request.headers['anthropic-version'] === undefined)
    throw new ApiError(400, 'anthropic-version: header is required');
  const betas = String(request.headers['anthropic-beta'] ?? '').split(/\s*,\s*/);
  const asked = readRequest(await bodyOf(request), betas, models);
  const refused = refuse?.(asked);
  if (refused) throw refused;
  assertOwnTunnels(asked, workspaces, workspace);
  const content = await answerRequest(edge, asked, AbortSignal.timeout(connectorTimeoutMs));
  return {
    id: `msg_${randomBytes(12).toString('hex')}`,
    type: 'message',
    role: 'assistant',
    model: asked.model,
    content,
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 612, output_tokens: 96 },
  };
}

function say(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): void {
  response
    .writeHead(status, { ...headers, 'content-type': 'application/json' })
    .end(JSON.stringify(body));
}

/** The vendor's API as far as a call through a tunnel needs it: HTTP for the official SDK to talk to. */
export function messagesServer(options: MessagesServerOptions): Server {
  return createServer((request, response) => {
    const id = `req_${randomBytes(12).toString('hex')}`;
    answer(options, request).then(
      (message) => say(response, 200, { 'request-id': id }, message),
      (error: unknown) => {
        const refused = error instanceof ApiError ? error : new ApiError(500, 'Internal error');
        request.resume();
        say(response, refused.status, { ...refused.headers, 'request-id': id }, refused.body(id));
      },
    );
  });
}

export interface RunningApi {
  readonly url: string;
  close(): Promise<void>;
}

/** The same, listening on a free port of this host. */
export async function listenForMessages(options: MessagesServerOptions): Promise<RunningApi> {
  const server = messagesServer(options);
  await listening(server, 0, '127.0.0.1');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no TCP port was bound');
  return {
    url: `http://127.0.0.1:${bound.port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

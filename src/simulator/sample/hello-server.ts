import { randomUUID } from 'node:crypto';
import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';

/** Path of the MCP endpoint, as the guide's sample server has it (facts 4.6). */
const path = '/mcp';

/** An HTTP server with the sample's one tool, `hello(name)`, over Streamable HTTP with sessions. */
export function helloServer(): HttpServer {
  const sessions = new Map<string, StreamableHTTPServerTransport>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (new URL(request.url ?? '/', 'http://sample').pathname !== path) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not Found');
      return;
    }
    const id = request.headers['mcp-session-id'];
    if (typeof id === 'string') {
      const session = sessions.get(id);
      if (session) await session.handleRequest(request, response);
      else response.writeHead(404, { 'content-type': 'text/plain' }).end('Session not found');
      return;
    }
    // The transport itself refuses what does not begin a session: 406 for a bare GET, 400 else.
    const session = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (created) => {
        sessions.set(created, session);
      },
      onsessionclosed: (closed) => {
        sessions.delete(closed);
      },
    });
    const server = toolServer();
    // The transport's optional callbacks are typed without `undefined`; ours are set by connect().
    await server.connect(session as Parameters<typeof server.connect>[0]);
    await session.handleRequest(request, response);
  }

  return createServer((request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
}

function toolServer(): Server {
  const server = new Server({ name: 'hello', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [
      {
        name: 'hello',
        description: 'Say hello.',
        inputSchema: {
          type: 'object' as const,
          properties: { name: { type: 'string' } },
          required: ['name'],
        },
      },
    ],
  }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
    if (params.name !== 'hello')
      throw new McpError(ErrorCode.InvalidParams, `Unknown tool: ${params.name}`);
    const name = params.arguments?.['name'];
    if (typeof name !== 'string')
      throw new McpError(ErrorCode.InvalidParams, 'name: a string is required');
    return { content: [{ type: 'text' as const, text: `Hello, ${name}!` }] };
  });
  return server;
}

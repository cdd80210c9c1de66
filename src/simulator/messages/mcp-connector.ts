import { randomBytes } from 'node:crypto';
import { isRecord } from '../../domain/plain-data.ts';
import type { Edge } from '../edge/edge.ts';
import { ApiError } from './api-error.ts';
import type { MessagesRequest, RequestedServer } from './read-request.ts';
import { type NoServer, ServerConnection, ServerUnreached, textOf } from './server-connection.ts';

/** The vendor's client, as servers see it. */
const clientName = { name: 'Anthropic/API', version: '1.0.0' };

/** The documented or observed words for a server that could not be used (facts 7.1). */
function refusalOf({ kind, status }: NoServer, { name }: RequestedServer): ApiError {
  if (kind === 'http' && (status === 401 || status === 403)) {
    return new ApiError(
      400,
      `Invalid authorization token for MCP server '${name}'. Please check your token and try again.`,
    );
  }
  if (kind === 'http') return new ApiError(400, `MCP server error (HTTP ${status})`);
  return new ApiError(
    400,
    kind === 'connection'
      ? 'Connection error while communicating with MCP server. The server may be unavailable or unresponsive.'
      : 'MCP server returned an error while listing tools.',
  );
}

interface OfferedTool {
  readonly server: RequestedServer;
  readonly connection: ServerConnection;
  readonly name: string;
  readonly required: Readonly<Record<string, unknown>>;
}

/** A value for each required property, as a model makes one up. */
function inputFor(required: OfferedTool['required']): Record<string, unknown> {
  const values: Readonly<Record<string, unknown>> = {
    number: 1,
    integer: 1,
    boolean: true,
    array: [],
    object: {},
  };
  return Object.fromEntries(
    Object.entries(required).map(([name, schema]) => {
      const type = isRecord(schema) && typeof schema['type'] === 'string' ? schema['type'] : '';
      return [name, values[type] ?? 'tunnel'];
    }),
  );
}

async function offeredBy(
  server: RequestedServer,
  connection: ServerConnection,
  signal: AbortSignal,
): Promise<readonly OfferedTool[]> {
  const { tools } = await connection.client.listTools(undefined, { signal });
  return tools
    .filter(({ name }) => server.enabled(name))
    .map(({ name, inputSchema: { properties = {}, required = [] } }) => ({
      server,
      connection,
      name,
      required: Object.fromEntries(required.map((key) => [key, properties[key]])),
    }));
}

async function callOffered(tool: OfferedTool, signal: AbortSignal): Promise<readonly unknown[]> {
  const id = `mcptoolu_${randomBytes(12).toString('hex')}`;
  const { name, server, connection } = tool;
  const input = inputFor(tool.required);
  const request = { name, arguments: input };
  const result = await connection.client
    .callTool(request, undefined, { signal })
    .then(({ isError, content }) => ({ isError: isError === true, text: textOf(content) }))
    .catch((error: unknown) => {
      const why = connection.explain(error);
      if (why.kind !== 'protocol') throw refusalOf(why, server);
      return { isError: true, text: why.reason };
    });
  return [
    { type: 'mcp_tool_use', id, name, server_name: server.name, input },
    {
      type: 'mcp_tool_result',
      tool_use_id: id,
      is_error: result.isError,
      content: [{ type: 'text', text: result.text }],
    },
  ];
}

/**
 * Answers a request as Claude with the MCP connector would: it connects to every server through the
 * edge, and uses the tool that the question names, if it is offered one.
 * @throws ApiError for a server that cannot be used.
 */
export async function answerRequest(
  edge: Edge,
  { question, servers }: MessagesRequest,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const connections: ServerConnection[] = [];
  try {
    const offered: OfferedTool[] = [];
    for (const server of servers) {
      const { url, authorization } = server;
      try {
        const connection = await ServerConnection.open(edge, {
          url,
          ...clientName,
          ...(authorization === undefined ? {} : { authorization }),
          signal,
        });
        connections.push(connection);
        offered.push(...(await offeredBy(server, connection, signal)));
      } catch (error) {
        if (error instanceof ServerUnreached) throw refusalOf(error.why, server);
        const why = connections.at(-1)?.explain(error);
        throw refusalOf(why ?? { kind: 'protocol', reason: String(error) }, server);
      }
    }
    const wanted = offered.find(({ name }) => question.includes(name));
    if (!wanted) {
      const names = offered.map(({ name }) => name).join(', ');
      return [{ type: 'text', text: `I have no such tool. I have: ${names || 'none'}.` }];
    }
    const used = await callOffered(wanted, signal);
    return [
      { type: 'text', text: `I'll use ${wanted.name}.` },
      ...used,
      { type: 'text', text: 'That is what it answered.' },
    ];
  } finally {
    for (const connection of connections) await connection.close();
  }
}

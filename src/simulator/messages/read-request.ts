import { isRecord } from '../../domain/plain-data.ts';
import { ApiError } from './api-error.ts';

/** One server of a request with its toolset. */
export interface RequestedServer {
  readonly name: string;
  readonly url: string;
  readonly authorization: string | undefined;
  /** Whether a tool of this name is offered to the model. */
  readonly enabled: (tool: string) => boolean;
}

export interface MessagesRequest {
  readonly model: string;
  /** What the last message asks. */
  readonly question: string;
  readonly servers: readonly RequestedServer[];
}

/** Betas under which the MCP connector takes toolsets. */
const connectorBetas = ['mcp-client-2025-11-20', 'mcp-client-2026-09-15'];

function wrong(message: string): ApiError {
  return new ApiError(400, message);
}

function textIn(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(`${name}: Field required`);
}

function listIn(value: unknown, name: string): readonly Record<string, unknown>[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every(isRecord)) return value;
  throw wrong(`${name}: Input should be a valid list`);
}

function enabledBy(toolset: Record<string, unknown>): RequestedServer['enabled'] {
  const { default_config: usual, configs } = toolset;
  const flag = (config: unknown) =>
    isRecord(config) && typeof config['enabled'] === 'boolean' ? config['enabled'] : undefined;
  return (tool) =>
    flag(isRecord(configs) && Object.hasOwn(configs, tool) ? configs[tool] : undefined) ??
    flag(usual) ??
    true;
}

function questionOf(messages: readonly Record<string, unknown>[]): string {
  const content = messages.at(-1)?.['content'];
  if (typeof content === 'string') return content;
  return listIn(content, 'messages.content')
    .map((block) => (typeof block['text'] === 'string' ? block['text'] : ''))
    .join('\n');
}

function serversOf(
  servers: readonly Record<string, unknown>[],
  toolsets: readonly Record<string, unknown>[],
): readonly RequestedServer[] {
  const names = servers.map(({ name }, index) => textIn(name, `mcp_servers.${index}.name`));
  if (new Set(names).size < names.length) throw wrong('mcp_servers: names must be unique');
  const stray = toolsets.find(({ mcp_server_name: name }) => !names.some((each) => each === name));
  if (stray) throw wrong(`tools: no MCP server named '${String(stray['mcp_server_name'])}'`);
  return servers.map((server, index) => {
    const name = names[index] ?? '';
    const url = textIn(server['url'], `mcp_servers.${index}.url`);
    if (server['type'] !== 'url') throw wrong(`mcp_servers.${index}.type: Input should be 'url'`);
    if (!url.startsWith('https://') || !URL.canParse(url))
      throw wrong(`mcp_servers.${index}.url: URL must use HTTPS`);
    const own = toolsets.filter((toolset) => toolset['mcp_server_name'] === name);
    const [toolset] = own;
    if (!toolset || own.length > 1)
      throw wrong(`tools: MCP server '${name}' must be referenced by exactly one mcp_toolset`);
    const token = server['authorization_token'];
    return {
      name,
      url,
      authorization: typeof token === 'string' ? token : undefined,
      enabled: enabledBy(toolset),
    };
  });
}

/**
 * Reads the body of a request as the API documents it (facts 7.1).
 * @throws ApiError 400 or 404.
 */
export function readRequest(
  body: unknown,
  betas: readonly string[],
  models: RegExp,
): MessagesRequest {
  if (!isRecord(body)) throw wrong('The request body is not valid JSON.');
  const model = textIn(body['model'], 'model');
  if (!models.test(model)) throw new ApiError(404, `model: ${model}`);
  const most = body['max_tokens'];
  if (typeof most !== 'number' || most < 1)
    throw wrong('max_tokens: Input should be greater than or equal to 1');
  const messages = listIn(body['messages'], 'messages');
  if (messages.length === 0) throw wrong('messages: at least one message is required');
  if (body['mcp_servers'] !== undefined && !betas.some((beta) => connectorBetas.includes(beta)))
    throw wrong('mcp_servers: Extra inputs are not permitted');
  const tools = listIn(body['tools'], 'tools');
  return {
    model,
    question: questionOf(messages),
    servers: serversOf(
      listIn(body['mcp_servers'], 'mcp_servers'),
      tools.filter(({ type }) => type === 'mcp_toolset'),
    ),
  };
}

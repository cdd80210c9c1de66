import { rootCertificates } from 'node:tls';
import { cleanLine } from '../domain/log-line.ts';
import type { McpAnswer, McpClient, McpTool, UpstreamTrust } from '../ports/mcp-client.ts';
import { networkErrorCode } from './network-error-code.ts';
import { HttpStatus, NoAnswer, type ProbeFetch, probeFetch } from './probe-fetch.ts';

/** Time to end a session after the answer is known; a server that ignores it is left alone. */
const goodbyeMs = 1000;
/** Pages of `tools/list` that are read: a server can invent cursors for ever. */
const mostPages = 20;
const longestText = 200;
/** JSON-RPC 2.0: the server has no such method. */
const methodNotFound = -32601;

class Late extends Error {}

function short(text: string): string {
  const line = cleanLine(text.replace(/\s+/g, ' ').trim());
  return line.length <= longestText ? line : `${line.slice(0, longestText - 1).toWellFormed()}…`;
}

function trusted(trust: UpstreamTrust | undefined): readonly string[] | undefined {
  if (trust?.caPem === undefined) return undefined;
  return trust.systemCas ? [...rootCertificates, trust.caPem] : [trust.caPem];
}

function withoutAnswer(error: unknown, http: ProbeFetch): McpAnswer {
  if (error instanceof Late) {
    return http.streamEnded()
      ? { kind: 'not-mcp', detail: 'its event stream ends without an answer' }
      : { kind: 'timeout' };
  }
  const failure = http.failure() ?? error;
  if (failure instanceof HttpStatus) {
    const { status } = failure;
    // Without query and fragment: a sign-in puts its secrets there.
    const location = failure.location?.replace(/[?#].*$/s, '');
    return {
      kind: 'http',
      status,
      ...(location === undefined ? {} : { location: short(location) }),
    };
  }
  if (failure instanceof NoAnswer) return { kind: 'not-mcp', detail: failure.message };
  const code = networkErrorCode(failure);
  if (code.startsWith('HPE_')) return { kind: 'not-mcp', detail: 'it does not speak HTTP' };
  if (code !== 'unknown') return { kind: 'unreachable', code };
  if (failure instanceof SyntaxError) return { kind: 'not-mcp', detail: 'its answer is not JSON' };
  const name = failure instanceof Error ? failure.name : '';
  if (name.endsWith('ZodError'))
    return { kind: 'not-mcp', detail: 'its answer is not MCP’s JSON-RPC' };
  return {
    kind: 'not-mcp',
    detail: short(failure instanceof Error ? failure.message : String(failure)),
  };
}

/** The SDK's modules take 100 ms and more to load, so only a probe loads them. */
async function loadSdk() {
  const [{ Client }, { StreamableHTTPClientTransport }, { ListToolsResultSchema }] =
    await Promise.all([
      import('@modelcontextprotocol/sdk/client/index.js'),
      import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
      import('@modelcontextprotocol/sdk/types.js'),
    ]);
  return { Client, StreamableHTTPClientTransport, ListToolsResultSchema };
}

type Sdk = Awaited<ReturnType<typeof loadSdk>>;
type SdkClient = InstanceType<Sdk['Client']>;

/** Every tool's name. Not by the client's own `listTools`, which compiles the server's schemas. */
async function listTools(sdk: Sdk, client: SdkClient, timeout: number): Promise<McpTool[]> {
  const tools: McpTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const request = { method: 'tools/list' as const, params };
    const answer = await client.request(request, sdk.ListToolsResultSchema, { timeout });
    for (const { name, description, inputSchema, annotations = {} } of answer.tools) {
      const changes = annotations.readOnlyHint === false || annotations.destructiveHint === true;
      // A name that had to be cleaned or cut is not the one to call.
      const isName = short(name) === name;
      const isCallable = !inputSchema.required?.length && !changes && isName;
      const isReadOnly = annotations.readOnlyHint === true && !changes && isName;
      tools.push({
        name: short(name),
        description: description === undefined ? undefined : short(description),
        ...(isCallable ? { callable: true as const } : {}),
        ...(isReadOnly ? { readOnly: true as const } : {}),
      });
    }
    cursor = answer.nextCursor;
    if (cursor === undefined) break;
  }
  return tools;
}

function isMethodNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === methodNotFound;
}

async function probe(url: string, timeoutMs: number, trust?: UpstreamTrust): Promise<McpAnswer> {
  if (!/^https?:/i.test(url) || !URL.canParse(url))
    return { kind: 'unreachable', code: 'ERR_INVALID_URL' };
  const sdk = await loadSdk();
  const http = probeFetch(trusted(trust));
  const { promise: broken, reject } = Promise.withResolvers<never>();
  const deadline = setTimeout(() => reject(new Late()), timeoutMs);
  // It loses every race that succeeds, and must not count as unhandled then.
  broken.catch(() => undefined);

  const client = new sdk.Client({ name: 'mcp-tunnel', version: '1' });
  const transport = new sdk.StreamableHTTPClientTransport(new URL(url), { fetch: http.fetch });
  // An answer that cannot be read is only reported here, while the request would wait on.
  transport.onerror = reject;

  const ask = async (): Promise<McpAnswer> => {
    // The SDK's own timer must not win: it would hide what the deadline knows.
    const timeout = timeoutMs + 60_000;
    await client.connect(transport, { timeout });
    const { name = '', version = '' } = client.getServerVersion() ?? {};
    const tools = await listTools(sdk, client, timeout).catch((error: unknown) => {
      if (isMethodNotFound(error)) return [];
      throw error;
    });
    return { kind: 'mcp', serverName: short(name), serverVersion: short(version), tools };
  };

  try {
    return await Promise.race([ask(), broken]);
  } catch (error) {
    return withoutAnswer(error, http);
  } finally {
    clearTimeout(deadline);
    const goodbye = Promise.withResolvers<void>();
    const patience = setTimeout(goodbye.resolve, goodbyeMs);
    await Promise.race([transport.terminateSession().catch(() => undefined), goodbye.promise]);
    clearTimeout(patience);
    await client.close();
  }
}

/**
 * MCP by the official SDK over a `fetch` that keeps statuses and error codes, which the SDK turns
 * into texts. A probe takes at most `timeoutMs` and a second more to end the session.
 */
export const sdkMcpClient: McpClient = { probe };

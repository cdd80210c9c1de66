import { Failure } from '../domain/failure.ts';
import { isRecord } from '../domain/plain-data.ts';
import { toolVersion } from '../domain/version.ts';
import type { ToolAnswer, VendorSide } from '../ports/mcp-client.ts';
import type { Edge } from './edge/edge.ts';
import { EdgeFailure } from './edge/edge-failure.ts';
import { edgeFetch, type Fetch } from './edge/edge-fetch.ts';

/** The longest piece of an answer that an error text takes up. */
const longestQuote = 200;

/** Calls a tool as the vendor's own client does: an official MCP client behind the simulated edge. */
export class SimulatedVendorSide implements VendorSide {
  readonly name = 'simulated edge';
  readonly #edge: Edge;

  constructor(edge: Edge) {
    this.#edge = edge;
  }

  async servedCertificate({
    host,
    timeoutMs,
  }: {
    host: string;
    timeoutMs: number;
  }): Promise<string> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return await this.#edge.servedCertificate({ host, signal });
    } catch (error) {
      const reason = error instanceof EdgeFailure ? edgeReason(error) : String(error);
      throw new Failure('verification-failed', `The vendor's side could not reach ${host}.`, {
        found: signal.aborted ? `no answer within ${timeoutMs} ms` : reason,
        expected: 'a TLS handshake through edge, cloudflared and proxy',
        nextSteps: ['docker compose logs mcp-proxy cloudflared'],
        cause: error,
      });
    }
  }

  async callTool(call: Parameters<VendorSide['callTool']>[0]): Promise<ToolAnswer> {
    const signal = AbortSignal.timeout(call.timeoutMs);
    const watched = watchedFetch(edgeFetch(this.#edge), signal);
    // Heavy to load, and the first screen does not need it.
    const [{ Client }, { StreamableHTTPClientTransport }] = await Promise.all([
      import('@modelcontextprotocol/sdk/client/index.js'),
      import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
    ]);
    const client = new Client({ name: 'mcp-tunnel-rehearsal', version: toolVersion });
    try {
      const transport = new StreamableHTTPClientTransport(new URL(call.url), {
        fetch: watched.fetch,
      });
      // The transport's optional callbacks are typed without `undefined`; connect() sets them.
      await client.connect(transport as Parameters<typeof client.connect>[0], { signal });
      const result = await client.callTool(
        { name: call.tool, arguments: { ...call.arguments } },
        undefined,
        { signal },
      );
      return { isError: result.isError === true, text: textOf(result.content) };
    } catch (error) {
      throw failure(
        call.url,
        signal.aborted ? `no answer within ${call.timeoutMs} ms` : watched.reason(error),
        error,
      );
    } finally {
      await client.close().catch(() => undefined);
    }
  }
}

/** A fetch that remembers why it failed: the SDK passes on a text, we want the reason. */
function watchedFetch(
  fetch: Fetch,
  deadline: AbortSignal,
): { fetch: Fetch; reason: (thrown: unknown) => string } {
  let last: string | undefined;
  return {
    fetch: async (url, init = {}) => {
      const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
      try {
        const response = await fetch(url, { ...init, signal });
        // A GET that opens no event stream is refused by many servers, and rightly.
        if (!response.ok && (init.method ?? 'GET') === 'POST')
          last = await refusal(response.clone());
        return response;
      } catch (error) {
        last = error instanceof EdgeFailure ? edgeReason(error) : undefined;
        throw error;
      }
    },
    reason: (thrown) => last ?? (thrown instanceof Error ? thrown.message : String(thrown)),
  };
}

async function refusal(response: Response): Promise<string> {
  const body = (await response.text()).trim().slice(0, longestQuote);
  const said = `MCP server error (HTTP ${response.status})${body === '' ? '' : `: ${body}`}`;
  const line = body.startsWith('No route configured for host') ? 'no route for host' : undefined;
  return line === undefined ? said : `${said}; the proxy's log says: ${line}`;
}

function edgeReason({ message, logLine, reason }: EdgeFailure): string {
  const program = reason === 'certificate-refused' ? "the proxy's log" : "cloudflared's log";
  return logLine === undefined ? message : `${message}; ${program} says: ${logLine}`;
}

function failure(url: string, reason: string, cause: unknown): Failure {
  return new Failure('verification-failed', `The vendor's side could not call ${url}.`, {
    found: reason,
    expected: "the tool's answer through edge, cloudflared, inner TLS and proxy",
    nextSteps: ['docker compose logs mcp-proxy cloudflared'],
    cause,
  });
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content
    .map((part) =>
      isRecord(part) && typeof part['text'] === 'string'
        ? part['text']
        : `[${isRecord(part) ? String(part['type']) : typeof part}]`,
    )
    .join('\n');
}

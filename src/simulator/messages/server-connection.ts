import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Edge } from '../edge/edge.ts';
import { EdgeFailure } from '../edge/edge-failure.ts';
import { edgeFetch, type Fetch } from '../edge/edge-fetch.ts';

/** The longest piece of an answer that an error text takes up. */
const longestQuote = 200;

/** Why the vendor's side got nothing of an MCP server. */
export interface NoServer {
  /** `connection`: nothing came back from behind the edge. `http`: a status. `protocol`: no MCP. */
  readonly kind: 'connection' | 'http' | 'protocol';
  /** With `http`. */
  readonly status?: number;
  /** In words, with the line in the operator's logs where one is documented. */
  readonly reason: string;
}

/** An official MCP client on the vendor's side of the edge, connected to one routed server. */
export class ServerConnection {
  readonly client: Client;
  readonly #watched: WatchedFetch;

  private constructor(client: Client, watched: WatchedFetch) {
    this.client = client;
    this.#watched = watched;
  }

  /** Connects and initializes. @throws whatever the client throws; `explain` of the failure says why. */
  static async open(
    edge: Edge,
    options: {
      readonly url: string;
      readonly name: string;
      readonly version: string;
      readonly authorization?: string;
      readonly signal: AbortSignal;
    },
  ): Promise<ServerConnection> {
    const { url, name, version, authorization, signal } = options;
    const watched = new WatchedFetch(edgeFetch(edge), signal);
    // Heavy to load, and the first screen does not need it.
    const [{ Client }, { StreamableHTTPClientTransport }] = await Promise.all([
      import('@modelcontextprotocol/sdk/client/index.js'),
      import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
    ]);
    const client = new Client({ name, version });
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      fetch: watched.fetch,
      ...(authorization === undefined
        ? {}
        : { requestInit: { headers: { authorization: `Bearer ${authorization}` } } }),
    });
    try {
      // The transport's optional callbacks are typed without `undefined`; connect() sets them.
      await client.connect(transport as Parameters<typeof client.connect>[0], { signal });
    } catch (error) {
      await client.close().catch(() => undefined);
      throw new ServerUnreached(watched.explain(error), error);
    }
    return new ServerConnection(client, watched);
  }

  explain(thrown: unknown): NoServer {
    return this.#watched.explain(thrown);
  }

  async close(): Promise<void> {
    await this.client.close().catch(() => undefined);
  }
}

/** A connection that never came to be. */
export class ServerUnreached extends Error {
  override readonly name = 'ServerUnreached';
  readonly why: NoServer;

  constructor(why: NoServer, cause: unknown) {
    super(why.reason, { cause });
    this.why = why;
  }
}

/** A fetch that remembers why it failed: the SDK passes on a text, we want the reason. */
class WatchedFetch {
  readonly fetch: Fetch;
  #last: NoServer | undefined;

  constructor(fetch: Fetch, deadline: AbortSignal) {
    this.fetch = async (url, init = {}) => {
      const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
      try {
        const response = await fetch(url, { ...init, signal });
        // A GET that opens no event stream is refused by many servers, and rightly.
        if (!response.ok && (init.method ?? 'GET') === 'POST')
          this.#last = await refusal(response.clone());
        return response;
      } catch (error) {
        this.#last = error instanceof EdgeFailure ? edgeReason(error) : undefined;
        throw error;
      }
    };
  }

  explain(thrown: unknown): NoServer {
    if (this.#last) return this.#last;
    return {
      kind: 'protocol',
      reason: thrown instanceof Error ? thrown.message : String(thrown),
    };
  }
}

async function refusal(response: Response): Promise<NoServer> {
  const { status } = response;
  const body = (await response.text()).trim().slice(0, longestQuote);
  const said = `MCP server error (HTTP ${status})${body === '' ? '' : `: ${body}`}`;
  const line = body.startsWith('No route configured for host') ? 'no route for host' : undefined;
  const reason = line === undefined ? said : `${said}; the proxy's log says: ${line}`;
  return { kind: 'http', status, reason };
}

/** What the operator's logs say of a request that did not get through the edge. */
export function edgeReason({ message, logLine, reason }: EdgeFailure): NoServer {
  const program = reason === 'certificate-refused' ? "the proxy's log" : "cloudflared's log";
  const words = logLine === undefined ? message : `${message}; ${program} says: ${logLine}`;
  return { kind: 'connection', reason: words };
}

/** The text of a tool's answer; other kinds of content by their name. */
export function textOf(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => {
      if (typeof part !== 'object' || part === null) return `[${typeof part}]`;
      if ('text' in part && typeof part.text === 'string') return part.text;
      return `[${'type' in part ? String(part.type) : 'object'}]`;
    })
    .join('\n');
}

import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** A probed server may send this much per answer. */
const mostBytes = 2 * 1024 * 1024;

/** The server answered with a status outside 2xx. */
export class HttpStatus extends Error {
  readonly status: number;
  readonly location: string | undefined;

  constructor(status: number, location: string | undefined) {
    super(`HTTP ${status}`);
    this.status = status;
    this.location = location;
  }
}

/** The server spoke HTTP, but what it said cannot be the answer to a JSON-RPC request. */
export class NoAnswer extends Error {}

export interface ProbeFetch {
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>;
  /** The first thing that went wrong below HTTP's success; kept because callers may wrap or lose it. */
  failure(): unknown;
  /** True if the last event stream ended by itself. */
  streamEnded(): boolean;
}

/**
 * `fetch` for probing a server that may be broken or hostile: over IPv4 as the proxy dials (facts
 * 4.1), any port, one connection a request, identity encoding, redirects reported and not followed,
 * every answer bounded. A status outside 2xx rejects with `HttpStatus`. The optional stream that MCP
 * clients open with GET is declined without asking the server: a probe has no use for it. The
 * caller's signal closes what is open.
 */
export function probeFetch(ca: readonly string[] | undefined): ProbeFetch {
  let firstFailure: unknown;
  let ended = false;

  const failed = (error: unknown): unknown => {
    firstFailure ??= error;
    return error;
  };

  async function* bounded(response: IncomingMessage): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    try {
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        bytes += chunk.length;
        if (bytes > mostBytes) throw new NoAnswer(`it sends more than ${mostBytes / 1024} KiB`);
        yield chunk;
      }
      ended = true;
    } catch (error) {
      throw failed(error);
    }
  }

  const send = (url: URL, init: RequestInit): Promise<IncomingMessage> => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const options = {
      method: init.method ?? 'GET',
      headers: Object.fromEntries(new Headers(init.headers)),
      family: 4,
      agent: false,
      ...(init.signal ? { signal: init.signal } : {}),
    };
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, ...(ca ? { ca: [...ca] } : {}) })
        : httpRequest(url, options);
    request.on('error', reject);
    request.on('response', (response) => {
      // A body that nobody reads breaks when the signal aborts; readers hear of it by themselves.
      response.on('error', () => undefined);
      resolve(response);
    });
    request.end(typeof init.body === 'string' ? init.body : undefined);
    return promise;
  };

  const fetch = async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (init.method === 'GET' && !headers.has('last-event-id')) {
      return new Response(null, { status: 405 });
    }
    ended = false;
    try {
      const response = await send(new URL(url), init);
      const status = response.statusCode ?? 0;
      if (status < 200 || status > 299) {
        response.destroy();
        throw new HttpStatus(status, response.headers.location);
      }
      if (status === 202 || status === 204 || status === 205) {
        response.destroy();
        if (expectsAnswer(init.body))
          throw new NoAnswer(`it answers HTTP ${status} without content`);
        return new Response(null, { status });
      }
      return new Response(ReadableStream.from(bounded(response)), {
        status,
        headers: singleHeaders(response),
      });
    } catch (error) {
      throw failed(error);
    }
  };

  return {
    fetch,
    failure: () => firstFailure,
    streamEnded: () => ended,
  };
}

/** True for a JSON-RPC request, which has an id; false for a notification and for no body. */
function expectsAnswer(body: RequestInit['body']): boolean {
  if (typeof body !== 'string') return false;
  const message: unknown = JSON.parse(body);
  return typeof message === 'object' && message !== null && 'id' in message && 'method' in message;
}

function singleHeaders(response: IncomingMessage): [string, string][] {
  return Object.entries(response.headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : [],
  );
}

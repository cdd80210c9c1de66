import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { Edge } from './edge.ts';

/** The shape of `fetch` that the MCP SDK takes. */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Answers that must not have a body (Fetch standard 2.2.3). */
const bodiless = new Set([101, 204, 205, 304]);

/**
 * A `fetch` for tunnel URLs that goes through the edge, so that an ordinary HTTP client stands on
 * the vendor's side. Bodies stream both ways. Rejects with EdgeFailure, or the signal's reason.
 */
export function edgeFetch(edge: Edge): Fetch {
  return async (url, init = {}) => {
    const request = new Request(
      url,
      init.body instanceof ReadableStream ? { ...init, duplex: 'half' } : init,
    );
    const { hostname, pathname, search } = new URL(request.url);
    const signal = init.signal ?? undefined;
    const response = await edge.request({
      host: hostname,
      path: `${pathname}${search}`,
      method: request.method,
      headers: Object.fromEntries(request.headers),
      // The DOM's and Node's stream types differ in name only.
      ...(request.body ? { body: Readable.fromWeb(request.body as NodeReadableStream) } : {}),
      ...(signal ? { signal } : {}),
    });
    const status = response.statusCode ?? 502;
    const headers = new Headers();
    for (const [name, value] of Object.entries(response.headers)) {
      for (const each of [value ?? []].flat()) headers.append(name, each);
    }
    if (bodiless.has(status)) {
      response.resume();
      return new Response(null, { status, headers });
    }
    const abort = (): void => {
      response.destroy();
    };
    signal?.addEventListener('abort', abort, { once: true });
    response.once('close', () => signal?.removeEventListener('abort', abort));
    return new Response(Readable.toWeb(response) as ReadableStream, { status, headers });
  };
}

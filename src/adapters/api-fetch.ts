import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** More than any answer to a small question. */
const mostBytes = 4 * 1024 * 1024;

/**
 * What the SDK needs to say. It takes others from `ANTHROPIC_CUSTOM_HEADERS` by itself: they are not
 * the operator's word for this request.
 */
const sentHeaders =
  /^(?:accept|content-type|user-agent|authorization|anthropic-version|anthropic-beta|x-stainless-.*)$/;

/** Variables that name a web proxy, and hosts that need none. */
export interface ProxyVariables {
  readonly HTTPS_PROXY?: string;
  readonly https_proxy?: string;
  readonly NO_PROXY?: string;
  readonly no_proxy?: string;
}

function isLoopback(url: URL): boolean {
  return /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      response.destroy();
      throw new Error(`the answer is larger than ${mostBytes / 1024 / 1024} MiB`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * A `fetch` for one API: through the web proxy that the variables name (Node's own does not ask them),
 * headers of the request alone, redirects not followed (a key goes to one place), the whole answer read
 * before it is given, so that a deadline covers it.
 */
export function apiFetch(
  proxy: ProxyVariables,
): (url: string | URL | Request, init?: RequestInit) => Promise<Response> {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = [...new Headers(init.headers)].filter(([name]) => sentHeaders.test(name));
    const options = {
      method: init.method ?? 'GET',
      headers: { ...Object.fromEntries(headers), 'accept-encoding': 'identity' },
      ...(init.signal ? { signal: init.signal } : {}),
    };
    const send = () =>
      new Promise<IncomingMessage>((resolve, reject) => {
        const request =
          url.protocol === 'https:'
            ? httpsRequest(url, { ...options, agent: new HttpsAgent({ proxyEnv: { ...proxy } }) })
            : httpRequest(url, {
                ...options,
                agent: new HttpAgent(isLoopback(url) ? {} : { proxyEnv: { ...proxy } }),
              });
        request.on('error', reject);
        request.on('response', resolve);
        request.end(typeof init.body === 'string' ? init.body : undefined);
      });
    try {
      const response = await send();
      return responseOf(response, await bodyOf(response));
    } catch (error) {
      // Aborted while the body was read, it looks like a broken connection.
      init.signal?.throwIfAborted();
      throw error;
    }
  };
}

function responseOf({ statusCode = 502, headers }: IncomingMessage, body: Buffer): Response {
  const answered = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  );
  const isBodiless = [204, 205, 304].includes(statusCode);
  return new Response(isBodiless ? null : new Uint8Array(body), {
    status: statusCode,
    headers: answered,
  });
}

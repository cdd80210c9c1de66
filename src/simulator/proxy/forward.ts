import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { rootCertificates } from 'node:tls';
import type { ContainerView, DialTarget } from '../container/container-view.ts';
import { errnoOf, goErrnoText } from '../container/errno.ts';
import { findRoute } from './find-route.ts';
import { type ProxyConfig, portOf } from './proxy-config.ts';
import type { ProxyLog } from './proxy-log.ts';

/** How long the proxy waits for an upstream to accept. Undocumented. */
const dialTimeout = 10_000;

/** Headers that belong to one hop (RFC 9110 7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface Forwarding {
  readonly config: ProxyConfig;
  readonly view: ContainerView;
  readonly log: ProxyLog;
  /** Content of `upstream.tls.ca_file`. */
  readonly upstreamCa: Buffer | undefined;
}

/**
 * Carries one request to the upstream of its host and streams the answer back; path, query and
 * Host are unchanged. What goes wrong is logged with the lines of facts 4.2 and answered 502.
 */
export async function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  parts: Forwarding,
): Promise<void> {
  const { config, log } = parts;
  const host = incoming.headers.host ?? '';
  log('info', 'request started', { host, method: incoming.method, path: incoming.url });
  const upstream = findRoute(host, config.routes, config.tunnelDomain);
  if (upstream === undefined) {
    log('warn', 'no route for host', { host });
    refuse(outgoing, 'No route configured for host');
    return;
  }
  let address: string;
  let target: DialTarget;
  try {
    address = await permittedAddress(upstream, parts);
    target = dial(parts.view, address, portOf(upstream));
  } catch (error) {
    log('error', 'upstream request failed', {
      host,
      upstream: upstream.origin,
      error: text(error),
    });
    refuse(outgoing, 'Bad Gateway');
    return;
  }
  send(incoming, outgoing, { ...parts, upstream, address, target, host });
}

async function permittedAddress(upstream: URL, { config, view }: Forwarding): Promise<string> {
  let found: readonly string[];
  try {
    found = await view.resolve(upstream.hostname);
  } catch (error) {
    const why = errnoOf(error) === 'ENOTFOUND' ? 'no such host' : text(error);
    throw new Error(`dial tcp: lookup ${upstream.hostname}: ${why}`, { cause: error });
  }
  const [address] = found;
  if (address === undefined) throw new Error(`dial tcp: lookup ${upstream.hostname}: no such host`);
  const refused = found.find((each) => !config.mayDial(each));
  if (refused !== undefined)
    throw new Error(`IP validation failed: ${refused} is not a private address`);
  return address;
}

function dial(view: ContainerView, address: string, port: number): DialTarget {
  try {
    return view.dialTarget(address, port);
  } catch (error) {
    throw new Error(`dial tcp ${address}:${port}: ${goErrnoText(error)}`, { cause: error });
  }
}

interface Exchange extends Forwarding {
  readonly upstream: URL;
  readonly address: string;
  readonly target: DialTarget;
  readonly host: string;
}

function send(incoming: IncomingMessage, outgoing: ServerResponse, exchange: Exchange): void {
  const { upstream, target, log, host } = exchange;
  const started = Date.now();
  const options = {
    ...target,
    method: incoming.method,
    path: incoming.url,
    headers: forwarded(incoming.headers),
    agent: false,
    timeout: dialTimeout,
  } as const;
  const request =
    upstream.protocol === 'https:'
      ? httpsRequest({ ...options, servername: upstream.hostname, ca: trusted(exchange) })
      : httpRequest(options);
  request.once('socket', (socket) => {
    socket.once('connect', () => request.setTimeout(0));
  });
  request.once('timeout', () =>
    request.destroy(Object.assign(new Error('i/o timeout'), { code: 'ETIMEDOUT' })),
  );
  request.once('response', (response) => {
    outgoing.writeHead(response.statusCode ?? 502, forwarded(response.headers));
    outgoing.flushHeaders();
    response.once('error', () => outgoing.destroy());
    response.pipe(outgoing);
    outgoing.once('close', () => {
      response.destroy();
      log('info', 'request completed', {
        host,
        status: response.statusCode,
        duration_ms: Date.now() - started,
      });
    });
  });
  request.on('error', (error) => {
    if (outgoing.destroyed || outgoing.headersSent) {
      outgoing.destroy();
      return;
    }
    log('error', 'upstream request failed', {
      host,
      upstream: upstream.origin,
      error: `dial tcp ${exchange.address}:${portOf(upstream)}: ${goErrnoText(error)}`,
    });
    refuse(outgoing, 'Bad Gateway');
  });
  outgoing.once('close', () => request.destroy());
  incoming.pipe(request);
}

function trusted({ config, upstreamCa }: Forwarding): (string | Buffer)[] {
  return [
    ...(config.upstreamTls?.includeSystemCas ? rootCertificates : []),
    ...(upstreamCa === undefined ? [] : [upstreamCa]),
  ];
}

function forwarded(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
}

function refuse(outgoing: ServerResponse, body: string): void {
  outgoing.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' });
  outgoing.end(`${body}\n`);
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

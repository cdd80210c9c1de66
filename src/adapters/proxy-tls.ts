import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { WebSocket } from 'ws';
import { Failure } from '../domain/failure.ts';
import type { ProxyTls } from '../ports/proxy-tls.ts';

type Request = Parameters<ProxyTls['servedCertificate']>[0];

async function openWebSocket(
  { address, port, host }: Request,
  signal: AbortSignal,
): Promise<WebSocket> {
  const { WebSocket: Client } = await import('ws');
  const webSocket = new Client(`ws://${address}:${port}/`, {
    headers: { host },
    perMessageDeflate: false,
    maxPayload: 1024 * 1024,
    followRedirects: false,
  });
  // Also after the wait for it is over: a socket that is being torn down still tells why.
  webSocket.on('error', () => undefined);
  try {
    await once(webSocket, 'open', { signal });
  } catch (error) {
    webSocket.terminate();
    throw error;
  }
  return webSocket;
}

async function handshake(wire: Duplex, host: string, signal: AbortSignal): Promise<TLSSocket> {
  const { connect } = await import('node:tls');
  wire.on('error', () => wire.destroy());
  // Looked at, not trusted: nothing is sent to it.
  const tls = connect({ socket: wire, servername: host, rejectUnauthorized: false });
  tls.on('error', () => undefined);
  const lost = once(wire, 'close').then(() => {
    throw new Error('the connection ended before there was a handshake');
  });
  await Promise.race([once(tls, 'secureConnect', { signal }), lost]);
  return tls;
}

async function look(request: Request, signal: AbortSignal): Promise<string> {
  const { createWebSocketStream } = await import('ws');
  const webSocket = await openWebSocket(request, signal);
  try {
    const tls = await handshake(createWebSocketStream(webSocket), request.host, signal);
    const shown = tls.getPeerX509Certificate();
    if (!shown) throw new Error('the proxy showed no certificate');
    // close_notify and the close frame: the proxy sees an orderly end, and logs nothing.
    await new Promise<void>((resolve) => tls.end(resolve));
    return shown.fingerprint256.replaceAll(':', '').toLowerCase();
  } finally {
    webSocket.close();
    setTimeout(() => webSocket.terminate(), 1000).unref();
  }
}

/** Reaches proxies by the addresses of their containers: on Linux, from the engine's own machine. */
export const proxyTls: ProxyTls = {
  async servedCertificate(request) {
    const signal = AbortSignal.timeout(request.timeoutMs);
    try {
      return await look(request, signal);
    } catch (error) {
      const { address, port, timeoutMs } = request;
      const said = error instanceof Error ? error.message : String(error);
      throw new Failure('verification-failed', `No TLS handshake with ${address}:${port}.`, {
        found: signal.aborted ? `no answer within ${timeoutMs} ms` : said,
        expected: 'a WebSocket with TLS inside',
        cause: error,
      });
    }
  },
};

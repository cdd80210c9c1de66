import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { handshakeErrorText } from './handshake-error.ts';
import type { ProxyLog } from './proxy-log.ts';
import type { ServerCertificate } from './server-certificate.ts';

export interface TunnelListener {
  /** The plaintext server to bind to `listen_addr`. */
  readonly server: Server;
  /** Stops accepting, lets requests finish for at most `timeout` ms, then cuts what is left. */
  close(timeout: number): Promise<void>;
}

/**
 * The proxy's listener: plaintext HTTP that only answers WebSocket upgrades; the binary frames of a
 * WebSocket carry a TLS connection, and that one HTTP/1.1 (facts 4.2: TLS is inside).
 */
export function tunnelListener(
  certificate: ServerCertificate,
  log: ProxyLog,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): TunnelListener {
  const active = new Set<ServerResponse>();
  let drained: (() => void) | undefined;
  const inner = createServer((request, response) => {
    active.add(response);
    response.once('close', () => {
      active.delete(response);
      if (active.size === 0) drained?.();
    });
    handle(request, response);
  });
  const streams = new Set<Duplex>();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const server = createServer((_request, response) => {
    response.writeHead(426, { connection: 'close', upgrade: 'websocket' });
    response.end('Upgrade Required\n');
  });

  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const stream = createWebSocketStream(webSocket);
      streams.add(stream);
      stream.once('close', () => streams.delete(stream));
      stream.on('error', () => stream.destroy());
      const tls = new TLSSocket(stream, { isServer: true, secureContext: certificate.current() });
      let secured = false;
      tls.on('error', (error) => {
        if (!secured) log('error', 'tls handshake failed', { error: handshakeErrorText(error) });
        stream.destroy();
      });
      tls.once('secure', () => {
        secured = true;
        inner.emit('connection', tls);
      });
      tls.once('close', () => stream.destroy());
    });
  });

  return {
    server,
    close: async (timeout) => {
      server.close();
      if (active.size > 0) {
        await new Promise<void>((resolve) => {
          drained = resolve;
          setTimeout(resolve, timeout).unref();
        });
      }
      for (const stream of streams) stream.destroy();
      server.closeAllConnections();
    },
  };
}

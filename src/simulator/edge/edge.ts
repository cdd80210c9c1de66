import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { createWebSocketStream, WebSocket } from 'ws';
import { errnoOf } from '../container/errno.ts';
import { listening } from '../container/listening.ts';
import { Connectors } from './connectors.ts';
import { EdgeFailure } from './edge-failure.ts';
import { innerTls, type SecuredConnection } from './inner-tls.ts';
import { versionNegotiation } from './quic.ts';
import type { EdgeTunnel, TunnelDirectory } from './tunnel-directory.ts';

export interface EdgeOptions {
  readonly directory: TunnelDirectory;
  /** Address to listen on; loopback unless told. Never all addresses. */
  readonly host?: string;
  /** TCP and UDP; 0, the default, takes a free one. */
  readonly port?: number;
  readonly now?: () => Date;
}

/** A request of the vendor's side to a tunnel host. */
export interface EdgeRequest {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Readable | Uint8Array | string;
  readonly signal?: AbortSignal;
}

/**
 * The vendor's edge: what cloudflared dials, and the vendor's own client behind it. A request goes
 * edge → cloudflared → WebSocket → TLS against the registered CA → HTTP/1.1.
 */
export class Edge {
  readonly host: string;
  readonly port: number;
  readonly #server: Server;
  readonly #udp: UdpSocket;
  readonly #directory: TunnelDirectory;
  readonly #connectors: Connectors;
  readonly #now: () => Date;

  private constructor(
    server: Server,
    udp: UdpSocket,
    port: number,
    connectors: Connectors,
    options: EdgeOptions,
  ) {
    this.host = options.host ?? '127.0.0.1';
    this.port = port;
    this.#server = server;
    this.#udp = udp;
    this.#directory = options.directory;
    this.#connectors = connectors;
    this.#now = options.now ?? (() => new Date());
  }

  /** Starts listening. @throws with `code` EADDRINUSE if a given port is taken. */
  static async listen(options: EdgeOptions): Promise<Edge> {
    const connectors = new Connectors(options.directory);
    const host = options.host ?? '127.0.0.1';
    for (;;) {
      const server = createServer((socket) => connectors.accept(socket));
      await listening(server, options.port ?? 0, host);
      const bound = server.address();
      if (bound === null || typeof bound === 'string') throw new Error('no TCP port was bound');
      const udp = createSocket('udp4');
      udp.on('message', (datagram, peer) => {
        const answer = versionNegotiation(datagram);
        if (answer) udp.send(answer, peer.port, peer.address);
      });
      try {
        udp.bind(bound.port, host);
        await once(udp, 'listening');
        return new Edge(server, udp, bound.port, connectors, options);
      } catch (error) {
        server.close();
        udp.close();
        // A free TCP port whose UDP twin is taken: try another pair.
        if (errnoOf(error) !== 'EADDRINUSE' || options.port) throw error;
      }
    }
  }

  /** Connections that cloudflared has registered for the tunnel with this UUID. */
  connections(tunnel: string): number {
    return this.#connectors.count(tunnel);
  }

  /** Ends a tunnel's connections. */
  drop(tunnel: string): void {
    this.#connectors.drop(tunnel);
  }

  async close(): Promise<void> {
    this.#connectors.close();
    this.#udp.close();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  /**
   * Sends a request to a tunnel host and resolves with the answer's head; its body streams.
   * @throws EdgeFailure if it never reached the routes of the proxy.
   */
  async request(request: EdgeRequest): Promise<IncomingMessage> {
    return this.#secured(request, async ({ tls }) => {
      const response = await exchange(tls, request);
      response.once('close', () => tls.destroy());
      return response;
    });
  }

  /**
   * SHA-256 of the certificate with which the proxy of a tunnel host passes the handshake, lower-case
   * hex.
   * @throws EdgeFailure if there was no handshake, or the certificate was refused.
   */
  async servedCertificate(request: Pick<EdgeRequest, 'host' | 'signal'>): Promise<string> {
    return this.#secured(request, async ({ tls, shown }) => {
      tls.destroy();
      return shown.fingerprint256.replaceAll(':', '').toLowerCase();
    });
  }

  async #secured<T>(
    request: Pick<EdgeRequest, 'host' | 'signal'>,
    use: (connection: SecuredConnection) => Promise<T>,
  ): Promise<T> {
    const tunnel = this.#tunnelOf(request.host);
    if (tunnel.certificates.length === 0) {
      throw new EdgeFailure(
        'no-certificate',
        `the tunnel ${tunnel.domain} has no active CA certificate`,
      );
    }
    const stream = await this.#connectors.openStream(tunnel.tunnel);
    try {
      const webSocket = await openWebSocket(stream, request);
      const wire = createWebSocketStream(webSocket);
      wire.on('error', () => wire.destroy());
      const secured = await innerTls(wire, {
        host: request.host,
        registered: tunnel.certificates,
        now: this.#now(),
        ...(request.signal ? { signal: request.signal } : {}),
      });
      return await use(secured);
    } catch (error) {
      // A refusal's alert is still on its way: end, do not cut.
      stream.end();
      throw error;
    }
  }

  #tunnelOf(host: string): EdgeTunnel {
    const name = host.toLowerCase();
    const found = this.#directory
      .tunnels()
      .find(({ domain, archived }) => !archived && name.endsWith(`.${domain}`));
    if (!found) throw new EdgeFailure('unknown-tunnel', `no tunnel serves ${host}`);
    return found;
  }
}

/** The upgrade travels through cloudflared to its `--url`. */
function openWebSocket(
  stream: Socket,
  { host, signal }: Pick<EdgeRequest, 'host' | 'signal'>,
): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const webSocket = new WebSocket(`ws://${host}/`, {
      createConnection: () => stream,
      perMessageDeflate: false,
      handshakeTimeout: 10_000,
      ...(signal ? { signal } : {}),
    });
    webSocket.once('open', () => resolve(webSocket));
    webSocket.once('unexpected-response', (_request, response) => {
      response.resume();
      webSocket.once('error', () => undefined);
      const line = response.statusCode === 502 ? 'Unable to reach the origin service' : undefined;
      reject(
        new EdgeFailure(
          'origin-unreachable',
          `cloudflared answered ${response.statusCode}: its origin did not`,
          line,
        ),
      );
      webSocket.terminate();
    });
    webSocket.once('error', (error) => {
      reject(new EdgeFailure('connection-lost', 'cloudflared ended the stream', undefined, error));
    });
  });
}

function exchange(
  tls: Socket,
  { host, path, method, headers, body, signal }: EdgeRequest,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      createConnection: () => tls,
      host,
      path,
      method,
      headers: { ...headers, host, connection: 'close' },
      ...(signal ? { signal } : {}),
    });
    outgoing.once('response', resolve);
    outgoing.on('error', (error) => {
      reject(
        new EdgeFailure(
          'connection-lost',
          `the proxy ended the connection: ${error.message}`,
          undefined,
          error,
        ),
      );
      tls.destroy();
    });
    if (body instanceof Readable) {
      body.once('error', (error) => outgoing.destroy(error));
      body.pipe(outgoing);
    } else {
      outgoing.end(body);
    }
  });
}

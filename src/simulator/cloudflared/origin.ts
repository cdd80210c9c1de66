import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { ContainerView, DialTarget } from '../container/container-view.ts';
import { goErrnoText } from '../container/errno.ts';
import type { CloudflaredLog } from './cloudflared-log.ts';

/** Serves the requests that the edge sends down a stream by asking the origin. */
export interface Origin {
  /** Takes over a stream. */
  serve(stream: Socket): void;
  /** Streams that are open. */
  readonly open: ReadonlySet<Socket>;
}

/**
 * Carries requests, WebSocket upgrades included, to `url` unchanged. Without a URL every request is
 * answered 503 (facts 9 row 14), with a dead origin 502.
 */
export function originAt(url: string, view: ContainerView, log: CloudflaredLog): Origin {
  const open = new Set<Socket>();
  const server: Server = createServer((incoming, outgoing) => {
    void carry(incoming, outgoing);
  });
  server.requestTimeout = 0;
  server.on('upgrade', (incoming: IncomingMessage, stream: Socket, head: Buffer) => {
    void upgrade(incoming, stream, head);
  });

  async function target(): Promise<DialTarget & { readonly name: string }> {
    const { hostname, port } = new URL(url);
    const number = port === '' ? 80 : Number(port);
    const addresses = await view.resolve(hostname);
    const address = addresses[0] ?? hostname;
    return { ...view.dialTarget(address, number), name: `${address}:${number}` };
  }

  function unreachable(error: unknown, name: string): void {
    log('ERR', 'Request failed', {
      connIndex: 0,
      error: `Unable to reach the origin service. The service may be down or it may not be responding to traffic from cloudflared: dial tcp ${name}: ${goErrnoText(error)}`,
      originService: url,
    });
  }

  async function carry(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (url === '') {
      outgoing.writeHead(503).end();
      return;
    }
    try {
      const { name, ...place } = await target();
      const onward = request({
        ...place,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
        agent: false,
      });
      onward.once('response', (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
      });
      onward.on('error', (error) => {
        unreachable(error, name);
        if (outgoing.headersSent) outgoing.destroy();
        else outgoing.writeHead(502).end();
      });
      incoming.pipe(onward);
    } catch (error) {
      unreachable(error, new URL(url).host);
      outgoing.writeHead(502).end();
    }
  }

  async function upgrade(incoming: IncomingMessage, stream: Socket, head: Buffer): Promise<void> {
    stream.on('error', () => stream.destroy());
    const answer = (line: string): void => {
      stream.end(`HTTP/1.1 ${line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    };
    if (url === '') {
      answer('503 Service Unavailable');
      return;
    }
    try {
      const { name, ...place } = await target();
      const onward = request({
        ...place,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
        agent: false,
      });
      onward.once('upgrade', (response, socket, firstBytes) => {
        socket.on('error', () => socket.destroy());
        stream.write(responseHead(response));
        stream.write(firstBytes);
        socket.write(head);
        stream.pipe(socket).pipe(stream);
        stream.once('close', () => socket.destroy());
        socket.once('close', () => stream.destroy());
      });
      onward.once('response', (response) => {
        response.resume();
        answer(`${response.statusCode ?? 502} ${response.statusMessage ?? ''}`);
      });
      onward.on('error', (error) => {
        unreachable(error, name);
        answer('502 Bad Gateway');
      });
      onward.end();
    } catch (error) {
      unreachable(error, new URL(url).host);
      answer('502 Bad Gateway');
    }
  }

  return {
    open,
    serve: (stream) => {
      open.add(stream);
      stream.once('close', () => open.delete(stream));
      server.emit('connection', stream);
    },
  };
}

function responseHead(response: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${response.statusCode} ${response.statusMessage}`];
  for (let index = 0; index + 1 < response.rawHeaders.length; index += 2) {
    lines.push(`${response.rawHeaders[index]}: ${response.rawHeaders[index + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { proxyTls } from '../../src/adapters/proxy-tls.ts';
import { makeServer } from '../simulator/openssl.ts';
import { domain, Stack } from '../simulator/stack.ts';

const host = `echo.${domain}`;

function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
}

/** Listens on loopback until disposed of, with everybody who has connected. */
async function listening(server: Server) {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  return {
    port: bound.port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const ask = (port: number, timeoutMs = 10_000) =>
  proxyTls.servedCertificate({ address: '127.0.0.1', port, host, timeoutMs });

test('tells the certificate that a proxy shows, before and after it has read a new one', async () => {
  await using stack = await Stack.start();
  const first = makeServer(stack.ca, domain);
  stack.writePair(first);
  stack.writeConfig('{}');
  const proxy = stack.proxy();
  await proxy.lines.line('proxy listening');
  const port = stack.table.realPort('proxy', 8080) ?? 0;
  expect(await ask(port)).toBe(fingerprintOf(first.certificate));
  const second = makeServer(stack.ca, domain);
  stack.writePair(second);
  await proxy.lines.line('tls certificate reloaded');
  expect(await ask(port)).toBe(fingerprintOf(second.certificate));
  // Asking leaves nothing in the proxy’s log that a person would take for trouble.
  expect(proxy.lines.all.filter((line) => !line.includes('"level":"INFO"'))).toEqual([]);
});

test('what it serves is the certificate of the edge’s view, too', async () => {
  await using stack = await Stack.start();
  await stack.connected();
  const port = stack.table.realPort('proxy', 8080) ?? 0;
  expect(await stack.edge.servedCertificate({ host })).toBe(await ask(port));
});

describe('no handshake', () => {
  test('nobody listens', async () => {
    const port = await (async () => {
      await using gone = await listening(createTcpServer());
      return gone.port;
    })();
    await expect(ask(port)).rejects.toMatchObject({
      code: 'verification-failed',
      summary: `No TLS handshake with 127.0.0.1:${port}.`,
      found: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('no WebSocket is spoken there', async () => {
    await using plain = await listening(createServer((_request, response) => response.end('hi')));
    await expect(ask(plain.port)).rejects.toMatchObject({
      found: expect.stringContaining('200'),
    });
  });

  test('a WebSocket without TLS in it', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (each) =>
      each.once('message', () => each.send(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    );
    await using talker = await listening(server);
    await expect(ask(talker.port)).rejects.toMatchObject({ code: 'verification-failed' });
  });

  test('a WebSocket that is closed at once', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (each) => each.close());
    await using closer = await listening(server);
    await expect(ask(closer.port)).rejects.toMatchObject({
      found: expect.stringMatching(/ended before|disconnected|CLOSING/u),
    });
  });

  test.each(['before', 'after'])('silence %s the upgrade ends with the time', async (when) => {
    const server = when === 'before' ? createTcpServer() : createServer();
    if (when === 'after')
      new WebSocketServer({ server: server as ReturnType<typeof createServer> });
    await using silent = await listening(server);
    await expect(ask(silent.port, 200)).rejects.toMatchObject({ found: 'no answer within 200 ms' });
  });
});

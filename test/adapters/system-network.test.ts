import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { systemNetwork } from '../../src/adapters/system-network.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function listening(server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  cleanups.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port that nothing listens on: bound once and given back. */
async function closedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('lookup', () => {
  test('knows /etc/hosts', async () => {
    expect(await systemNetwork.lookup('localhost')).toEqual({ ok: true, addresses: ['127.0.0.1'] });
  });

  test('an address is its own answer', async () => {
    expect(await systemNetwork.lookup('192.0.2.7')).toEqual({ ok: true, addresses: ['192.0.2.7'] });
  });

  test('a name that cannot exist has a code', async () => {
    const answer = await systemNetwork.lookup('no spaces in names');
    expect(answer.ok).toBe(false);
    expect(answer).toMatchObject({ code: expect.stringMatching(/^E[A-Z_]+$/) });
  });
});

describe('connect', () => {
  test('says which address accepted', async () => {
    const port = await listening(createServer());
    expect(await systemNetwork.connect('localhost', port, 5000)).toEqual({
      ok: true,
      address: '127.0.0.1',
    });
  });

  test('says that nothing listens', async () => {
    expect(await systemNetwork.connect('127.0.0.1', await closedPort(), 5000)).toEqual({
      ok: false,
      code: 'ECONNREFUSED',
    });
  });

  test('does not leave the connection open', async () => {
    const server = createServer();
    const port = await listening(server);
    const arrived = once(server, 'connection');
    await systemNetwork.connect('127.0.0.1', port, 5000);
    const [socket] = (await arrived) as [Socket];
    socket.resume();
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });

  test('a port that is none is an answer too', async () => {
    expect(await systemNetwork.connect('127.0.0.1', 70_000, 5000)).toEqual({
      ok: false,
      code: 'ERR_SOCKET_BAD_PORT',
    });
  });

  test('a name that does not resolve is an answer too', async () => {
    expect(await systemNetwork.connect('no spaces in names', 80, 5000)).toMatchObject({
      ok: false,
    });
  });
});

describe('httpDate', () => {
  test('status and date of a server', async () => {
    const port = await listening(
      createHttpServer((request, response) => {
        response
          .writeHead(request.method === 'HEAD' ? 404 : 500, {
            date: 'Mon, 23 Nov 2026 10:00:00 GMT',
          })
          .end();
      }),
    );
    expect(await systemNetwork.httpDate(`http://127.0.0.1:${port}/`, 5000)).toEqual({
      ok: true,
      status: 404,
      date: new Date('2026-11-23T10:00:00Z'),
    });
  });

  test('a redirect is an answer, not a way', async () => {
    const paths: (string | undefined)[] = [];
    const port = await listening(
      createHttpServer((request, response) => {
        paths.push(request.url);
        response.writeHead(301, { location: '/elsewhere' }).end();
      }),
    );
    expect(await systemNetwork.httpDate(`http://127.0.0.1:${port}/x`, 5000)).toMatchObject({
      ok: true,
      status: 301,
    });
    expect(paths).toEqual(['/x']);
  });

  test.each([[undefined], ['yesterday']])('date header %j is no date', async (date) => {
    const port = await listening(
      createHttpServer((_request, response) => {
        response.sendDate = false;
        if (date) response.setHeader('date', date);
        response.end();
      }),
    );
    expect(await systemNetwork.httpDate(`http://127.0.0.1:${port}/`, 5000)).toEqual({
      ok: true,
      status: 200,
      date: undefined,
    });
  });

  test('a server that never answers', async () => {
    const port = await listening(createServer());
    expect(await systemNetwork.httpDate(`http://127.0.0.1:${port}/`, 100)).toEqual({
      ok: false,
      code: 'timeout',
    });
  });

  test('nothing listens', async () => {
    expect(await systemNetwork.httpDate(`http://127.0.0.1:${await closedPort()}/`, 5000)).toEqual({
      ok: false,
      code: 'ECONNREFUSED',
    });
  });

  test('something else than HTTP', async () => {
    const port = await listening(createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    expect(await systemNetwork.httpDate(`http://127.0.0.1:${port}/`, 5000)).toMatchObject({
      ok: false,
      code: expect.stringMatching(/^HPE_/),
    });
  });

  test('plain text where TLS is expected', async () => {
    const port = await listening(
      createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    expect(await systemNetwork.httpDate(`https://127.0.0.1:${port}/`, 5000)).toMatchObject({
      ok: false,
      code: expect.stringMatching(/^(ERR_SSL_|EPROTO)/),
    });
  });

  test.each(['not a url', 'ftp://127.0.0.1/', 'https://127.0.0.1:99999/'])(
    '%j is an answer too',
    async (url) => {
      expect(await systemNetwork.httpDate(url, 5000)).toMatchObject({
        ok: false,
        code: expect.stringMatching(/^ERR_INVALID_/),
      });
    },
  );
});

describe('answersQuic', () => {
  test('false where nothing answers over UDP', async () => {
    const socket = createSocket('udp4');
    cleanups.push(() => socket.close());
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    expect(await systemNetwork.answersQuic('localhost', socket.address().port, 100)).toBe(false);
  });

  test('true where version negotiation comes back', async () => {
    const socket = createSocket('udp4', (datagram, from) => {
      const ids = [...datagram.subarray(14, 23), ...datagram.subarray(5, 14)];
      socket.send(Buffer.from([0x80, 0, 0, 0, 0, ...ids, 0, 0, 0, 1]), from.port, from.address);
    });
    cleanups.push(() => socket.close());
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    expect(await systemNetwork.answersQuic('localhost', socket.address().port, 5000)).toBe(true);
  });

  test('false for a name that does not resolve', async () => {
    expect(await systemNetwork.answersQuic('no spaces in names', 7844, 1000)).toBe(false);
  });
});

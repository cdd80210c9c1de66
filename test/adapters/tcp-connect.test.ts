import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { connectAny } from '../../src/adapters/tcp-connect.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listening(host: string, port = 0): Promise<number> {
  const server: Server = createServer((socket) => socket.resume());
  cleanups.push(() => server.close());
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/**
 * A port that swallows connection requests, as a firewall does: a listener in a thread that never
 * accepts, with its queue filled, so that the kernel drops what comes.
 */
async function silentPort(host: string): Promise<number> {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const server = require('node:net').createServer();
     server.listen({ port: 0, host: workerData, backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
     });`,
    { eval: true, workerData: host },
  );
  cleanups.push(() => worker.terminate());
  const [port] = (await once(worker, 'message')) as [number];
  for (let n = 0; n < 4; n += 1) {
    const socket: Socket = connect(port, host).on('error', () => undefined);
    cleanups.push(() => socket.destroy());
    if (n < 2) await once(socket, 'connect');
  }
  return port;
}

describe('connectAny', () => {
  test('goes on to the next address when one refuses', async () => {
    const port = await listening('127.0.0.3');
    expect(await connectAny(['127.0.0.1', '127.0.0.2', '127.0.0.3'], port, 5000)).toEqual({
      ok: true,
      address: '127.0.0.3',
    });
  });

  test('goes on to the next address while one stays silent', async () => {
    const port = await silentPort('127.0.0.2');
    await listening('127.0.0.3', port);
    const start = performance.now();
    expect(await connectAny(['127.0.0.2', '127.0.0.3'], port, 20_000)).toEqual({
      ok: true,
      address: '127.0.0.3',
    });
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('silence is a timeout', async () => {
    const port = await silentPort('127.0.0.2');
    expect(await connectAny(['127.0.0.2'], port, 200)).toEqual({ ok: false, code: 'timeout' });
  });

  test('a refusal says more than silence', async () => {
    const port = await silentPort('127.0.0.2');
    expect(await connectAny(['127.0.0.2', '127.0.0.1'], port, 600)).toEqual({
      ok: false,
      code: 'ECONNREFUSED',
    });
  });

  test('a port that is none is refused', async () => {
    await expect(connectAny(['127.0.0.1'], 70_000, 1000)).rejects.toThrow(RangeError);
  });
});

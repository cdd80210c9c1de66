import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { isVersionNegotiation, probeQuic, quicHello } from '../../src/adapters/quic-probe.ts';

const open: Socket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

/** A UDP server on loopback; `answer` gets each datagram and its number, and gives what is sent back. */
async function server(answer: (datagram: Buffer, number: number) => Buffer | undefined) {
  const socket = createSocket('udp4');
  open.push(socket);
  let received = 0;
  socket.on('message', (datagram, from) => {
    received += 1;
    const reply = answer(datagram, received);
    if (reply) socket.send(reply, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { port: socket.address().port, received: () => received };
}

/** What a QUIC server does with a version it does not know, written from RFC 9000 17.2.1. */
function versionNegotiation(datagram: Buffer): Buffer {
  const destinationLength = datagram[5] ?? 0;
  const destination = datagram.subarray(6, 6 + destinationLength);
  const sourceAt = 6 + destinationLength;
  const source = datagram.subarray(sourceAt + 1, sourceAt + 1 + (datagram[sourceAt] ?? 0));
  return Buffer.concat([
    Buffer.from([0x80, 0, 0, 0, 0, source.length]),
    source,
    Buffer.from([destination.length]),
    destination,
    Buffer.from([0, 0, 0, 1, 0x6b, 0x33, 0x43, 0xcf]),
  ]);
}

describe('quicHello', () => {
  test('is a long header of a reserved version, large enough to be answered', () => {
    const { datagram, destinationId, sourceId } = quicHello();
    expect(datagram).toHaveLength(1200);
    expect((datagram[0] ?? 0) & 0xc0).toBe(0xc0);
    expect((datagram.readUInt32BE(1) & 0x0f0f0f0f) >>> 0).toBe(0x0a0a0a0a);
    expect(datagram[5]).toBe(8);
    expect(datagram.subarray(6, 14)).toEqual(destinationId);
    expect(datagram[14]).toBe(8);
    expect(datagram.subarray(15, 23)).toEqual(sourceId);
  });

  test('has new connection IDs every time', () => {
    expect(quicHello().sourceId).not.toEqual(quicHello().sourceId);
  });
});

describe('isVersionNegotiation', () => {
  const hello = quicHello();
  const good = versionNegotiation(hello.datagram);

  test('accepts the answer of RFC 9000', () => {
    expect(isVersionNegotiation(good, hello)).toBe(true);
  });

  test.each([
    ['the answer to another hello', versionNegotiation(quicHello().datagram)],
    ['our own datagram', hello.datagram],
    ['a short header', Buffer.concat([Buffer.from([0x40]), good.subarray(1)])],
    ['a version', Buffer.concat([Buffer.from([0x80, 0, 0, 0, 1]), good.subarray(5)])],
    ['no versions offered', good.subarray(0, 23)],
    ['half a version', good.subarray(0, 25)],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', (_name, packet) => {
    expect(isVersionNegotiation(packet, hello)).toBe(false);
  });

  test('never throws and never accepts noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(isVersionNegotiation(Buffer.from(bytes), hello)).toBe(false);
      }),
    );
  });
});

describe('probeQuic', () => {
  test('true when version negotiation comes back', async () => {
    const { port } = await server(versionNegotiation);
    expect(await probeQuic('127.0.0.1', port, 5000)).toBe(true);
  });

  test('asks a second time when the first datagram is lost', async () => {
    const { port, received } = await server((datagram, number) =>
      number === 1 ? undefined : versionNegotiation(datagram),
    );
    expect(await probeQuic('127.0.0.1', port, 400)).toBe(true);
    expect(received()).toBe(2);
  });

  test('false after two datagrams without an answer', async () => {
    const { port, received } = await server(() => undefined);
    expect(await probeQuic('127.0.0.1', port, 200)).toBe(false);
    expect(received()).toBe(2);
  });

  test('false for an answer that is not QUIC', async () => {
    const { port } = await server((datagram) => datagram);
    expect(await probeQuic('127.0.0.1', port, 200)).toBe(false);
  });

  test('false at once where the port is closed', async () => {
    const { port } = await server(() => undefined);
    open.pop()?.close();
    const start = performance.now();
    expect(await probeQuic('127.0.0.1', port, 10_000)).toBe(false);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('false for a port that is none', async () => {
    expect(await probeQuic('127.0.0.1', 70_000, 200)).toBe(false);
  });
});

import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';

/** RFC 9000 14.1: servers drop smaller datagrams of unknown clients, and 6.1 lets them stay silent. */
const datagramBytes = 1200;
const connectionIdBytes = 8;

export interface QuicHello {
  readonly datagram: Buffer;
  readonly destinationId: Buffer;
  readonly sourceId: Buffer;
}

/**
 * A long-header packet of a version that is reserved to force negotiation (0x?a?a?a?a, RFC 9000 15),
 * with random connection IDs, padded to 1200 bytes. It needs no TLS and opens no connection.
 */
export function quicHello(): QuicHello {
  const destinationId = randomBytes(connectionIdBytes);
  const sourceId = randomBytes(connectionIdBytes);
  const version = randomBytes(4).map((byte) => (byte & 0xf0) | 0x0a);
  const head = Buffer.concat([
    // Header form and fixed bit set; the rest is up to the version.
    Buffer.from([0xc0]),
    version,
    Buffer.from([connectionIdBytes]),
    destinationId,
    Buffer.from([connectionIdBytes]),
    sourceId,
  ]);
  return { datagram: Buffer.concat([head], datagramBytes), destinationId, sourceId };
}

/** True if the packet is a Version Negotiation packet (RFC 9000 17.2.1) that answers this hello. */
export function isVersionNegotiation(packet: Buffer, hello: QuicHello): boolean {
  const { destinationId, sourceId } = hello;
  // The server swaps the IDs: it echoes ours as its destination.
  const ids = Buffer.concat([
    Buffer.from([sourceId.length]),
    sourceId,
    Buffer.from([destinationId.length]),
    destinationId,
  ]);
  const versions = packet.length - 5 - ids.length;
  return (
    versions >= 4 &&
    versions % 4 === 0 &&
    ((packet[0] ?? 0) & 0x80) !== 0 &&
    packet.readUInt32BE(1) === 0 &&
    packet.subarray(5, 5 + ids.length).equals(ids)
  );
}

/**
 * Asks one IPv4 address over UDP for version negotiation, and once more at half the time. Resolves
 * to false if nothing valid came within `timeoutMs` or the host refused; never rejects.
 */
export function probeQuic(address: string, port: number, timeoutMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const hello = quicHello();
  const socket = createSocket('udp4');
  const timers: NodeJS.Timeout[] = [];
  let open = true;
  const finish = (answered: boolean) => {
    if (!open) return;
    open = false;
    for (const timer of timers) clearTimeout(timer);
    socket.close();
    resolve(answered);
  };
  const send = () => socket.send(hello.datagram, (error) => error && finish(false));
  socket.on('error', () => finish(false));
  socket.on('message', (packet) => isVersionNegotiation(packet, hello) && finish(true));
  timers.push(setTimeout(() => finish(false), timeoutMs));
  try {
    // Connected, so that packets of others are not delivered and a refusal is.
    socket.connect(port, address, () => {
      if (!open) return;
      send();
      timers.push(setTimeout(send, timeoutMs / 2));
    });
  } catch {
    // A port or address that no datagram can be sent to.
    finish(false);
  }
  return promise;
}

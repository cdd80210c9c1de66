/** QUIC version 1, the only one this edge names (RFC 9000). */
const version1 = Buffer.from([0, 0, 0, 1]);

/** Shortest datagram that may begin a connection (RFC 9000 14.1): shorter ones get no answer. */
const smallestInitial = 1200;

/**
 * The Version Negotiation packet (RFC 9000 17.2.1) that answers a datagram whose long header names
 * a version other than 1; undefined where none is due. No QUIC is spoken beyond that.
 */
export function versionNegotiation(datagram: Buffer): Buffer | undefined {
  if (datagram.length < smallestInitial || ((datagram[0] ?? 0) & 0x80) === 0) return undefined;
  const version = datagram.subarray(1, 5);
  if (version.equals(version1) || version.equals(Buffer.alloc(4))) return undefined;
  const destinationLength = datagram[5] ?? 0;
  const sourceStart = 6 + destinationLength;
  const sourceLength = datagram[sourceStart] ?? 0;
  const end = sourceStart + 1 + sourceLength;
  if (end > datagram.length) return undefined;
  return Buffer.concat([
    Buffer.from([0x80, 0, 0, 0, 0]),
    // The peer's source id comes first: it is the answer's destination.
    datagram.subarray(sourceStart, end),
    datagram.subarray(5, sourceStart),
    version1,
  ]);
}

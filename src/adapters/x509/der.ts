/** Bytes that are not the DER they should be. Never says what they were. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** One tag-length-value of DER (X.690). */
export interface Der {
  /** The identifier octet: 0x30 is a SEQUENCE, 0xa3 the context tag [3]. */
  readonly tag: number;
  readonly content: Buffer;
  /** The whole value with tag and length, to be copied byte for byte. */
  readonly whole: Buffer;
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  sequence: 0x30,
} as const;

function readLength(bytes: Buffer): { readonly length: number; readonly header: number } {
  const first = bytes[1];
  if (first === undefined) throw new DerError('cut off before its length');
  if (first < 0x80) return { length: first, header: 2 };
  const size = first & 0x7f;
  // 0 is BER's indefinite length; more than 4 octets is no certificate.
  if (size === 0 || size > 4 || bytes.length < 2 + size) throw new DerError('bad length');
  const length = bytes.readUIntBE(2, size);
  if (length < 0x80 || length < 256 ** (size - 1)) throw new DerError('length not minimal');
  return { length, header: 2 + size };
}

/** The values in a row that fill the bytes exactly. @throws DerError */
export function readAll(bytes: Buffer): readonly Der[] {
  const values: Der[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const tag = rest.readUInt8(0);
    if ((tag & 0x1f) === 0x1f) throw new DerError('tag of more than one octet');
    const { length, header } = readLength(rest);
    const end = header + length;
    if (end > rest.length) throw new DerError('cut off');
    values.push({ tag, content: rest.subarray(header, end), whole: rest.subarray(0, end) });
    rest = rest.subarray(end);
  }
  return values;
}

/** The one value that fills the bytes. @throws DerError if it is another, or not alone. */
export function readOne(bytes: Buffer, tag: number): Der {
  return expectTag(readAll(bytes), 0, tag, 1);
}

/** The parts of a SEQUENCE. @throws DerError */
export function sequence(value: Der | undefined): readonly Der[] {
  if (value?.tag !== tags.sequence) throw new DerError('no sequence');
  return readAll(value.content);
}

/** The value at `index`, which must carry `tag`. @throws DerError */
export function expectTag(
  values: readonly Der[],
  index: number,
  tag: number,
  count = values.length,
): Der {
  const value = values[index];
  if (value?.tag !== tag || values.length !== count) throw new DerError('another value expected');
  return value;
}

/** Dotted object identifier. @throws DerError */
export function readOid(value: Der | undefined): string {
  if (value?.tag !== tags.oid || value.content.length === 0) throw new DerError('no identifier');
  const arcs: bigint[] = [];
  let arc = 0n;
  let open = false;
  for (const octet of value.content) {
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    open = octet >= 0x80;
    if (!open) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  const [head = 0n, ...tail] = arcs;
  if (open) throw new DerError('identifier cut off');
  const root = head < 80n ? head / 40n : 2n;
  return [root, head - root * 40n, ...tail].join('.');
}

/** The octets of a BIT STRING without the count of unused bits. @throws DerError */
export function readBits(value: Der | undefined): Buffer {
  if (value?.tag !== tags.bitString || value.content.length === 0) throw new DerError('no bits');
  return value.content.subarray(1);
}

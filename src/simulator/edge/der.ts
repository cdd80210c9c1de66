/** One element of DER (X.690): its tag byte, its content, and what follows it. */
interface Element {
  readonly tag: number;
  readonly content: Buffer;
  readonly rest: Buffer;
}

/** An X.509 v3 extension (RFC 5280 4.1). */
export interface Extension {
  readonly critical: boolean;
  /** DER of the extension's own type. */
  readonly value: Buffer;
}

/** What Node's X509Certificate does not tell. */
export interface CertificateParts {
  /** Dotted OID of the signature algorithm. */
  readonly signatureAlgorithm: string;
  /** By dotted OID. */
  readonly extensions: ReadonlyMap<string, Extension>;
}

/** @throws RangeError if the bytes are not DER of a certificate. */
export function certificateParts(der: Buffer): CertificateParts {
  const [tbs, algorithm] = children(element(der).content);
  if (!tbs || !algorithm) throw new RangeError('not a certificate');
  const [oid] = children(algorithm.content);
  const list = children(tbs.content).find(({ tag }) => tag === 0xa3);
  const extensions = new Map<string, Extension>();
  for (const { content } of list ? children(element(list.content).content) : []) {
    const parts = children(content);
    const id = parts[0];
    const value = parts.at(-1);
    if (id && value) {
      const critical = parts.length === 3 && parts[1]?.content[0] === 0xff;
      extensions.set(oidText(id.content), { critical, value: value.content });
    }
  }
  return { signatureAlgorithm: oid ? oidText(oid.content) : '', extensions };
}

/** Elements inside a SEQUENCE's content. */
export function children(content: Buffer): Element[] {
  const found: Element[] = [];
  for (let rest = content; rest.length > 0; ) {
    const next = element(rest);
    found.push(next);
    rest = next.rest;
  }
  return found;
}

/** The first element. @throws RangeError if it is cut off. */
export function element(bytes: Buffer): Element {
  const tag = bytes.readUInt8(0);
  const first = bytes.readUInt8(1);
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(2, lengthBytes);
  const start = 2 + lengthBytes;
  if (start + length > bytes.length) throw new RangeError('DER element is cut off');
  return {
    tag,
    content: bytes.subarray(start, start + length),
    rest: bytes.subarray(start + length),
  };
}

/** Dotted form of an OBJECT IDENTIFIER's content. */
export function oidText(content: Buffer): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const first = arcs[0] ?? 0;
  const root = Math.min(Math.floor(first / 40), 2);
  return [root, first - root * 40, ...arcs.slice(1)].join('.');
}

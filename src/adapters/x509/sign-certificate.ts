import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { readOne, tags } from './der.ts';
import { publicKeyBits } from './extension-values.ts';
import { type KeyUsageBit, keyUsageBits, oids } from './oids.ts';
import { toPem } from './pem.ts';

const signAsync = promisify(sign);

/** What goes into a certificate that is made here (RFC 5280 4.1). */
export interface CertificateContent {
  readonly isCa: boolean;
  /** Positive, at most 20 octets, big-endian. */
  readonly serial: Buffer;
  /** The issuer's Name, DER; without it, the subject's own: self-signed. */
  readonly issuer?: Buffer;
  /** The only part of the subject's Name; without it, an empty Name. */
  readonly commonName?: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** The subject's private key: only its public half is written. */
  readonly key: KeyObject;
  readonly keyUsage: readonly KeyUsageBit[];
  /** Key identifier of the issuer, as its certificate has it. */
  readonly authorityKeyId?: Buffer;
  readonly dnsNames?: readonly string[];
}

type Asn1 = typeof import('node-forge').asn1;
type Node = import('node-forge').asn1.Asn1;

/** node-forge holds bytes in strings of one character a byte. */
function bytes(buffer: Buffer): string {
  return buffer.toString('latin1');
}

/** The forms of ASN.1 that a certificate needs, on top of node-forge. */
function writer(asn1: Asn1) {
  const { Class, Type } = asn1;
  const primitive = (type: number, value: string): Node =>
    asn1.create(Class.UNIVERSAL, type, false, value);
  const constructed = (type: number, value: Node[]): Node =>
    asn1.create(Class.UNIVERSAL, type, true, value);
  return {
    sequence: (...parts: Node[]) => constructed(Type.SEQUENCE, parts),
    set: (...parts: Node[]) => constructed(Type.SET, parts),
    explicit: (tag: number, part: Node) => asn1.create(Class.CONTEXT_SPECIFIC, tag, true, [part]),
    implicit: (tag: number, value: string) =>
      asn1.create(Class.CONTEXT_SPECIFIC, tag, false, value),
    oid: (oid: string) => primitive(Type.OID, asn1.oidToDer(oid).getBytes()),
    nothing: () => primitive(Type.NULL, ''),
    yes: () => primitive(Type.BOOLEAN, '\xff'),
    integer: (value: string) => primitive(Type.INTEGER, value),
    octets: (value: string) => primitive(Type.OCTETSTRING, value),
    utf8: (text: string) => primitive(Type.UTF8, bytes(Buffer.from(text, 'utf8'))),
    bits: (value: string, unused = 0) =>
      primitive(Type.BITSTRING, String.fromCharCode(unused) + value),
    /** RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 on. */
    time: (date: Date) =>
      date.getUTCFullYear() < 2050
        ? primitive(Type.UTCTIME, asn1.dateToUtcTime(date))
        : primitive(Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(date)),
    /** A SEQUENCE from elsewhere, copied byte for byte whatever is in it. */
    copy: (der: Buffer) => primitive(tags.sequence, bytes(readOne(der, tags.sequence).content)),
    der: (node: Node) => asn1.toDer(node).getBytes(),
  };
}
type Writer = ReturnType<typeof writer>;

function keyUsage(w: Writer, usage: readonly KeyUsageBit[]): Node {
  const set = usage.map((name) => keyUsageBits.indexOf(name));
  const last = Math.max(...set);
  // DER: no trailing zero bits. Both uses made here lie in the first octet.
  const octet = set.reduce((sum, bit) => sum | (0x80 >> bit), 0);
  return w.bits(String.fromCharCode(octet), 7 - last);
}

/** Extensions of facts 4.5, and what RFC 5280 and `openssl verify -x509_strict` want beside them. */
function extensions(w: Writer, content: CertificateContent, spki: Buffer): Node {
  const { authorityKeyId, commonName, dnsNames, isCa } = content;
  const extension = (oid: string, critical: boolean, value: Node) =>
    w.sequence(w.oid(oid), ...(critical ? [w.yes()] : []), w.octets(w.der(value)));
  // RFC 5280 4.2.1.2, method 1.
  const keyId = createHash('sha1').update(publicKeyBits(spki)).digest();
  const list = [
    extension(oids.basicConstraints, true, w.sequence(...(isCa ? [w.yes()] : []))),
    extension(oids.keyUsage, true, keyUsage(w, content.keyUsage)),
    extension(oids.subjectKeyIdentifier, false, w.octets(bytes(keyId))),
  ];
  if (authorityKeyId) {
    const value = w.sequence(w.implicit(0, bytes(authorityKeyId)));
    list.push(extension(oids.authorityKeyIdentifier, false, value));
  }
  if (!isCa) list.push(extension(oids.extendedKeyUsage, false, w.sequence(w.oid(oids.serverAuth))));
  if (dnsNames) {
    const names = w.sequence(...dnsNames.map((name) => w.implicit(2, name)));
    // RFC 5280 4.1.2.6: critical where the subject is empty.
    list.push(extension(oids.subjectAltName, commonName === undefined, names));
  }
  return w.sequence(...list);
}

function signatureAlgorithm(w: Writer, key: KeyObject): Node {
  return key.asymmetricKeyType === 'ec'
    ? w.sequence(w.oid(oids.ecdsaWithSha256))
    : w.sequence(w.oid(oids.sha256WithRsa), w.nothing());
}

/**
 * The certificate as PEM, signed with SHA-256 by an RSA or EC key. The structure is node-forge's,
 * the signature Node's, made off the event loop (design 4).
 */
export async function signCertificate(
  content: CertificateContent,
  signer: KeyObject,
): Promise<string> {
  const { default: asn1 } = await import('node-forge/lib/asn1.js');
  const w = writer(asn1);
  const { commonName } = content;
  const spki = createPublicKey(content.key).export({ type: 'spki', format: 'der' });
  const subject = w.sequence(
    ...(commonName === undefined
      ? []
      : [w.set(w.sequence(w.oid(oids.commonName), w.utf8(commonName)))]),
  );
  const tbs = w.sequence(
    w.explicit(0, w.integer('\x02')),
    w.integer(bytes(content.serial)),
    signatureAlgorithm(w, signer),
    content.issuer ? w.copy(content.issuer) : subject,
    w.sequence(w.time(content.notBefore), w.time(content.notAfter)),
    subject,
    w.copy(spki),
    w.explicit(3, extensions(w, content, spki)),
  );
  const signature = await signAsync('sha256', Buffer.from(w.der(tbs), 'latin1'), signer);
  const whole = w.sequence(tbs, signatureAlgorithm(w, signer), w.bits(bytes(signature)));
  return toPem('CERTIFICATE', Buffer.from(w.der(whole), 'latin1'));
}

import type { Extension } from './certificate-parts.ts';
import { DerError, expectTag, readAll, readBits, readOid, readOne, sequence, tags } from './der.ts';
import { keyUsageBits, oids } from './oids.ts';

const keyIdentifier = 0x80;
const dnsName = 0x82;

/** `CA:TRUE` or not. @throws DerError */
export function readIsCa(extension: Extension | undefined): boolean {
  if (extension === undefined) return false;
  const [first] = sequence(readOne(extension.value, tags.sequence));
  return first?.tag === tags.boolean && first.content[0] !== 0;
}

/** SubjectKeyIdentifier's bytes. @throws DerError */
export function readSubjectKeyId(extension: Extension | undefined): Buffer | undefined {
  return extension && readOne(extension.value, tags.octetString).content;
}

/** The keyIdentifier of AuthorityKeyIdentifier; undefined if it names the CA in another way only. @throws DerError */
export function readAuthorityKeyId(extension: Extension | undefined): Buffer | undefined {
  if (extension === undefined) return undefined;
  return sequence(readOne(extension.value, tags.sequence)).find(({ tag }) => tag === keyIdentifier)
    ?.content;
}

/** Names of the bits that are set. @throws DerError */
export function readKeyUsage(extension: Extension | undefined): readonly string[] | undefined {
  if (extension === undefined) return undefined;
  const bits = readBits(readOne(extension.value, tags.bitString));
  return keyUsageBits.filter((_, bit) => ((bits[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}

/** `serverAuth`, other purposes as dotted identifiers. @throws DerError */
export function readExtendedKeyUsage(
  extension: Extension | undefined,
): readonly string[] | undefined {
  if (extension === undefined) return undefined;
  return sequence(readOne(extension.value, tags.sequence))
    .map(readOid)
    .map((oid) => (oid === oids.serverAuth ? 'serverAuth' : oid));
}

/** DNS names of SubjectAltName, other kinds left out; bytes that are not printable ASCII as `\xNN`. @throws DerError */
export function readDnsNames(extension: Extension | undefined): readonly string[] {
  if (extension === undefined) return [];
  return sequence(readOne(extension.value, tags.sequence))
    .filter(({ tag }) => tag === dnsName)
    .map(({ content }) =>
      content
        .toString('latin1')
        .replace(
          /[^\x21-\x7e]/g,
          (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
        ),
    );
}

/** The bits of a SubjectPublicKeyInfo's key, which RFC 5280 4.2.1.2 hashes into the key identifier. @throws DerError */
export function publicKeyBits(spki: Buffer): Buffer {
  const parts = readAll(readOne(spki, tags.sequence).content);
  if (parts.length !== 2) throw new DerError('no public key');
  return readBits(expectTag(parts, 1, tags.bitString));
}

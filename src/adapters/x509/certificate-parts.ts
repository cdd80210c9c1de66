import { type Der, DerError, expectTag, readOid, readOne, sequence, tags } from './der.ts';

export interface Extension {
  readonly critical: boolean;
  /** The extension's own DER. */
  readonly value: Buffer;
}

/** Parts of a certificate that `X509Certificate` does not give as bytes. */
export interface CertificateParts {
  /** The subject's Name, DER. */
  readonly subject: Buffer;
  readonly issuer: Buffer;
  /** AlgorithmIdentifier of the signature. */
  readonly signatureAlgorithm: readonly Der[];
  readonly extensions: ReadonlyMap<string, Extension>;
}

const explicitVersion = 0xa0;
const explicitExtensions = 0xa3;

function readExtensions(wrapped: Der | undefined): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  if (wrapped === undefined) return extensions;
  for (const one of sequence(readOne(wrapped.content, tags.sequence))) {
    const [id, ...rest] = sequence(one);
    const oid = readOid(id);
    // RFC 5280 4.2: no certificate has the same extension twice.
    if (extensions.has(oid)) throw new DerError('an extension twice');
    const marked = rest.length === 2;
    const critical = marked && expectTag(rest, 0, tags.boolean).content[0] !== 0;
    const value = expectTag(rest, marked ? 1 : 0, tags.octetString).content;
    extensions.set(oid, { critical, value });
  }
  return extensions;
}

/** Takes a DER certificate apart (RFC 5280 4.1). @throws DerError */
export function certificateParts(der: Buffer): CertificateParts {
  const [tbs, signatureAlgorithm] = sequence(readOne(der, tags.sequence));
  const fields = sequence(tbs);
  const first = fields[0]?.tag === explicitVersion ? 1 : 0;
  return {
    // serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
    issuer: expectTag(fields, first + 2, tags.sequence).whole,
    subject: expectTag(fields, first + 4, tags.sequence).whole,
    signatureAlgorithm: sequence(signatureAlgorithm),
    extensions: readExtensions(
      fields.slice(first + 6).find(({ tag }) => tag === explicitExtensions),
    ),
  };
}

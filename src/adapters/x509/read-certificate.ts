import { type KeyObject, X509Certificate } from 'node:crypto';
import type { CertificateFacts, PublicKeyFacts } from '../../domain/certificate.ts';
import { Failure } from '../../domain/failure.ts';
import { type CertificateParts, certificateParts } from './certificate-parts.ts';
import { readAll, readOid, sequence } from './der.ts';
import {
  readAuthorityKeyId,
  readDnsNames,
  readExtendedKeyUsage,
  readIsCa,
  readKeyUsage,
  readSubjectKeyId,
} from './extension-values.ts';
import { hashes, oids, signatureHashes } from './oids.ts';
import { describeBlocks, pemBlocks } from './pem.ts';

/** A certificate in the two forms that are asked here. */
export interface OpenCertificate {
  readonly x509: X509Certificate;
  readonly parts: CertificateParts;
}

function malformed(found: string, cause?: unknown): Failure {
  return new Failure('file-malformed', 'This is not exactly one PEM certificate.', {
    found,
    expected:
      'one block from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, nothing else',
    nextSteps: [
      'Look at it: openssl x509 -noout -text -in FILE',
      'A binary (DER) certificate becomes PEM by: openssl x509 -inform der -in FILE -out FILE.pem',
    ],
    cause,
  });
}

/** @throws Failure `file-malformed` if the PEM is not exactly one certificate. */
export function openCertificate(pem: string): OpenCertificate {
  const blocks = pemBlocks(pem);
  const [block] = blocks;
  if (block?.label !== 'CERTIFICATE' || blocks.length !== 1)
    throw malformed(describeBlocks(blocks));
  if (block.der === undefined) throw malformed('a certificate block that is not base64');
  try {
    const x509 = new X509Certificate(block.der);
    // OpenSSL ignores bytes after the certificate; certificateParts refuses them.
    return { x509, parts: certificateParts(block.der) };
  } catch (cause) {
    throw malformed('a certificate block that holds no readable certificate', cause);
  }
}

function publicKeyFacts(x509: X509Certificate): PublicKeyFacts {
  let key: KeyObject;
  try {
    key = x509.publicKey;
  } catch {
    return { kind: 'other', name: 'a key of an unknown kind' };
  }
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') return { kind: 'rsa', bits: modulusLength ?? 0 };
  if (key.asymmetricKeyType === 'ec') return { kind: 'ec', curve: namedCurve ?? 'unnamed' };
  return { kind: 'other', name: key.asymmetricKeyType ?? 'a key of an unknown kind' };
}

function signatureHash({ signatureAlgorithm: [id, parameters] }: CertificateParts): string {
  const oid = readOid(id);
  if (oid !== oids.rsaPss) return signatureHashes[oid] ?? 'unknown';
  const hash = parameters && sequence(parameters).find(({ tag }) => tag === 0xa0);
  // RFC 4055 3.1: SHA-1 is what is meant where none is named.
  if (hash === undefined) return 'sha1';
  return hashes[readOid(sequence(readAll(hash.content)[0])[0])] ?? 'unknown';
}

/** Lines of `X509Certificate` in one; an empty name, which Node gives as undefined, is empty. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

function isSelfSigned({ x509, parts }: OpenCertificate): boolean {
  return parts.subject.equals(parts.issuer) && verifies(x509, x509);
}

/** True if the signature of one certificate verifies under the key of the other. */
export function verifies(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    // A key that OpenSSL cannot use verifies nothing.
    return false;
  }
}

/** What facts 4.5 judges. @throws Failure `file-malformed` if the PEM is not exactly one certificate. */
export function readCertificate(pem: string): CertificateFacts {
  const opened = openCertificate(pem);
  const { x509, parts } = opened;
  const extension = (oid: string) => parts.extensions.get(oid);
  try {
    return {
      subject: oneLine(x509.subject),
      issuer: oneLine(x509.issuer),
      fingerprint: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
      serial: x509.serialNumber.toLowerCase(),
      notBefore: x509.validFromDate,
      notAfter: x509.validToDate,
      isCa: readIsCa(extension(oids.basicConstraints)),
      basicConstraintsCritical: extension(oids.basicConstraints)?.critical ?? false,
      subjectKeyId: readSubjectKeyId(extension(oids.subjectKeyIdentifier))?.toString('hex'),
      authorityKeyId: readAuthorityKeyId(extension(oids.authorityKeyIdentifier))?.toString('hex'),
      keyUsage: readKeyUsage(extension(oids.keyUsage)),
      extendedKeyUsage: readExtendedKeyUsage(extension(oids.extendedKeyUsage)),
      dnsNames: readDnsNames(extension(oids.subjectAltName)),
      key: publicKeyFacts(x509),
      signatureHash: signatureHash(parts),
      selfSigned: isSelfSigned(opened),
      pemBytes: Buffer.byteLength(pem),
    };
  } catch (cause) {
    throw malformed('a certificate with an extension that cannot be read', cause);
  }
}

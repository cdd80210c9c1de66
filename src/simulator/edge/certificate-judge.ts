import { X509Certificate } from 'node:crypto';
import { type CertificateParts, certificateParts, children, element, oidText } from './der.ts';

/** TLS alerts as the documents tell them apart (facts 4.2). */
export const alerts = { badCertificate: 42, unknownCa: 48 } as const;

/** Why the vendor's side refuses a server certificate, and the alert it sends. */
export interface Refusal {
  readonly alert: (typeof alerts)[keyof typeof alerts];
  readonly reason: string;
}

const oid = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

/** sha256/384/512 with RSA, RSA-PSS (its hash is not looked at), and with ECDSA. */
const strongSignatures = /^1\.2\.840\.(113549\.1\.1\.(10|11|12|13)|10045\.4\.3\.(2|3|4))$/;
const strongCurves = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const dnsNameTag = 0x82;
const keyIdentifierTag = 0x80;

/**
 * Judges the certificate the proxy showed for `host` against the registered CA certificates by all
 * rules of facts 4.5, whatever the TLS library thinks. Undefined: accepted.
 */
export function judgeServer(
  server: X509Certificate,
  registered: readonly string[],
  host: string,
  now: Date,
): Refusal | undefined {
  const ca = registered.map((pem) => new X509Certificate(pem)).find((each) => signed(server, each));
  if (!ca) return unknownCa('it is not signed by a CA certificate registered on this tunnel');
  const caParts = certificateParts(ca.raw);
  const parts = certificateParts(server.raw);
  return (
    judgeCa(ca, caParts, now) ??
    judgeLink(parts, caParts) ??
    judgeKey(server, parts, 'the server certificate', bad) ??
    judgeNames(parts, host) ??
    (isCurrent(server, now) ? undefined : bad('it is expired or not yet valid'))
  );
}

function signed(server: X509Certificate, ca: X509Certificate): boolean {
  return server.issuer === ca.subject && server.verify(ca.publicKey);
}

function judgeCa(ca: X509Certificate, parts: CertificateParts, now: Date): Refusal | undefined {
  const constraints = parts.extensions.get(oid.basicConstraints);
  if (!constraints?.critical || !isCaConstraint(constraints.value)) {
    return unknownCa('the registered CA has no critical BasicConstraints CA:TRUE');
  }
  const usage = parts.extensions.get(oid.keyUsage);
  if (!usage || !mayCertSign(usage.value))
    return unknownCa("the registered CA's KeyUsage lacks keyCertSign");
  if (!isCurrent(ca, now)) return unknownCa('the registered CA is expired or not yet valid');
  return judgeKey(ca, parts, 'the registered CA', unknownCa);
}

/** The server certificate's AKI must be the CA's SKI. */
function judgeLink(server: CertificateParts, ca: CertificateParts): Refusal | undefined {
  const subject = ca.extensions.get(oid.subjectKeyId);
  const authority = server.extensions.get(oid.authorityKeyId);
  if (!subject) return unknownCa('the registered CA has no SubjectKeyIdentifier');
  if (!authority) return unknownCa('it has no AuthorityKeyIdentifier');
  const keyId = children(element(authority.value).content).find(
    ({ tag }) => tag === keyIdentifierTag,
  )?.content;
  return keyId?.equals(element(subject.value).content)
    ? undefined
    : unknownCa("its AuthorityKeyIdentifier is not the registered CA's SubjectKeyIdentifier");
}

function judgeKey(
  certificate: X509Certificate,
  parts: CertificateParts,
  whose: string,
  refusal: (reason: string) => Refusal,
): Refusal | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  const strong =
    (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048) ||
    (type === 'ec' && strongCurves.has(details?.namedCurve ?? ''));
  if (!strong) return refusal(`${whose} has a key weaker than RSA 2048 or ECDSA P-256`);
  return strongSignatures.test(parts.signatureAlgorithm)
    ? undefined
    : refusal(`${whose} is signed with a hash weaker than SHA-256`);
}

function judgeNames({ extensions }: CertificateParts, host: string): Refusal | undefined {
  const usage = extensions.get(oid.extendedKeyUsage);
  if (
    usage &&
    !children(element(usage.value).content).some(
      ({ content }) => oidText(content) === oid.serverAuth,
    )
  ) {
    return bad('its ExtendedKeyUsage lacks serverAuth');
  }
  const names = extensions.get(oid.subjectAltName);
  const dnsNames = names
    ? children(element(names.value).content)
        .filter(({ tag }) => tag === dnsNameTag)
        .map(({ content }) => content.toString('latin1'))
    : [];
  return dnsNames.some((name) => covers(name, host))
    ? undefined
    : bad(`its SubjectAltName (${dnsNames.join(', ') || 'none'}) does not cover ${host}`);
}

/** A wildcard stands for exactly one label (RFC 6125 6.4.3). */
function covers(name: string, host: string): boolean {
  const [pattern, wanted] = [name.toLowerCase(), host.toLowerCase()];
  if (!pattern.startsWith('*.')) return pattern === wanted;
  return wanted.slice(wanted.indexOf('.')) === pattern.slice(1) && wanted.indexOf('.') > 0;
}

function isCaConstraint(value: Buffer): boolean {
  const [flag] = children(element(value).content);
  return flag?.tag === 1 && flag.content[0] === 0xff;
}

/** Bit 5 of KeyUsage, counted from the left, after the byte of unused bits. */
function mayCertSign(value: Buffer): boolean {
  return ((element(value).content[1] ?? 0) & 0b0000_0100) !== 0;
}

function isCurrent(certificate: X509Certificate, now: Date): boolean {
  return new Date(certificate.validFrom) <= now && now <= new Date(certificate.validTo);
}

function unknownCa(reason: string): Refusal {
  return { alert: alerts.unknownCa, reason };
}

function bad(reason: string): Refusal {
  return { alert: alerts.badCertificate, reason };
}

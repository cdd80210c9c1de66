import type { KeyObject } from 'node:crypto';
import { serverNames } from '../domain/certificate.ts';
import { assertCaAcceptable, assertServerAcceptable } from '../domain/certificate-rules.ts';
import { Failure } from '../domain/failure.ts';
import { Secret } from '../domain/secret.ts';
import type { CaRequest, Certificates, IssuedPair, ServerRequest } from '../ports/certificates.ts';
import type { Random } from '../ports/random.ts';
import { readSubjectKeyId } from './x509/extension-values.ts';
import { makeKey } from './x509/make-key.ts';
import { oids } from './x509/oids.ts';
import { openKey, toSecret } from './x509/private-key.ts';
import { openCertificate, readCertificate, verifies } from './x509/read-certificate.ts';
import { signCertificate } from './x509/sign-certificate.ts';
import { validity } from './x509/validity.ts';

/** RFC 5280 appendix A, ub-common-name: a CommonName is at most 64 characters. */
const maxCommonName = 64;

/** Positive and of 20 octets, the most RFC 5280 4.1.2.2 allows, 158 bits of them random. */
function newSerial(random: Random): Buffer {
  const serial = Buffer.from(random.bytes(20));
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}

function mismatch(): Failure {
  return new Failure(
    'ca-key-mismatch',
    'The CA’s private key and certificate do not belong together.',
    {
      found: 'a private key with another public key than the CA certificate’s',
      expected: 'the private key that made ca.crt',
      nextSteps: [
        'Compare: openssl pkey -pubout -in ca.key; openssl x509 -noout -pubkey -in ca.crt',
        'Put the CA key that belongs to ca.crt in its place, or name it: --ca-key FILE',
      ],
    },
  );
}

async function issueCa(random: Random, request: CaRequest): Promise<IssuedPair> {
  const key = request.key ? openKey(request.key) : await makeKey(request.keyType);
  const certificate = await signCertificate(
    {
      isCa: true,
      serial: newSerial(random),
      commonName: request.commonName,
      ...validity(request.now, request.days),
      key,
      keyUsage: ['keyCertSign', 'cRLSign'],
    },
    key,
  );
  assertCaAcceptable(readCertificate(certificate), request.now);
  return { certificate, key: toSecret(key) };
}

async function issueServer(random: Random, request: ServerRequest): Promise<IssuedPair> {
  const { caCertificate, domain, now } = request;
  const ca = readCertificate(caCertificate);
  const { x509, parts } = openCertificate(caCertificate);
  const signer: KeyObject = openKey(request.caKey);
  if (!x509.checkPrivateKey(signer)) throw mismatch();
  assertCaAcceptable(ca, now);
  const authorityKeyId = readSubjectKeyId(parts.extensions.get(oids.subjectKeyIdentifier));
  const key = request.key ? openKey(request.key) : await makeKey(request.keyType);
  const certificate = await signCertificate(
    {
      isCa: false,
      serial: newSerial(random),
      issuer: parts.subject,
      ...(domain.length <= maxCommonName ? { commonName: domain } : {}),
      ...validity(now, request.days, ca),
      key,
      keyUsage:
        key.asymmetricKeyType === 'rsa'
          ? ['digitalSignature', 'keyEncipherment']
          : ['digitalSignature'],
      ...(authorityKeyId ? { authorityKeyId } : {}),
      dnsNames: serverNames(domain),
    },
    signer,
  );
  const signedByCa = verifies(openCertificate(certificate).x509, x509);
  assertServerAcceptable(readCertificate(certificate), ca, domain, now, { signedByCa });
  return { certificate, key: toSecret(key) };
}

function encryptKey(key: Secret, passphrase: Secret): Secret {
  if (passphrase.length === 0) {
    throw new Failure('ca-key-passphrase', 'An empty passphrase protects nothing.', {
      found: 'an empty passphrase',
      expected: 'a passphrase',
      nextSteps: ['Give a passphrase, or keep the key unencrypted in a place that is safe.'],
    });
  }
  const text = openKey(key).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: passphrase.reveal(),
  });
  return new Secret(text.toString());
}

/** Certificates made by Node's crypto and node-forge's ASN.1, with serial numbers from `random`. */
export function x509Certificates(random: Random): Certificates {
  return {
    issueCa: (request) => issueCa(random, request),
    issueServer: (request) => issueServer(random, request),
    read: readCertificate,
    matches: (certificate, key) => openCertificate(certificate).x509.checkPrivateKey(openKey(key)),
    isSignedBy: (certificate, ca) =>
      verifies(openCertificate(certificate).x509, openCertificate(ca).x509),
    decryptKey: (pem, passphrase) => toSecret(openKey(pem, passphrase)),
    encryptKey,
  };
}

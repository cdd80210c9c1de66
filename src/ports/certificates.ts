import type { CertificateFacts, KeyType } from '../domain/certificate.ts';
import type { Secret } from '../domain/secret.ts';

export interface CaRequest {
  readonly commonName: string;
  readonly keyType: KeyType;
  readonly days: number;
  readonly now: Date;
  /** Certify this key (PEM, PKCS#8) instead of making one. */
  readonly key?: Secret;
}

export interface ServerRequest {
  /** `abcd1234.tunnel.anthropic.com`; the SAN gets it and `*.` before it. */
  readonly domain: string;
  readonly keyType: KeyType;
  /** Cut off at the end of the CA's own validity. */
  readonly days: number;
  readonly now: Date;
  readonly caCertificate: string;
  readonly caKey: Secret;
  /** Keep this key (PEM) instead of making one. */
  readonly key?: Secret;
}

export interface IssuedPair {
  /** PEM with one certificate and a final newline. */
  readonly certificate: string;
  /** PKCS#8 PEM with a final newline. */
  readonly key: Secret;
}

/** Makes and reads X.509 certificates as facts 4.5 wants them. Never blocks the event loop for long. */
export interface Certificates {
  /** @throws Failure `certificate-refused` if the result would break facts 4.5 (no days, weak key). */
  issueCa(request: CaRequest): Promise<IssuedPair>;
  /**
   * @throws Failure `ca-key-mismatch` if the key is not the CA certificate's, `certificate-refused` if
   * the CA (expired, weak, no SubjectKeyIdentifier …) or the result breaks facts 4.5, `file-malformed`
   * or `ca-key-passphrase` if the CA's certificate or a key cannot be read.
   */
  issueServer(request: ServerRequest): Promise<IssuedPair>;
  /** @throws Failure `file-malformed` if the PEM is not exactly one certificate. */
  read(pem: string): CertificateFacts;
  /**
   * True if `key` (PEM) is the private key of the certificate.
   * @throws Failure `file-malformed`, `ca-key-passphrase` if one of them cannot be read.
   */
  matches(certificatePem: string, key: Secret): boolean;
  /**
   * True if the certificate's signature verifies under the CA's public key.
   * @throws Failure `file-malformed` if one of them is not exactly one certificate.
   */
  isSignedBy(certificatePem: string, caPem: string): boolean;
  /**
   * A private key PEM as unencrypted PKCS#8.
   * @throws Failure `ca-key-passphrase` if it is encrypted and the passphrase is missing or wrong,
   * `file-malformed` if it is no private key.
   */
  decryptKey(pem: Secret, passphrase?: Secret): Secret;
  /**
   * The key as PKCS#8 PEM encrypted with AES-256-CBC under the passphrase (PBKDF2 with OpenSSL's 2048
   * rounds: the passphrase has to be a strong one).
   * @throws Failure `ca-key-passphrase` if the passphrase is empty.
   */
  encryptKey(key: Secret, passphrase: Secret): Secret;
}

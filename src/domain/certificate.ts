/** Key types offered: RSA-2048 is the guide's; all satisfy facts 4.5 (RSA ≥ 2048, ECDSA ≥ P-256). */
export const keyTypes = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'p-256'] as const;
export type KeyType = (typeof keyTypes)[number];

/** EC curves by OpenSSL's name, `prime256v1` being P-256; `other` with the algorithm's name. */
export type PublicKeyFacts =
  | { readonly kind: 'rsa'; readonly bits: number }
  | { readonly kind: 'ec'; readonly curve: string }
  | { readonly kind: 'other'; readonly name: string };

/** What facts 4.5 judges about a certificate, read from its PEM. Lower-case hex without colons. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** SHA-256 of the DER: what the Console and the API call the fingerprint (facts 2). */
  readonly fingerprint: string;
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isCa: boolean;
  readonly basicConstraintsCritical: boolean;
  readonly subjectKeyId: string | undefined;
  readonly authorityKeyId: string | undefined;
  /** Named bits, such as `keyCertSign`; undefined without the extension. */
  readonly keyUsage: readonly string[] | undefined;
  /** `serverAuth` or dotted OIDs; undefined without the extension. */
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly dnsNames: readonly string[];
  readonly key: PublicKeyFacts;
  /** Signature hash, such as `sha256`; `unknown` if not recognised. */
  readonly signatureHash: string;
  readonly selfSigned: boolean;
  readonly pemBytes: number;
}

/** The names a server certificate carries: the tunnel's domain and every route below it (facts 4.5). */
export function serverNames(domain: string): readonly string[] {
  return [domain, `*.${domain}`];
}

/** Whole days until `notAfter`, rounded down; negative once it has passed. */
export function daysLeft(notAfter: Date, now: Date): number {
  return Math.floor((notAfter.getTime() - now.getTime()) / 86_400_000);
}

/** True from `renewBeforeMs` milliseconds before `notAfter` on (`renew-cert --renew-before`, facts 3). */
export function renewalDue(notAfter: Date, now: Date, renewBeforeMs: number): boolean {
  return notAfter.getTime() - now.getTime() <= renewBeforeMs;
}

import { systemRandom } from '../../../src/adapters/system-random.ts';
import { x509Certificates } from '../../../src/adapters/x509-certificates.ts';
import type { Secret } from '../../../src/domain/secret.ts';
import type { CaRequest, IssuedPair, ServerRequest } from '../../../src/ports/certificates.ts';

export const certificates = x509Certificates(systemRandom);
export const domain = 'abcd1234.tunnel.anthropic.com';
/** A minute on, in whole seconds: what openssl made just now is valid then. */
export const now = new Date(Math.floor(Date.now() / 1000) * 1000 + 60_000);
export const day = 24 * 60 * 60_000;
export const minute = 60_000;

export function makeCa(change: Partial<CaRequest> = {}): Promise<IssuedPair> {
  return certificates.issueCa({
    commonName: 'mcp-tunnel-ca',
    keyType: 'p-256',
    days: 3650,
    now,
    ...change,
  });
}

export function makeServer(
  ca: { readonly certificate: string; readonly key: Secret },
  change: Partial<ServerRequest> = {},
): Promise<IssuedPair> {
  return certificates.issueServer({
    domain,
    keyType: 'p-256',
    days: 90,
    now,
    caCertificate: ca.certificate,
    caKey: ca.key,
    ...change,
  });
}

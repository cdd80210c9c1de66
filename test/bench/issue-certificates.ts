import { execFile } from 'node:child_process';
import { generateKeyPair } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemRandom } from '../../src/adapters/system-random.ts';
import { x509Certificates } from '../../src/adapters/x509-certificates.ts';

export type BenchKey = 'rsa-2048' | 'rsa-4096';

const run = promisify(execFile);
const generateKey = promisify(generateKeyPair);
const domain = 'abcd1234.tunnel.anthropic.com';

/** CA and server certificate as install makes them, one after the other. */
export async function issue(keyType: BenchKey): Promise<void> {
  const certificates = x509Certificates(systemRandom);
  const now = new Date();
  const ca = await certificates.issueCa({ commonName: 'mcp-tunnel-ca', keyType, days: 3650, now });
  await certificates.issueServer({
    domain,
    keyType,
    days: 90,
    now,
    caCertificate: ca.certificate,
    caKey: ca.key,
  });
}

/** Two keys by Node alone, none of our code. */
export async function keysAlone(keyType: BenchKey): Promise<void> {
  const modulusLength = Number(keyType.slice('rsa-'.length));
  for (let count = 0; count < 2; count++) await generateKey('rsa', { modulusLength });
}

/** The same as `issue('rsa-2048')` by hand, as the vendor's guide has it (facts 4.5), below `dir`. */
export async function issueByOpenssl(dir: string): Promise<void> {
  const at = (name: string) => join(dir, name);
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-sha256'],
    ...['-subj', '/CN=mcp-tunnel-ca', '-keyout', at('ca.key'), '-out', at('ca.crt')],
    ...['-addext', 'basicConstraints=critical,CA:TRUE'],
    ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign', '-addext', 'subjectKeyIdentifier=hash'],
  ]);
  await run('openssl', [
    ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${domain}`],
    ...['-keyout', at('tls.key'), '-out', at('tls.csr')],
  ]);
  await writeFile(
    at('tls.ext'),
    `subjectAltName = DNS:${domain},DNS:*.${domain}\nauthorityKeyIdentifier = keyid,issuer\nextendedKeyUsage = serverAuth\n`,
  );
  await run('openssl', [
    ...['x509', '-req', '-in', at('tls.csr'), '-CA', at('ca.crt'), '-CAkey', at('ca.key')],
    ...['-CAcreateserial', '-days', '90', '-sha256', '-extfile', at('tls.ext')],
    ...['-out', at('tls.crt')],
  ]);
}

/** Version of the openssl CLI, such as `3.0.17`; undefined where there is none. */
export async function opensslVersion(): Promise<string | undefined> {
  try {
    return (await run('openssl', ['version'])).stdout.split(' ')[1];
  } catch {
    return undefined;
  }
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

const openssl = (cwd: string, ...args: string[]): void => {
  execFileSync('openssl', args, { cwd, stdio: 'pipe' });
};

/** A CA as the guide makes it (facts 4.5); `extensions` replaces the guide's. */
export function makeCa(
  extensions = [
    'basicConstraints=critical,CA:TRUE',
    'keyUsage=critical,keyCertSign,cRLSign',
    'subjectKeyIdentifier=hash',
  ],
): Pair {
  const dir = mkdtempSync(join(tmpdir(), 'sim-ca-'));
  const config = '[req]\ndistinguished_name=dn\nx509_extensions=v3\n[dn]\n[v3]\n';
  writeFileSync(join(dir, 'cnf'), `${config}${extensions.join('\n')}\n`);
  openssl(
    dir,
    'req',
    '-x509',
    '-config',
    'cnf',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '3650',
    '-subj',
    '/CN=mcp-tunnel-ca',
    '-keyout',
    'key',
    '-out',
    'crt',
  );
  return read(dir);
}

export interface ServerOptions {
  readonly san?: string;
  readonly extra?: readonly string[];
  readonly bits?: number;
  readonly digest?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
}

/** A server certificate as the guide makes it, with what `options` does otherwise. */
export function makeServer(ca: Pair, domain: string, options: ServerOptions = {}): Pair {
  const dir = mkdtempSync(join(tmpdir(), 'sim-tls-'));
  writeFileSync(join(dir, 'ca.crt'), ca.certificate);
  writeFileSync(join(dir, 'ca.key'), ca.key);
  const lines = [
    `subjectAltName = ${options.san ?? `DNS:${domain},DNS:*.${domain}`}`,
    ...(options.extra ?? [
      'authorityKeyIdentifier = keyid,issuer',
      'extendedKeyUsage = serverAuth',
    ]),
  ];
  writeFileSync(join(dir, 'ext'), `${lines.join('\n')}\n`);
  openssl(
    dir,
    'req',
    '-newkey',
    `rsa:${options.bits ?? 2048}`,
    '-nodes',
    '-subj',
    `/CN=${domain}`,
    '-keyout',
    'key',
    '-out',
    'csr',
  );
  writeFileSync(join(dir, 'index'), '');
  writeFileSync(
    join(dir, 'ca.cnf'),
    '[ca]\ndefault_ca=d\n[d]\ndatabase=index\nnew_certs_dir=.\npolicy=p\nrand_serial=yes\n[p]\ncommonName=supplied\n',
  );
  openssl(
    dir,
    'ca',
    '-batch',
    '-notext',
    '-config',
    'ca.cnf',
    '-cert',
    'ca.crt',
    '-keyfile',
    'ca.key',
    '-md',
    options.digest ?? 'sha256',
    '-startdate',
    options.notBefore ?? '20240101000000Z',
    '-enddate',
    options.notAfter ?? '20490101000000Z',
    '-extfile',
    'ext',
    '-in',
    'csr',
    '-out',
    'crt',
  );
  return read(dir);
}

function read(dir: string): Pair {
  return {
    certificate: readFileSync(join(dir, 'crt'), 'utf8'),
    key: readFileSync(join(dir, 'key'), 'utf8'),
  };
}

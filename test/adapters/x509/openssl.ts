import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A temporary folder in which the openssl CLI, our foreign judge, works. */
export interface Workbench extends AsyncDisposable {
  readonly dir: string;
  /** stdout of `openssl …` run inside the folder; rejects when it exits non-zero. */
  openssl(...args: readonly string[]): Promise<string>;
  write(name: string, text: string): Promise<void>;
  read(name: string): Promise<string>;
  remove(): Promise<void>;
}

export async function workbench(): Promise<Workbench> {
  const dir = await mkdtemp(join(tmpdir(), 'x509-'));
  const remove = () => rm(dir, { recursive: true, force: true });
  return {
    dir,
    openssl: async (...args) => (await run('openssl', args, { cwd: dir })).stdout,
    write: (name, text) => writeFile(join(dir, name), text),
    read: (name) => readFile(join(dir, name), 'utf8'),
    remove,
    [Symbol.asyncDispose]: remove,
  };
}

/** Extensions of the CA in the vendor's guide (facts 4.5). */
export const guideCaExtensions: readonly string[] = [
  'basicConstraints=critical,CA:TRUE',
  'keyUsage=critical,keyCertSign,cRLSign',
  'subjectKeyIdentifier=hash',
];

export interface CaRecipe {
  readonly key?: readonly string[];
  readonly digest?: string;
  readonly subject?: string;
  readonly extensions?: readonly string[];
}

/** Writes ca.key and ca.crt: the guide's CA but for what the recipe changes; gives the PEM. */
export async function opensslCa(bench: Workbench, recipe: CaRecipe = {}): Promise<string> {
  // A configuration of our own: the distribution's would add extensions that the recipe leaves out.
  await bench.write('req.cnf', '[req]\ndistinguished_name = dn\nprompt = no\n[dn]\nCN = unused\n');
  await bench.openssl(
    ...['req', '-x509', '-config', 'req.cnf', '-nodes', '-days', '3650'],
    ...(recipe.key ?? ['-newkey', 'rsa:2048']),
    ...['-keyout', 'ca.key', '-out', 'ca.crt', '-utf8'],
    ...['-subj', recipe.subject ?? '/CN=mcp-tunnel-ca', recipe.digest ?? '-sha256'],
    ...(recipe.extensions ?? guideCaExtensions).flatMap((one) => ['-addext', one]),
  );
  return bench.read('ca.crt');
}

export interface ServerRecipe {
  readonly key?: readonly string[];
  readonly digest?: string;
  /** The file `tls.ext`, line by line. */
  readonly extensions?: readonly string[];
}

/** Writes tls.key and tls.crt, signed by ca.key as in the guide but for what the recipe changes. */
export async function opensslServer(
  bench: Workbench,
  domain: string,
  recipe: ServerRecipe = {},
): Promise<string> {
  const extensions = recipe.extensions ?? [
    `subjectAltName = DNS:${domain},DNS:*.${domain}`,
    'authorityKeyIdentifier = keyid,issuer',
    'extendedKeyUsage = serverAuth',
  ];
  await bench.write('tls.ext', `${extensions.join('\n')}\n`);
  await bench.openssl(
    ...['req', '-config', 'req.cnf', '-nodes', ...(recipe.key ?? ['-newkey', 'rsa:2048'])],
    ...['-subj', `/CN=${domain}`, '-keyout', 'tls.key', '-out', 'tls.csr'],
  );
  await bench.openssl(
    ...['x509', '-req', '-in', 'tls.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key'],
    ...['-CAcreateserial', '-days', '90', recipe.digest ?? '-sha256'],
    ...['-extfile', 'tls.ext', '-out', 'tls.crt'],
  );
  return bench.read('tls.crt');
}

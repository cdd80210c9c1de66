import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCa, makeServer } from '../simulator/openssl.ts';
import {
  deploymentOf,
  type Ended,
  eventsOf,
  finishOf,
  Session,
  storyOf,
  textOf,
  treeOf,
  workOf,
} from './session.ts';

const day = 24 * 60 * 60 * 1000;

function openssl(...args: readonly string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Days between the dates that openssl shows. */
function validityDays(certificate: string): number {
  const text = openssl('x509', '-in', certificate, '-noout', '-dates');
  const [from, to] = [/notBefore=(.*)/u, /notAfter=(.*)/u].map((line) =>
    Date.parse(line.exec(text)?.[1] ?? ''),
  );
  return ((to ?? 0) - (from ?? 0)) / day;
}

function fingerprintOf(dir: string): string {
  return openssl('x509', '-in', join(dir, 'data/ca.crt'), '-noout', '-fingerprint', '-sha256')
    .replace(/^.*=/u, '')
    .trim();
}

/** What a foreign judge says of the chain. */
function verify(dir: string): string {
  return openssl(
    ...['verify', '-x509_strict', '-purpose', 'sslserver'],
    ...['-CAfile', join(dir, 'data/ca.crt'), join(dir, 'data/tls.crt')],
  );
}

function failureOf(ended: Ended) {
  return finishOf(ended).failure;
}

describe('choices', () => {
  test.each([
    ['p-256', 'ASN1 OID: prime256v1', 30, 400],
    ['rsa-3072', 'Public-Key: (3072 bit)', 397, 3650],
  ] as const)('%s keys, chosen validity', async (keyType, shown, days, caDays) => {
    await using session = new Session();
    const { dir } = session;
    const ended = await session.rehearsed([
      ...['--key-type', keyType, '--cert-days', `${days}`, '--ca-days', `${caDays}`],
    ]);
    expect(eventsOf(ended, 'verified')).toMatchObject([{ level: 4 }]);
    expect(verify(dir)).toContain('tls.crt: OK');
    for (const name of ['ca.crt', 'tls.crt'])
      expect(openssl('x509', '-in', join(dir, 'data', name), '-noout', '-text')).toContain(shown);
    expect(validityDays(join(dir, 'data/tls.crt'))).toBeCloseTo(days, 0);
    expect(validityDays(join(dir, 'data/ca.crt'))).toBeCloseTo(caDays, 0);
  });
});

describe('a deployment with the guide’s certificates', () => {
  const session = new Session();
  const { dir } = session;
  const at = (path: string) => join(dir, path);
  let fingerprint: string;
  let domain: string;
  beforeAll(async () => {
    await session.rehearsed();
    fingerprint = fingerprintOf(dir);
    domain = /tunnel_domain: "?([\w.]+)/u.exec(textOf(dir, 'config/mcp-proxy.yaml'))?.[1] ?? '';
  });
  afterAll(() => session[Symbol.asyncDispose]());

  /** Puts a pair of openssl's in place of ours, signed by the deployment's CA or another. */
  function replacePair(options: Parameters<typeof makeServer>[2], ca = ownCa()): void {
    const pair = makeServer(ca, domain, options);
    writeFileSync(at('data/tls.crt'), pair.certificate);
    rmSync(at('data/tls.key'));
    writeFileSync(at('data/tls.key'), pair.key, { mode: 0o400 });
  }

  function ownCa() {
    return { certificate: textOf(dir, 'data/ca.crt'), key: textOf(dir, 'data/ca.key') };
  }

  /** The plan names the reason, and a new one is made under the same CA. */
  async function reissued(reason: string): Promise<void> {
    const ended = await session.rehearsed();
    const why = eventsOf(ended, 'plan')[0]?.changes.find(
      ({ action, path }) => action !== 'keep' && path === at('data/tls.crt'),
    )?.why;
    expect(why).toContain(reason);
    expect(eventsOf(ended, 'verified')).toMatchObject([{ level: 4 }]);
    expect(fingerprintOf(dir)).toBe(fingerprint);
    expect(verify(dir)).toContain('tls.crt: OK');
  }

  test('are what openssl calls valid, for 90 days and ten years', () => {
    expect(verify(dir)).toContain('tls.crt: OK');
    expect(validityDays(at('data/tls.crt'))).toBeCloseTo(90, 0);
    expect(validityDays(at('data/ca.crt'))).toBeCloseTo(3650, 0);
    const text = openssl('x509', '-in', at('data/tls.crt'), '-noout', '-text');
    expect(text).toContain(`DNS:*.${domain}`);
    expect(text).toContain('Public-Key: (2048 bit)');
  });

  test('expired', async () => {
    replacePair({ notBefore: '20240101000000Z', notAfter: '20240201000000Z' });
    await reissued('expired');
  });

  test('of another domain', async () => {
    replacePair({ san: 'DNS:*.other.tunnel.anthropic.com' });
    await reissued(domain);
  });

  test('of another CA', async () => {
    replacePair({}, makeCa());
    await reissued('another CA');
  });

  test('the certificate is gone', async () => {
    rmSync(at('data/tls.crt'));
    await reissued('there is a key, but no certificate for it');
  });

  test('the key is another one', async () => {
    rmSync(at('data/tls.key'));
    writeFileSync(at('data/tls.key'), makeServer(ownCa(), domain).key, { mode: 0o400 });
    await reissued('its key is another one');
  });

  test('the CA’s key is gone: fine until something must be signed, then exit 3 and unchanged', async () => {
    const key = textOf(dir, 'data/ca.key');
    rmSync(at('data/ca.key'));
    expect(finishOf(await session.rehearse([]))).toMatchObject({ outcome: 'done', changed: false });
    rmSync(at('data/tls.crt'));
    const before = deploymentOf(dir);
    const ended = await session.rehearse();
    expect(ended.code).toBe(3);
    expect(failureOf(ended)?.code).toBe('ca-key-missing');
    expect(failureOf(ended)?.nextSteps.join()).toContain('--ca-key FILE');
    expect(deploymentOf(dir)).toEqual(before);
    const elsewhere = join(session.home, 'ca.key');
    writeFileSync(elsewhere, key, { mode: 0o600 });
    const mended = await session.rehearsed(['--ca-key', '../home/ca.key']);
    expect(workOf(mended).join('\n')).toContain('create data/tls.crt');
    expect(fingerprintOf(dir)).toBe(fingerprint);
    writeFileSync(at('data/ca.key'), key, { mode: 0o600 });
  });

  test('another CA is never taken silently: by certificate or by key', async () => {
    const other = makeCa();
    const [certificate, key] = ['other.crt', 'other.key'].map((name) => join(session.home, name));
    writeFileSync(certificate ?? '', other.certificate);
    writeFileSync(key ?? '', other.key, { mode: 0o600 });
    const before = deploymentOf(dir);
    const byCertificate = await session.rehearse(['--yes', '--ca-cert', certificate ?? '']);
    expect(byCertificate.code).toBe(3);
    expect(failureOf(byCertificate)?.code).toBe('ca-key-mismatch');
    expect(deploymentOf(dir)).toEqual(before);
    rmSync(at('data/tls.crt'));
    const byKey = await session.rehearse(['--yes', '--ca-key', key ?? '']);
    expect(byKey.code).toBe(3);
    expect(failureOf(byKey)?.code).toBe('ca-key-mismatch');
    expect(failureOf(byKey)?.expected?.replaceAll(':', '').toUpperCase()).toContain(
      fingerprint.replaceAll(':', ''),
    );
    await session.rehearsed(['--ca-key', at('data/ca.key')]);
    expect(fingerprintOf(dir)).toBe(fingerprint);
  });

  test('a word about another CA: exit 2 before any effect; about this one: taken', async () => {
    const before = deploymentOf(dir);
    const wrong = await session.rehearse(['--yes', '--ca-registered', 'AB'.repeat(32)]);
    expect(wrong.code).toBe(2);
    expect(failureOf(wrong)?.code).toBe('ca-fingerprint-mismatch');
    expect(eventsOf(wrong, 'step.started')).toEqual([]);
    expect(deploymentOf(dir)).toEqual(before);
    const right = await session.rehearsed(['--ca-registered', fingerprint]);
    expect(eventsOf(right, 'ca')).toMatchObject([{ registered: true }]);
  });

  test('the CA’s certificate is gone: its key is certified again, and the earlier word about it does not block', async () => {
    rmSync(at('data/ca.crt'));
    const shown = await session.rehearse(['--dry-run']);
    expect(shown.code, storyOf(shown)).toBe(0);
    expect(workOf(shown).join('\n')).toContain('create data/ca.crt');
    const ended = await session.rehearse();
    expect([0, 10]).toContain(ended.code);
    expect(fingerprintOf(dir)).not.toBe(fingerprint);
    expect(openssl('pkey', '-in', at('data/ca.key'), '-pubout')).toBe(
      openssl('x509', '-in', at('data/ca.crt'), '-noout', '-pubkey'),
    );
    expect(verify(dir)).toContain('tls.crt: OK');
  });
});

describe('the CA’s key elsewhere', () => {
  const session = new Session();
  const { dir } = session;
  const key = join(session.home, 'ca.key');
  const passphrase = join(session.home, 'passphrase');
  const wrong = join(session.home, 'wrong');
  beforeAll(() => {
    writeFileSync(passphrase, 'correct horse\n');
    writeFileSync(wrong, 'battery staple\n');
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test('is made there, encrypted, and never in data/', async () => {
    const ended = await session.rehearsed(['--ca-key', key, '--ca-passphrase-file', passphrase]);
    expect(readFileSync(key, 'utf8')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/u);
    expect(Object.keys(treeOf(dir))).not.toContain('data/ca.key');
    expect(treeOf(session.home)['ca.key']).toMatch(/^600 /u);
    expect(openssl('pkey', '-in', key, '-passin', `file:${passphrase}`, '-pubout')).toBe(
      openssl('x509', '-in', join(dir, 'data/ca.crt'), '-noout', '-pubkey'),
    );
    expect(verify(dir)).toContain('tls.crt: OK');
    const output = ended.stdout + textOf(dir, '.mcp-tunnel/journal.jsonl');
    expect(output + textOf(dir, '.mcp-tunnel/answers.yaml')).not.toContain('correct horse');
  });

  test('the passphrase is needed only to sign; a wrong one or none is exit 3, unchanged', async () => {
    expect(finishOf(await session.rehearse([]))).toMatchObject({ outcome: 'done', changed: false });
    rmSync(join(dir, 'data/tls.crt'));
    const before = deploymentOf(dir);
    for (const args of [[], ['--ca-passphrase-file', wrong]]) {
      const ended = await session.rehearse(['--yes', ...args]);
      expect(ended.code).toBe(3);
      expect(failureOf(ended)?.code).toBe('ca-key-passphrase');
    }
    expect(deploymentOf(dir)).toEqual(before);
    await session.rehearsed([], { env: { MCP_TUNNEL_CA_PASSPHRASE: 'correct horse' } });
    expect(verify(dir)).toContain('tls.crt: OK');
  });
});

test('a CA made elsewhere is taken in with its key, and must be one of facts 4.5', async () => {
  await using session = new Session();
  const ca = makeCa();
  const [certificate, key] = ['mine.crt', 'mine.key'].map((name) => join(session.home, name));
  writeFileSync(certificate ?? '', ca.certificate);
  const args = ['--ca-cert', certificate ?? '', '--ca-key', key ?? ''];
  const missing = await session.rehearse(['--yes', ...args]);
  expect(missing.code).toBe(3);
  expect(failureOf(missing)?.code).toBe('ca-key-missing');
  expect(Object.keys(treeOf(session.cwd))).toEqual(['.']);
  writeFileSync(key ?? '', makeCa().key, { mode: 0o600 });
  const other = await session.rehearse(['--yes', ...args]);
  expect(failureOf(other)?.code).toBe('ca-key-mismatch');
  expect(Object.keys(treeOf(session.cwd))).toEqual(['.']);
  writeFileSync(key ?? '', ca.key);
  const ended = await session.rehearsed(args);
  expect(eventsOf(ended, 'verified')).toMatchObject([{ level: 4 }]);
  expect(textOf(session.dir, 'data/ca.crt')).toBe(ca.certificate);
  expect(Object.keys(treeOf(session.dir))).not.toContain('data/ca.key');
});

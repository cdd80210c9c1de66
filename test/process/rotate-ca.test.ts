import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Console } from '../../src/simulator/console.ts';
import { makeCa } from '../simulator/openssl.ts';
import {
  deploymentOf,
  type Ended,
  eventsOf,
  finishOf,
  isAt,
  leftOvers,
  type RunOptions,
  Session,
  storyOf,
  textOf,
  workOf,
} from './session.ts';

function rotate(session: Session, args: readonly string[] = ['--yes'], options: RunOptions = {}) {
  return session.run(['rehearse', 'rotate-ca', '--json', '--dir', session.dir, ...args], options);
}

function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
}

function caOf({ dir }: Session): string {
  return fingerprintOf(textOf(dir, 'data/ca.crt'));
}

/** The simulated Console as the runs leave it. */
function consoleOf({ dir }: Session) {
  const file = join(dir, '.mcp-tunnel/rehearsal/console.json');
  const console = new Console({ file, edge: 'edge:7844' });
  const [tunnel] = console.list();
  if (!tunnel) throw new Error('no tunnel');
  const active = () =>
    (console.list()[0]?.certificates ?? [])
      .filter(({ revoked }) => !revoked)
      .map(({ fingerprint }) => fingerprint);
  return { console, tunnel, active };
}

/** What a foreign judge says of the pair on disk: chain, names, and that key and certificate fit. */
function judged(dir: string): string {
  const [ca = '', certificate = '', key = ''] = ['ca.crt', 'tls.crt', 'tls.key'].map((name) =>
    join(dir, 'data', name),
  );
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const domain = /tunnel_domain: "?([\w.]+)/u.exec(textOf(dir, 'config/mcp-proxy.yaml'))?.[1];
  expect(openssl('x509', '-in', certificate, '-noout', '-pubkey')).toBe(
    openssl('pkey', '-in', key, '-pubout'),
  );
  return openssl(
    ...['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', `echo.${domain}`],
    ...['-CAfile', ca, certificate],
  );
}

/** Ids of the containers that the rehearsal remembers. */
function containersOf({ dir }: Session): readonly string[] {
  const records: readonly Record<string, string>[] = JSON.parse(
    textOf(dir, '.mcp-tunnel/rehearsal/containers.json'),
  );
  return records.map(({ id }) => String(id)).sort();
}

function noticesOf(ended: Ended): string {
  return eventsOf(ended, 'notice')
    .map(({ text }) => text)
    .join('\n');
}

/** No key of the deployment in what was printed or noted. */
function expectNoKeys(session: Session, ended: Ended): void {
  const keys = ['data/ca.key', 'data/tls.key'].map(
    (path) => textOf(session.dir, path).split('\n')[1] ?? '',
  );
  for (const text of [ended.stdout, textOf(session.dir, '.mcp-tunnel/journal.jsonl')])
    for (const key of keys) expect(text).not.toContain(key);
}

describe('rotate-ca', () => {
  const session = new Session();
  beforeAll(async () => {
    await session.rehearsed(['--key-type', 'p-256']);
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test('a dry run shows the whole walk, and changes nothing', async () => {
    const tree = deploymentOf(session.dir);
    const ended = await rotate(session, ['--dry-run', '--ca-days', '400', '--cert-days', '60']);
    expect(ended.code, storyOf(ended)).toBe(0);
    const plan = workOf(ended).map((line) => line.split(/ \(|,/u)[0]);
    expect(plan).toEqual([
      'create .mcp-tunnel/next-ca/ca.key',
      'create .mcp-tunnel/next-ca/ca.crt',
      'create .mcp-tunnel/next-ca/registered',
      'create .mcp-tunnel/next-ca/tls.key',
      'create .mcp-tunnel/next-ca/tls.crt',
      'create .mcp-tunnel/bridge/docker-compose.yaml',
      'create .mcp-tunnel/bridge/data/tls.key',
      'create .mcp-tunnel/bridge/data/tls.crt and ca.crt',
      'create .mcp-tunnel/bridge/credentials/tunnel-token',
      'run start the second pair',
      'create .mcp-tunnel/backups/…/',
      'create .mcp-tunnel/next-ca/old-ca.crt',
      'change data/tls.key',
      'change data/tls.crt',
      'change data/ca.key',
      'change data/ca.crt',
      'change .mcp-tunnel/answers.yaml',
      'remove .mcp-tunnel/next-ca/: ca.key',
      'run ask the proxy which certificate it serves',
      'run stop cloudflared and mcp-proxy',
      'run start mcp-proxy',
      'run start cloudflared',
      'run stop the second pair',
      'remove .mcp-tunnel/bridge/',
      'remove .mcp-tunnel/next-ca/',
    ]);
    expect(workOf(ended)).toContainEqual(expect.stringContaining('(p-256, 400 days)'));
    expect(workOf(ended)).toContainEqual(expect.stringContaining('(p-256, 60 days)'));
    expect(deploymentOf(session.dir)).toEqual(tree);
  });

  test('without consent nothing is done', async () => {
    const tree = deploymentOf(session.dir);
    expect((await rotate(session, [])).code).toBe(6);
    expect(deploymentOf(session.dir)).toEqual(tree);
  });

  test('walks to the end: one CA, registered, served; the old one revoked and in the archive', async () => {
    const [old, containers] = [caOf(session), containersOf(session)];
    const before = ['ca.crt', 'ca.key', 'tls.crt', 'tls.key'].map((name) =>
      textOf(session.dir, `data/${name}`),
    );
    const ended = await rotate(session);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: true });
    expect(ended.code).toBe(0);
    const now = caOf(session);
    expect(now).not.toBe(old);
    expect(consoleOf(session).active()).toEqual([now]);
    expect(judged(session.dir)).toContain('tls.crt: OK');
    expect(eventsOf(ended, 'certificate')).toMatchObject([{ served: 'yes' }]);
    expect(noticesOf(ended)).toContain('The new CA is proven: the simulated edge accepts');
    expect(containersOf(session)).toEqual(containers);
    expect(existsSync(join(session.dir, '.mcp-tunnel/next-ca'))).toBe(false);
    expect(existsSync(join(session.dir, '.mcp-tunnel/bridge'))).toBe(false);
    const [name = '', ...more] = readdirSync(join(session.dir, '.mcp-tunnel/backups'));
    expect(more).toEqual([]);
    const archived = ['ca.crt', 'ca.key', 'tls.crt', 'tls.key'].map((file) =>
      textOf(session.dir, `.mcp-tunnel/backups/${name}/${file}`),
    );
    expect(archived).toEqual(before);
    expectNoKeys(session, ended);
  });

  test('an installation and a renewal go on with the new one', async () => {
    const tree = deploymentOf(session.dir);
    const again = await session.rehearse();
    expect(finishOf(again), storyOf(again)).toMatchObject({ outcome: 'done', changed: false });
    expect(eventsOf(again, 'ca')).toMatchObject([{ registered: true, fingerprint: caOf(session) }]);
    expect(deploymentOf(session.dir)).toEqual(tree);
    const renewed = await session.run([
      ...['rehearse', 'renew-cert', '--json', '--yes', '--dir', session.dir],
    ]);
    expect(finishOf(renewed), storyOf(renewed)).toMatchObject({ outcome: 'done', changed: true });
    expect(judged(session.dir)).toContain('OK');
  });

  test('both places taken: it says which one not to revoke, and goes on once there is room', async () => {
    const stranger = fingerprintOf(makeCa().certificate);
    const other = makeCa().certificate;
    const { console, tunnel } = consoleOf(session);
    const added = console.addCertificate(tunnel.id, other);
    const old = caOf(session);
    const data = deploymentOf(join(session.dir, 'data'));
    const ended = await rotate(session);
    expect(ended.code, storyOf(ended)).toBe(10);
    const { failure } = finishOf(ended);
    expect(failure).toMatchObject({ code: 'ca-not-registered' });
    const words = failure?.nextSteps.join('\n') ?? '';
    expect(words).toContain(`not ${old.toUpperCase().replace(/..(?=.)/gu, '$&:')}`);
    expect(deploymentOf(join(session.dir, 'data'))).toEqual(data);
    const made = textOf(session.dir, '.mcp-tunnel/next-ca/ca.crt');

    for (const wrong of [stranger, old]) {
      const refused = await rotate(session, ['--yes', '--ca-registered', wrong]);
      expect(refused.code).toBe(2);
      expect(finishOf(refused).failure).toMatchObject({ code: 'ca-fingerprint-mismatch' });
    }
    const status = await session.run(['rehearse', 'status', '--json', '--dir', session.dir]);
    expect(status.code, storyOf(status)).toBe(10);
    expect(eventsOf(status, 'status')[0]?.due).toContainEqual(
      expect.objectContaining({ item: 'ca-rotation' }),
    );

    consoleOf(session).console.revokeCertificate(tunnel.id, added.id);
    const gone = await rotate(session);
    expect(finishOf(gone), storyOf(gone)).toMatchObject({ outcome: 'done' });
    expect(textOf(session.dir, 'data/ca.crt')).toBe(made);
    expect(consoleOf(session).active()).toEqual([fingerprintOf(made)]);
  });

  test('taken back: the simulated Console forgets it, too, and the next rotation finds room', async () => {
    const { console, tunnel, active } = consoleOf(session);
    const added = console.addCertificate(tunnel.id, makeCa().certificate);
    const tree = deploymentOf(session.dir);
    await rotate(session);
    expect(existsSync(join(session.dir, '.mcp-tunnel/next-ca/ca.key'))).toBe(true);
    console.revokeCertificate(tunnel.id, added.id);
    const killed = await rotate(session, ['--yes'], {
      onEvent: (event, child) => {
        if (isAt(event, 'step.started', 'archive')) child.kill('SIGKILL');
      },
    });
    expect(killed.signal, storyOf(killed)).toBe('SIGKILL');
    await session.noProcesses();
    expect(consoleOf(session).active()).toHaveLength(2);
    const ended = await rotate(session, ['--cancel', '--yes']);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: true });
    expect(consoleOf(session).active()).toEqual([caOf(session)]);
    const rest = (tree_: typeof tree) =>
      Object.entries(tree_).filter(([path]) => !path.startsWith('.mcp-tunnel/backups'));
    expect(rest(deploymentOf(session.dir))).toEqual(rest(tree));
    expect(active()).toBeDefined();
    const again = await rotate(session, ['--cancel', '--yes']);
    expect(finishOf(again)).toMatchObject({ outcome: 'done', changed: false });
  });

  test('a registration that is gone again is seen before any call is risked', async () => {
    const killed = await rotate(session, ['--yes'], {
      onEvent: (event, child) => {
        if (isAt(event, 'step.finished', 'new-pair')) child.kill('SIGKILL');
      },
    });
    expect(killed.signal, storyOf(killed)).toBe('SIGKILL');
    await session.noProcesses();
    const { console, tunnel } = consoleOf(session);
    const next = fingerprintOf(textOf(session.dir, '.mcp-tunnel/next-ca/ca.crt'));
    const found = tunnel.certificates.find(({ fingerprint }) => fingerprint === next);
    console.revokeCertificate(tunnel.id, found?.id ?? '');
    const ended = await rotate(session);
    expect(finishOf(ended).failure, storyOf(ended)).toMatchObject({ code: 'ca-not-registered' });
    expect(ended.code).toBe(10);
    expect(eventsOf(ended, 'command')).toEqual([]);
    expect(existsSync(join(session.dir, '.mcp-tunnel/bridge'))).toBe(false);
    expect((await rotate(session, ['--cancel', '--yes'])).code).toBe(0);
  });

  test('where nothing is installed it says so', async () => {
    const nowhere = ['--json', '--yes', '--dir', 'elsewhere'];
    const ended = await session.run(['rehearse', 'rotate-ca', ...nowhere]);
    expect(ended.code).toBe(2);
    expect(existsSync(join(session.cwd, 'elsewhere'))).toBe(false);
  });

  test.each([
    ['a fingerprint that is none', ['--ca-registered', 'abc'], 'answers-invalid'],
    ['taking back and going on', ['--cancel', '--ca-days', '9'], 'usage'],
    ['an old CA that is none', ['--old-revoked', 'ab'.repeat(32)], 'ca-fingerprint-mismatch'],
  ] as const)('%s is refused', async (_what, args, code) => {
    const ended = await rotate(session, ['--yes', ...args]);
    expect(finishOf(ended).failure).toMatchObject({ code });
    expect(ended.code).toBe(2);
  });

  test('a new key with a place of its own: never in data/, named to later runs', async () => {
    writeFileSync(join(session.cwd, 'passphrase'), 'a long passphrase\n');
    const passphrase = ['--ca-passphrase-file', 'passphrase'];
    const ended = await rotate(session, ['--yes', '--ca-key', 'usb.key', ...passphrase]);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done' });
    expect(textOf(session.cwd, 'usb.key')).toContain('ENCRYPTED PRIVATE KEY');
    expect(readdirSync(join(session.dir, 'data'))).not.toContain('ca.key');
    const place = ['--json', '--yes', '--dir', session.dir];
    const renewed = await session.run(['rehearse', 'renew-cert', ...place, ...passphrase]);
    expect(finishOf(renewed), storyOf(renewed)).toMatchObject({ outcome: 'done' });
    expect(judged(session.dir)).toContain('OK');
    const unplaced = await rotate(session);
    expect(finishOf(unplaced).failure).toMatchObject({ code: 'answers-missing' });
    expect(unplaced.code).toBe(2);
  });
});

test('killed at every step, then again: one CA, never made twice, and nothing left over', async () => {
  await using session = new Session();
  await session.rehearsed(['--key-type', 'p-256']);
  const old = caOf(session);
  const made = new Set<string>();
  for (const [type, place] of [
    ['step.started', 'new-ca'],
    ['file.written', 'next-ca/ca.key'],
    ['step.started', 'registration'],
    ['step.started', 'new-pair'],
    ['file.written', 'next-ca/tls.key'],
    ['step.started', 'bridge'],
    ['file.written', 'bridge/data/tls.crt'],
    ['connections', ''],
    ['step.finished', 'bridge'],
    ['step.started', 'archive'],
    ['step.started', 'swap'],
    ['step.finished', 'swap'],
    ['step.started', 'settle'],
    ['step.started', 'close'],
  ] as const) {
    const killed = await rotate(session, ['--yes'], {
      onEvent: (event, child) => {
        const isFile = 'path' in event && String(event.path).endsWith(place);
        if (event.type === type && (isFile || place === '' || isAt(event, type, place)))
          child.kill('SIGKILL');
      },
    });
    expect(killed.signal, `${type} ${place}: ${storyOf(killed)}`).toBe('SIGKILL');
    await session.noProcesses();
    const next = join(session.dir, '.mcp-tunnel/next-ca/ca.crt');
    if (existsSync(next))
      made.add(fingerprintOf(textOf(session.dir, '.mcp-tunnel/next-ca/ca.crt')));
    expect(judged(session.dir)).toContain('OK');
  }
  const ended = await rotate(session);
  expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: true });
  const now = caOf(session);
  expect([...made]).toEqual([now]);
  expect(now).not.toBe(old);
  expect(consoleOf(session).active()).toEqual([now]);
  expect(judged(session.dir)).toContain('OK');
  expect(leftOvers(session.dir)).toEqual([]);
  expect(existsSync(join(session.dir, '.mcp-tunnel/next-ca'))).toBe(false);
  expect(existsSync(join(session.dir, '.mcp-tunnel/bridge'))).toBe(false);
  expect(containersOf(session)).toHaveLength(3);
  const backups = readdirSync(join(session.dir, '.mcp-tunnel/backups'));
  const cas = backups.map((name) =>
    fingerprintOf(textOf(session.dir, `.mcp-tunnel/backups/${name}/ca.crt`)),
  );
  expect(cas).toEqual([old]);
}, 180_000);

test('stopped between its files: nobody else touches them, the next run ends it', async () => {
  await using session = new Session();
  await session.rehearsed(['--key-type', 'p-256']);
  const old = caOf(session);
  await rotate(session, ['--yes'], {
    onEvent: (event, child) => {
      if (isAt(event, 'step.started', 'swap')) child.kill('SIGKILL');
    },
  });
  await session.noProcesses();
  // The first of the four: no certificate tells of it.
  const path = join(session.dir, 'data/tls.key');
  rmSync(path);
  writeFileSync(path, textOf(session.dir, '.mcp-tunnel/next-ca/tls.key'), { mode: 0o644 });
  const data = deploymentOf(join(session.dir, 'data'));
  for (const command of ['install', 'renew-cert', 'rotate-token']) {
    const place = ['--json', '--yes', '--dir', session.dir];
    const ended = await session.run(['rehearse', command, ...place]);
    expect(finishOf(ended).failure, storyOf(ended)).toMatchObject({
      code: 'ca-rotation-unfinished',
      nextSteps: [expect.stringContaining('mcp-tunnel rotate-ca')],
    });
    expect(ended.code).toBe(10);
  }
  expect(deploymentOf(join(session.dir, 'data'))).toEqual(data);
  const ended = await rotate(session);
  expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done' });
  expect(caOf(session)).not.toBe(old);
  expect(consoleOf(session).active()).toEqual([caOf(session)]);
  expect(judged(session.dir)).toContain('OK');
  const done = await session.rehearse();
  expect(finishOf(done), storyOf(done)).toMatchObject({ outcome: 'done' });
}, 60_000);

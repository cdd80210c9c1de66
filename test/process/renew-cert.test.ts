import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCa, makeServer } from '../simulator/openssl.ts';
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

function renew(session: Session, args: readonly string[] = ['--yes'], options: RunOptions = {}) {
  return session.run(['rehearse', 'renew-cert', '--json', '--dir', session.dir, ...args], options);
}

function openssl(...args: readonly string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What a foreign judge says of the pair on disk: chain, names, and that key and certificate fit. */
function judged(dir: string): string {
  const [ca, certificate, key] = ['ca.crt', 'tls.crt', 'tls.key'].map((name) =>
    join(dir, 'data', name),
  );
  const domain = /tunnel_domain: "?([\w.]+)/u.exec(textOf(dir, 'config/mcp-proxy.yaml'))?.[1];
  const publicKeys = [
    openssl('x509', '-in', certificate ?? '', '-noout', '-pubkey'),
    openssl('pkey', '-in', key ?? '', '-pubout'),
  ];
  expect(publicKeys[0]).toBe(publicKeys[1]);
  return openssl(
    ...['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', `echo.${domain}`],
    ...['-CAfile', ca ?? '', certificate ?? ''],
  );
}

function pairOf({ dir }: Session) {
  return { certificate: textOf(dir, 'data/tls.crt'), key: textOf(dir, 'data/tls.key') };
}

/** Archived pairs, oldest first. */
function archivesOf({ dir }: Session): readonly { certificate: string; key: string }[] {
  const backups = join(dir, '.mcp-tunnel/backups');
  if (!existsSync(backups)) return [];
  return readdirSync(backups)
    .sort()
    .map((name) => ({
      certificate: textOf(backups, `${name}/tls.crt`),
      key: textOf(backups, `${name}/tls.key`),
    }));
}

function certificateOf(ended: Ended) {
  const [certificate] = eventsOf(ended, 'certificate');
  if (!certificate) throw new Error(storyOf(ended));
  return certificate;
}

function noticesOf(ended: Ended): readonly string[] {
  return eventsOf(ended, 'notice').map(({ text }) => text);
}

/** The deployment but for its pair and what is archived of it. */
function restOf({ dir }: Session) {
  return Object.fromEntries(
    Object.entries(deploymentOf(dir)).filter(
      ([path]) => !/^data\/tls\.(?:crt|key)$|^\.mcp-tunnel\/backups/u.test(path),
    ),
  );
}

/** Ids of the containers that the rehearsal remembers. */
function containersOf(session: Session): readonly string[] {
  const records: readonly Record<string, string>[] = JSON.parse(
    textOf(session.dir, '.mcp-tunnel/rehearsal/containers.json'),
  );
  return records.map(({ id }) => String(id)).sort();
}

describe('renew-cert', () => {
  const session = new Session();
  beforeAll(async () => {
    await session.rehearsed(['--key-type', 'p-256']);
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test('a dry run shows what is archived and made, and changes nothing', async () => {
    const tree = deploymentOf(session.dir);
    const ended = await renew(session, ['--dry-run', '--cert-days', '60']);
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(workOf(ended).map((line) => line.replace(/[0-9a-f]{12}…|[0-9a-f]{8}\./gu, 'X'))).toEqual(
      [
        'create .mcp-tunnel/backups/…/tls.key and tls.crt, the pair there is (certificate X)',
        'change data/tls.crt, server certificate for *.Xtunnel.anthropic.com (60 days; its key is kept)',
      ],
    );
    expect(deploymentOf(session.dir)).toEqual(tree);
  });

  test('keeps the key, archives the pair, and proves that the proxy serves the new one', async () => {
    const [before, rest, containers] = [pairOf(session), restOf(session), containersOf(session)];
    const ended = await renew(session);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: true });
    expect(ended.code).toBe(0);
    const { certificate, key } = pairOf(session);
    expect(key).toBe(before.key);
    expect(certificate).not.toBe(before.certificate);
    expect(judged(session.dir)).toContain('tls.crt: OK');
    const { fingerprint, ...told } = certificateOf(ended);
    expect(told).toMatchObject({ daysLeft: 89, served: 'yes', seenBy: 'the simulated edge' });
    const shown = openssl(
      ...['x509', '-in', join(session.dir, 'data/tls.crt'), '-noout', '-fingerprint', '-sha256'],
    );
    expect(shown.replace(/^.*=|:|\n/gu, '').toLowerCase()).toBe(fingerprint);
    expect(archivesOf(session)).toEqual([before]);
    expect(restOf(session)).toEqual(rest);
    expect(containersOf(session)).toEqual(containers);
    expect(eventsOf(ended, 'command')).toEqual([]);
    const [name = ''] = readdirSync(join(session.dir, '.mcp-tunnel/backups'));
    const modes = ['', '/tls.key', '/tls.crt'].map((path) =>
      (statSync(join(session.dir, '.mcp-tunnel/backups', name + path)).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(['700', '400', '600']);
    for (const text of [ended.stdout, textOf(session.dir, '.mcp-tunnel/journal.jsonl')])
      expect(text).not.toContain(key.split('\n')[1]);
  });

  test.each(['720h', '30d'])(
    'is no work and no failure while more than %s is left',
    async (time) => {
      const tree = deploymentOf(session.dir);
      const ended = await renew(session, ['--renew-before', time]);
      expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: false });
      expect(ended.code).toBe(0);
      expect(noticesOf(ended)).toEqual([
        expect.stringMatching(
          new RegExp(
            `^Not due: 89 days left\\. With --renew-before ${time} it is renewed from`,
            'u',
          ),
        ),
      ]);
      expect(certificateOf(ended)).toMatchObject({ daysLeft: 89, served: 'yes' });
      expect(deploymentOf(session.dir)).toEqual(tree);
    },
  );

  test('within the window it renews', async () => {
    const before = pairOf(session);
    const ended = await renew(session, ['--renew-before', '2200h', '--cert-days', '120', '--yes']);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: true });
    expect(pairOf(session).certificate).not.toBe(before.certificate);
    expect(certificateOf(ended)).toMatchObject({ daysLeft: 119, served: 'yes' });
  });

  test('without consent nothing is done', async () => {
    const tree = deploymentOf(session.dir);
    const ended = await renew(session, []);
    expect(ended.code).toBe(6);
    expect(deploymentOf(session.dir)).toEqual(tree);
  });

  test('makes a new key of another kind; --restore puts the old pair back, and again', async () => {
    const before = pairOf(session);
    const ended = await renew(session, ['--new-key', '--key-type', 'rsa-2048', '--yes']);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done' });
    const after = pairOf(session);
    expect(after.key).not.toBe(before.key);
    expect(openssl('pkey', '-in', join(session.dir, 'data/tls.key'), '-noout', '-text')).toContain(
      '2048 bit',
    );
    expect(judged(session.dir)).toContain('OK');
    expect(certificateOf(ended)).toMatchObject({ served: 'yes' });
    expect(archivesOf(session).at(-1)).toEqual(before);

    const back = await renew(session, ['--restore', '--yes']);
    expect(finishOf(back), storyOf(back)).toMatchObject({ outcome: 'done', changed: true });
    expect(pairOf(session)).toEqual(before);
    expect(certificateOf(back)).toMatchObject({ served: 'yes' });
    expect(archivesOf(session).at(-1)).toEqual(after);

    const again = await renew(session, ['--restore', '--yes']);
    expect(finishOf(again), storyOf(again)).toMatchObject({ outcome: 'done' });
    expect(pairOf(session)).toEqual(after);
  });

  test('two at once: one waits for nobody and says who is at work', async () => {
    let second: Promise<Ended> | undefined;
    const first = await renew(session, ['--yes'], {
      onEvent: (event, child) => {
        if (!isAt(event, 'step.started', 'archive')) return;
        // The first stands still until the second has found it at work, however slowly that starts.
        child.kill('SIGSTOP');
        second = renew(session).finally(() => child.kill('SIGCONT'));
      },
    });
    expect(finishOf(first)).toMatchObject({ outcome: 'done' });
    const refused = await second;
    expect(refused && finishOf(refused)).toMatchObject({ failure: { code: 'locked' } });
  });

  test('a certificate that has expired is renewed, and what that meant is said', async () => {
    const { dir } = session;
    const ca = { certificate: textOf(dir, 'data/ca.crt'), key: textOf(dir, 'data/ca.key') };
    const domain = /tunnel_domain: "?([\w.]+)/u.exec(textOf(dir, 'config/mcp-proxy.yaml'))?.[1];
    const [notBefore, notAfter] = ['20240101000000Z', '20240201000000Z'];
    const old = makeServer(ca, domain ?? '', { notBefore, notAfter });
    writeFileSync(join(dir, 'data/tls.crt'), old.certificate);
    rmSync(join(dir, 'data/tls.key'));
    writeFileSync(join(dir, 'data/tls.key'), old.key, { mode: 0o644 });
    const ended = await renew(session, ['--renew-before', '720h', '--yes']);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: true });
    const [plan] = eventsOf(ended, 'plan');
    expect(plan?.changes.map(({ why }) => why)).toContainEqual(
      expect.stringMatching(/^it expired on 2024-02-01: calls have failed since$/u),
    );
    expect(certificateOf(ended)).toMatchObject({ daysLeft: 89, served: 'yes' });
  });
});

describe('refusals leave everything as it was', () => {
  const session = new Session();
  const inData = (name: string) => join(session.dir, 'data', name);
  beforeAll(async () => {
    await session.rehearsed(['--key-type', 'p-256']);
    writeFileSync(join(session.cwd, 'foreign.key'), makeCa().key);
    execFileSync('openssl', [
      ...['pkcs8', '-topk8', '-v2', 'aes256', '-passout', 'pass:right'],
      ...['-in', inData('ca.key'), '-out', join(session.cwd, 'locked.key')],
    ]);
    for (const word of ['right', 'wrong']) writeFileSync(join(session.cwd, word), `${word}\n`);
    writeFileSync(join(session.cwd, 'garbage.key'), 'nothing of the kind\n');
  });
  afterAll(() => session[Symbol.asyncDispose]());

  const locked = ['--ca-key', 'locked.key'];
  test.each([
    ['a key of another CA', ['--ca-key', 'foreign.key'], 'ca-key-mismatch', 3],
    ['no key there', ['--ca-key', 'nowhere.key'], 'ca-key-missing', 3],
    ['no key at all', ['--ca-key', 'garbage.key'], 'file-malformed', 3],
    ['an encrypted key', locked, 'ca-key-passphrase', 3],
    ['a wrong passphrase', [...locked, '--ca-passphrase-file', 'wrong'], 'ca-key-passphrase', 3],
    ['nothing to restore', ['--restore'], 'backup-missing', 3],
    ['a duration that is none', ['--renew-before', '720'], 'usage', 2],
    ['a key type without a new key', ['--key-type', 'p-256'], 'usage', 2],
    ['restoring and making', ['--restore', '--new-key'], 'usage', 2],
  ] as const)('%s', async (_what, args, code, exit) => {
    const tree = deploymentOf(session.dir);
    const ended = await renew(session, ['--yes', ...args]);
    expect(finishOf(ended).failure).toMatchObject({ code });
    expect(finishOf(ended).failure?.nextSteps.length).toBeGreaterThan(0);
    expect(ended.code).toBe(exit);
    expect(deploymentOf(session.dir)).toEqual(tree);
  });

  test('the encrypted key with its passphrase signs, although data/ has none', async () => {
    renameSync(inData('ca.key'), join(session.cwd, 'away.key'));
    const ended = await renew(session, ['--yes', ...locked, '--ca-passphrase-file', 'right']);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: true });
    expect(judged(session.dir)).toContain('OK');
    expect(existsSync(inData('ca.key'))).toBe(false);
    // What is not due needs no key: a scheduled run must not fail for it.
    const idle = await renew(session, ['--renew-before', '720h']);
    expect(finishOf(idle), storyOf(idle)).toMatchObject({ outcome: 'done', changed: false });
  });

  test('where nothing is installed it says so', async () => {
    const nowhere = ['--json', '--yes', '--dir', 'elsewhere'];
    const ended = await session.run(['rehearse', 'renew-cert', ...nowhere]);
    expect(ended.code).toBe(2);
    expect(existsSync(join(session.cwd, 'elsewhere'))).toBe(false);
  });
});

test('killed at the begin and the end of every step, then again: one pair that is served', async () => {
  await using session = new Session();
  await session.rehearsed(['--key-type', 'p-256']);
  const first = pairOf(session);
  for (const [type, step] of [
    ['step.started', 'archive'],
    ['step.finished', 'archive'],
    ['step.started', 'server-certificate'],
    ['file.written', 'data/tls.key'],
    ['step.finished', 'server-certificate'],
    ['step.started', 'served'],
    ['step.finished', 'served'],
  ] as const) {
    const killed = await renew(session, ['--new-key', '--yes'], {
      onEvent: (event, child) => {
        const isThere = event.type === type && 'path' in event && event.path.endsWith(`/${step}`);
        if (isThere || isAt(event, type, step)) child.kill('SIGKILL');
      },
    });
    expect(killed.signal, `${type} ${step}: ${storyOf(killed)}`).toBe('SIGKILL');
    await session.noProcesses();
    if (type !== 'file.written') expect(judged(session.dir)).toContain('OK');
  }
  const ended = await renew(session, ['--new-key', '--yes']);
  expect(certificateOf(ended), storyOf(ended)).toMatchObject({ served: 'yes' });
  expect(leftOvers(session.dir)).toEqual([]);
  // The pair of before the first kill is there once, though it was killed before and after archiving it.
  const kept = archivesOf(session).filter(({ certificate }) => certificate === first.certificate);
  expect(kept).toEqual([first]);
}, 60_000);

test('stopped between key and certificate: the next run signs for that key, and the proxy starts', async () => {
  await using session = new Session();
  await session.rehearsed(['--key-type', 'p-256']);
  const before = pairOf(session);
  expect((await renew(session, ['--new-key', '--yes'])).code).toBe(0);
  const { key } = pairOf(session);
  writeFileSync(join(session.dir, 'data/tls.crt'), before.certificate);
  // Not due by far; but with this pair no proxy can start.
  const ended = await renew(session, ['--renew-before', '720h', '--yes']);
  expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: true });
  expect(pairOf(session).key).toBe(key);
  expect(judged(session.dir)).toContain('OK');
  expect(certificateOf(ended)).toMatchObject({ served: 'yes' });
  expect(eventsOf(ended, 'command').map(({ argv }) => argv.slice(-2).join(' '))).toEqual([
    'restart mcp-proxy',
  ]);
  expect(archivesOf(session)).toEqual([before]);
});

import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemRandom } from '../../src/adapters/system-random.ts';
import { x509Certificates } from '../../src/adapters/x509-certificates.ts';
import { Secret } from '../../src/domain/secret.ts';
import { tokenText } from '../fakes/sample-answers.ts';
import { unpacked } from '../fakes/unpacked.ts';
import {
  type Ended,
  eventsOf,
  finishOf,
  leftOvers,
  type RunOptions,
  Session,
  storyOf,
  textOf,
  treeOf,
} from './session.ts';

function examine(session: Session, args: readonly string[] = [], options: RunOptions = {}) {
  return session.run(['rehearse', 'doctor', '--json', '--dir', session.dir, ...args], options);
}

function checksOf(ended: Ended) {
  return new Map(eventsOf(ended, 'check').map((check) => [check.id, check]));
}

/** Checks that are not as they should be. */
function troubleOf(ended: Ended): readonly string[] {
  return eventsOf(ended, 'check')
    .filter(({ status }) => status !== 'pass')
    .map(({ id, status }) => `${status} ${id}`);
}

function conclusionOf(ended: Ended) {
  const [conclusion] = eventsOf(ended, 'examined');
  if (!conclusion) throw new Error(`no conclusion:\n${ended.stdout}\n${ended.stderr}`);
  return conclusion;
}

/** The deployment without what the rehearsal notes of its own containers. */
function treeBeside(dir: string) {
  return Object.fromEntries(
    Object.entries(treeOf(dir)).filter(([path]) => !path.startsWith('.mcp-tunnel/rehearsal')),
  );
}

describe('a rehearsed deployment', () => {
  const session = new Session();
  const at = (path: string) => join(session.dir, path);
  beforeAll(async () => {
    await session.rehearsed();
  });
  afterAll(() => session[Symbol.asyncDispose]());

  /** Breaks a file for one look. */
  async function with_(path: string, text: string, look: () => Promise<Ended>): Promise<Ended> {
    const before = existsSync(at(path)) ? readFileSync(at(path)) : undefined;
    const mode = before && statSync(at(path)).mode & 0o7777;
    if (mode !== undefined) chmodSync(at(path), 0o600);
    writeFileSync(at(path), text);
    if (mode !== undefined) chmodSync(at(path), mode);
    try {
      return await look();
    } finally {
      if (before) {
        chmodSync(at(path), 0o600);
        writeFileSync(at(path), before);
        chmodSync(at(path), mode ?? 0o600);
      } else await rm(at(path));
    }
  }

  test('healthy: every check passes, exit 0, nothing is touched', async () => {
    const tree = treeBeside(session.dir);
    const ended = await examine(session);
    expect(troubleOf(ended)).toEqual([]);
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(finishOf(ended)).toMatchObject({ flow: 'doctor', outcome: 'done', changed: false });
    expect(conclusionOf(ended)).toMatchObject({ failed: 0, warned: 0 });
    expect(eventsOf(ended, 'step.started').map(({ step }) => step)).toEqual([
      ...['host', 'outbound', 'inner-tls', 'routing'],
    ]);
    expect(treeBeside(session.dir)).toEqual(tree);
    expect(leftOvers(session.dir)).toEqual([]);
    expect(ended.stdout).not.toContain(
      textOf(session.dir, 'credentials/tunnel-token').slice(0, 24),
    );
  });

  test('for a person: layers, checks, and what to type', async () => {
    const ended = await session.run(['rehearse', 'doctor', '--dir', session.dir], {
      env: { TUNNEL_TOKEN: 'x', COMPOSE_FILE: '' },
    });
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/^▸ This host and its containers$/mu);
    expect(ended.stdout).toMatch(/^ {2}✓ Connections: 4 of 4: /mu);
    expect(ended.stdout).toMatch(/^ {2}! Variables of this shell: COMPOSE_FILE, TUNNEL_TOKEN: /mu);
    expect(ended.stdout).toMatch(/^ {6}fix {7}unset COMPOSE_FILE TUNNEL_TOKEN /mu);
    expect(ended.stdout).toMatch(/^! No check failed\. 1 check deserves a look\.$/mu);
    expect(ended.stderr).toBe('');
  });

  test('a key for everyone: exit 10; the command it names mends it', async () => {
    chmodSync(at('data/tls.key'), 0o644);
    const ended = await examine(session);
    expect(troubleOf(ended)).toEqual(['fail tls-key-mode']);
    expect(ended.code, storyOf(ended)).toBe(10);
    expect(finishOf(ended).outcome).toBe('action-needed');
    const install = `mcp-tunnel rehearse install --dir ${session.dir}`;
    expect(checksOf(ended).get('tls-key-mode')?.fix).toContain(install);
    expect(conclusionOf(ended)).toMatchObject({
      first: { layer: 'host', check: 'tls-key-mode' },
      next: install,
    });
    await session.rehearsed();
    const mended = await examine(session);
    expect(mended.code, storyOf(mended)).toBe(0);
    expect(statSync(at('data/tls.key')).mode & 0o777).toBe(0o400);
  });

  test('another token where setup leaves it', async () => {
    const ended = await with_('data/tunnel-token', tokenText(), () => examine(session));
    expect(troubleOf(ended)).toEqual(['fail token-copies']);
    expect(ended.code).toBe(10);
    expect(conclusionOf(ended)).toMatchObject({
      first: { layer: 'outbound', check: 'token-copies' },
      next: `mcp-tunnel rehearse rotate-token --dir ${session.dir} --token-file ${at('data/tunnel-token')}`,
    });
    expect(ended.stdout).not.toContain(tokenText().slice(0, 24));
  });

  test('a configuration that was edited after the proxy had started', async () => {
    const before = readFileSync(at('config/mcp-proxy.yaml'));
    const ended = await examine(session, [], {
      // The stack runs by now and is on its way to the edge.
      onEvent: (event) => {
        if (event.type === 'flow.started')
          writeFileSync(at('config/mcp-proxy.yaml'), `${before}# edited\n`);
      },
    });
    writeFileSync(at('config/mcp-proxy.yaml'), before);
    expect(troubleOf(ended)).toEqual(['warn files-in-use-mcp-proxy']);
    expect(ended.code).toBe(0);
    expect(checksOf(ended).get('files-in-use-mcp-proxy')?.fix).toBe(
      `cd ${session.dir} && docker compose restart mcp-proxy && docker compose restart cloudflared`,
    );
  });

  test('a route with a path: the proxy ends again and again, and what needs it is skipped', async () => {
    const config = textOf(session.dir, 'config/mcp-proxy.yaml');
    const broken = config.replace('http://hello-mcp:9000', 'http://hello-mcp:9000/mcp');
    const ended = await with_('config/mcp-proxy.yaml', broken, () => examine(session));
    expect(ended.code, storyOf(ended)).toBe(10);
    const checks = checksOf(ended);
    expect(checks.get('container-mcp-proxy')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('a route’s value is not exactly scheme://host:port'),
      evidence: [expect.stringContaining('invalid upstream (must be scheme://host:port)')],
    });
    expect(checks.get('route-echo')).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining(`Correct it in ${at('config/mcp-proxy.yaml')}`),
    });
    for (const id of ['stranded', 'certificate-served', 'routes-loaded'])
      expect(checks.get(id)).toMatchObject({
        status: 'skip',
        found: 'not known: mcp-proxy failed',
      });
    expect(checks.get('certificate')).toMatchObject({ status: 'pass' });
  });

  test('allowed addresses that replace the default: the command it names mends it', async () => {
    const config = textOf(session.dir, 'config/mcp-proxy.yaml');
    const broken = `${config}upstream:\n  allowed_ips: [203.0.113.0/24]\n`;
    const ended = await with_('config/mcp-proxy.yaml', broken, async () => {
      const first = await examine(session);
      const { next = '' } = conclusionOf(first);
      const argv = next.replace(/^mcp-tunnel /u, '').split(' ');
      const mended = await session.run([...argv, '--json', '--yes']);
      expect(mended.code, storyOf(mended)).toBe(0);
      const again = await examine(session);
      expect(checksOf(again).get('allowed-ips')).toMatchObject({
        status: 'pass',
        found: expect.stringContaining('172.16.0.0/12'),
      });
      return first;
    });
    expect(conclusionOf(ended)).toMatchObject({
      first: { layer: 'routing', check: 'allowed-ips' },
      failed: 1,
    });
    await session.rehearsed();
  });

  test('an expired certificate: renewal is named; later layers are told all the same', async () => {
    const certificates = x509Certificates(systemRandom);
    const { certificate } = await certificates.issueServer({
      domain: /tunnel_domain: (\S+)/u.exec(textOf(session.dir, 'config/mcp-proxy.yaml'))?.[1] ?? '',
      keyType: 'p-256',
      days: 1,
      now: new Date(Date.now() - 10 * 86_400_000),
      // The CA has to be valid then, too.
      ...(await olderCa(session.dir)),
      key: new Secret(textOf(session.dir, 'data/tls.key')),
    });
    const ended = await with_('data/tls.crt', certificate, () => examine(session));
    expect(ended.code).toBe(10);
    const checks = checksOf(ended);
    expect(checks.get('certificate')).toMatchObject({
      status: 'fail',
      found: expect.stringMatching(/^expired on \d{4}-\d\d-\d\d$/u),
      fix: `mcp-tunnel rehearse renew-cert --dir ${session.dir}`,
    });
    expect(checks.get('route-echo')).toMatchObject({ status: 'pass' });
    expect(conclusionOf(ended).first?.layer).toBe('inner-tls');
  });

  test('a report: whole, for its owner alone, without a secret, never over another file', async () => {
    const ended = await examine(session, ['--bundle', 'report.tar.gz'], {
      env: { ANTHROPIC_API_KEY: 'planted-key-of-the-shell' },
    });
    expect(ended.code, storyOf(ended)).toBe(0);
    const path = join(session.cwd, 'report.tar.gz');
    expect(eventsOf(ended, 'file.written')).toEqual([
      expect.objectContaining({ path, mode: '0600' }),
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const files = await unpacked(path);
    const token = textOf(session.dir, 'credentials/tunnel-token');
    const { s } = JSON.parse(Buffer.from(token, 'base64').toString());
    const keyLines = ['data/tls.key', 'data/ca.key'].flatMap((name) =>
      textOf(session.dir, name).split('\n').slice(8, 20),
    );
    const needles = [token.slice(8, 40), s, 'planted-key-of-the-shell', ...keyLines].filter(
      Boolean,
    );
    for (const [name, bytes] of files)
      for (const needle of needles) expect(bytes.includes(needle), name).toBe(false);
    expect(
      JSON.parse(files.get('mcp-tunnel-report/first-contact.json')?.toString() ?? ''),
    ).toMatchObject({
      rehearsal: true,
      assumptions: { 'the proxy writes to stdout': { stderr: 0 } },
    });

    const again = await examine(session, ['--bundle', 'report.tar.gz']);
    expect(again.code).toBe(2);
    expect(finishOf(again).failure).toMatchObject({ code: 'usage' });
    expect(eventsOf(again, 'check')).toEqual([]);
    const forced = await examine(session, ['--bundle', 'report.tar.gz', '--force']);
    expect(forced.code).toBe(0);
  });
});

/** The same CA as it would have been made a month ago. */
async function olderCa(dir: string) {
  const caKey = new Secret(textOf(dir, 'data/ca.key'));
  const { certificate } = await x509Certificates(systemRandom).issueCa({
    commonName: 'mcp-tunnel-ca',
    keyType: 'rsa-2048',
    days: 3650,
    now: new Date(Date.now() - 30 * 86_400_000),
    key: caKey,
  });
  return { caKey, caCertificate: certificate };
}

/** An address of this host that containers could reach, with nothing behind the port. */
const ownAddress = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.family === 'IPv4' && !each.internal)?.address;

test.skipIf(ownAddress === undefined)(
  'a route to a dead upstream: exit 10, and what to look at',
  async () => {
    await using session = new Session();
    await session.rehearsed([
      ...['--route', `dead=http://${ownAddress}:9`, '--route', 'echo=http://hello-mcp:9000'],
      ...['--allow-ip', `${ownAddress}/32`, '--allow-ip', '172.16.0.0/12'],
    ]);
    const ended = await examine(session);
    expect(ended.code, storyOf(ended)).toBe(10);
    expect(troubleOf(ended)).toEqual(['fail route-dead']);
    expect(checksOf(ended).get('route-dead')).toMatchObject({
      found: expect.stringContaining('(ECONNREFUSED)'),
      fix: expect.stringContaining('Start the server.'),
    });
  },
);

describe('nothing to examine', () => {
  test.each([[['doctor']], [['rehearse', 'doctor']]])(
    '%j without a deployment: exit 2',
    async (argv) => {
      await using session = new Session();
      const ended = await session.run([...argv, '--json', '--dir', 'nowhere', '--bundle', 'r']);
      expect(ended.code, storyOf(ended)).toBe(2);
      expect(finishOf(ended).failure).toMatchObject({ code: 'deployment-missing' });
      expect(Object.keys(treeOf(session.cwd))).toEqual(['.']);
    },
  );

  test('a report where none can be written: nothing is looked at', async () => {
    await using session = new Session();
    const ended = await session.run(['doctor', '--json', '--bundle', 'no/such/folder/r']);
    expect(ended.code, storyOf(ended)).toBe(3);
    expect(finishOf(ended).failure).toMatchObject({ code: 'file-unwritable' });
  });
});

test('a real deployment without Docker: that is the finding, and its files are judged', async () => {
  await using session = new Session();
  await session.rehearsed();
  // The files of a rehearsal are those of a real deployment: without its notes it is one.
  await rm(join(session.dir, '.mcp-tunnel/rehearsal'), { recursive: true });
  const ended = await session.run(['doctor', '--json', '--dir', session.dir, '--bundle', 'r'], {
    env: { DOCKER_HOST: `unix://${join(session.root, 'no.sock')}` },
  });
  expect(ended.code, storyOf(ended)).toBe(10);
  const checks = checksOf(ended);
  expect(conclusionOf(ended).first).toEqual({ layer: 'host', check: 'docker-reachable' });
  for (const id of ['containers', 'stranded', 'mounts', 'connections'])
    expect(checks.get(id)).toMatchObject({
      status: 'skip',
      found: 'not known: Docker Engine failed',
    });
  expect(checks.get('certificate')).toMatchObject({ status: 'pass' });
  expect(checks.get('proxy-config')).toMatchObject({ status: 'pass' });
  expect((await unpacked(join(session.cwd, 'r'))).has('mcp-tunnel-report/checks.json')).toBe(true);
});

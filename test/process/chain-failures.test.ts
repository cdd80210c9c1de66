import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeCa, makeServer, type Pair, type ServerOptions } from '../simulator/openssl.ts';
import { type Ended, eventsOf, finishOf, Session, storyOf, textOf } from './session.ts';

const session = new Session();
const { dir } = session;
const override = join(dir, 'docker-compose.override.yaml');
let domain: string;
let ca: Pair;

beforeAll(async () => {
  await session.rehearsed();
  domain = /tunnel_domain: "?([\w.]+)/u.exec(textOf(dir, 'config/mcp-proxy.yaml'))?.[1] ?? '';
  ca = { certificate: textOf(dir, 'data/ca.crt'), key: textOf(dir, 'data/ca.key') };
});
afterEach(() => rmSync(override, { force: true }));
afterAll(() => session[Symbol.asyncDispose]());

/** The operator's own override gives a service something else than install has made. */
function overriding(service: string, fields: object): void {
  writeFileSync(override, JSON.stringify({ services: { [service]: fields } }));
}

/** The proxy gets another certificate than the one in data/. */
function otherCertificate(signer: Pair, options: ServerOptions = {}): void {
  const pair = makeServer(signer, domain, options);
  const folder = join(dir, 'data/other');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tls.crt'), pair.certificate, { mode: 0o644 });
  writeFileSync(join(folder, 'tls.key'), pair.key, { mode: 0o644 });
  overriding('mcp-proxy', { volumes: ['./data/other:/data:ro'] });
}

async function failed(...args: readonly string[]): Promise<Ended> {
  const ended = await session.rehearse(['--yes', ...args]);
  expect(ended.code, storyOf(ended)).not.toBe(0);
  expect(finishOf(ended).outcome).toBe('failed');
  expect(session.processes()).toEqual([]);
  return ended;
}

describe('what the vendor’s side refuses is told with the line of the log', () => {
  test.each([
    ['of another CA', () => otherCertificate(makeCa()), 'unknown certificate authority'],
    [
      'of another domain',
      () => otherCertificate(ca, { san: 'DNS:*.x.tunnel.anthropic.com' }),
      'bad certificate',
    ],
    [
      'that has expired',
      () => otherCertificate(ca, { notBefore: '20240101000000Z', notAfter: '20240201000000Z' }),
      'bad certificate',
    ],
  ])('a server certificate %s: exit 5', async (_name, change, line) => {
    change();
    const ended = await failed();
    expect(ended.code, storyOf(ended)).toBe(5);
    expect(finishOf(ended).failure?.code).toBe('verification-failed');
    expect(finishOf(ended).failure?.found).toContain(
      `tls handshake failed: remote error: tls: ${line}`,
    );
  });

  test('a route that the proxy does not know: exit 5', async () => {
    const folder = join(dir, 'config/other');
    mkdirSync(folder, { recursive: true });
    const text = textOf(dir, 'config/mcp-proxy.yaml').replace('  echo:', '  other:');
    writeFileSync(join(folder, 'mcp-proxy.yaml'), text, { mode: 0o644 });
    overriding('mcp-proxy', {
      volumes: ['./config/other/mcp-proxy.yaml:/etc/mcp-gateway/config.yaml:ro'],
    });
    const ended = await failed();
    expect(ended.code, storyOf(ended)).toBe(5);
    expect(finishOf(ended).failure).toMatchObject({ code: 'verification-failed' });
    expect(finishOf(ended).failure?.found).toContain('no route for host');
  });
});

describe('what ends a program ends the wait at once', () => {
  test('a key that the proxy’s user cannot read: exit 5', async () => {
    overriding('mcp-proxy', { user: '1234:1234' });
    const ended = await failed();
    expect(ended.code, storyOf(ended)).toBe(5);
    expect(finishOf(ended).failure).toMatchObject({
      code: 'key-unreadable',
      found: expect.stringContaining('open /data/tls.key: permission denied'),
    });
    expect(eventsOf(ended, 'diagnosis')).toMatchObject([{ id: 'tls-key-unreadable' }]);
  });

  test('a token that cloudflared’s user cannot read: exit 5', async () => {
    overriding('cloudflared', { user: '1234:1234' });
    const ended = await failed();
    expect(ended.code, storyOf(ended)).toBe(5);
    expect(finishOf(ended).failure).toMatchObject({
      code: 'token-unreadable',
      found: expect.stringContaining('permission denied'),
    });
  });

  test('a configuration that the proxy refuses: exit 5', async () => {
    const folder = join(dir, 'config/list');
    mkdirSync(folder, { recursive: true });
    const text = textOf(dir, 'config/mcp-proxy.yaml').replace(/\n {2}echo: .*/u, '\n  - echo');
    writeFileSync(join(folder, 'mcp-proxy.yaml'), text, { mode: 0o644 });
    overriding('mcp-proxy', {
      volumes: ['./config/list/mcp-proxy.yaml:/etc/mcp-gateway/config.yaml:ro'],
    });
    const ended = await failed();
    expect(ended.code, storyOf(ended)).toBe(5);
    expect(finishOf(ended).failure).toMatchObject({
      code: 'proxy-config-refused',
      found: expect.stringContaining('cannot unmarshal !!seq into map[string]string'),
    });
  });

  test('Compose files that Compose refuses: exit 3', async () => {
    overriding('mcp-proxy', { imag: 'x' });
    const ended = await failed();
    expect(ended.code, storyOf(ended)).toBe(3);
    expect(finishOf(ended).failure?.code).toBe('compose-file-refused');
  });

  test('a token of no tunnel: exit 4, nothing of it told', async () => {
    const secret = Buffer.from('thirty-two-bytes-of-a-secret-key').toString('base64');
    const content = { a: 'f'.repeat(32), s: secret, t: '4f8c1d2e-0000-4000-8000-123456789abc' };
    const token = Buffer.from(JSON.stringify(content)).toString('base64');
    const file = join(session.home, 'token');
    const good = textOf(dir, 'credentials/tunnel-token');
    writeFileSync(file, token);
    const ended = await failed('--token-file', file);
    expect(ended.code, storyOf(ended)).toBe(4);
    expect(finishOf(ended).failure?.code).toBe('token-refused');
    const said = ended.stdout + ended.stderr + textOf(dir, '.mcp-tunnel/journal.jsonl');
    for (const piece of [token, secret, good]) expect(said).not.toContain(piece);
  });
});

test('with the override gone the same command mends everything', async () => {
  const ended = await session.rehearsed();
  expect(eventsOf(ended, 'verified')).toMatchObject([{ level: 4, unproven: [] }]);
});

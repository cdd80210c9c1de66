import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readTunnelToken } from '../../src/simulator/cloudflared/tunnel-token.ts';
import { Console } from '../../src/simulator/console.ts';
import { ConsoleRegistrar } from '../../src/simulator/console-registrar.ts';
import { makeCa } from './openssl.ts';

const edge = 'region1.v2.argotunnel.com:7844';
const cas = [makeCa(), makeCa(), makeCa()].map(({ certificate }) => certificate);
const [first = '', second = '', third = ''] = cas;
let file: string;
let console_: Console;

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'sim-console-')), 'deep/console.json');
  console_ = new Console({ file, edge });
});

test('a new tunnel needs a certificate, then is active; the state is kept, private', () => {
  const { id, domain, status } = console_.newTunnel('mine');
  expect([domain, status]).toEqual([
    expect.stringMatching(/^[0-9a-f]{8}\.tunnel\.anthropic\.com$/),
    'Needs certificate',
  ]);
  console_.addCertificate(id, first);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const again = new Console({ file, edge });
  expect(again.find(domain)?.status).toBe('Active');
  expect(again.revealToken(id).equals(console_.revealToken(id))).toBe(true);
});

test('the token is what cloudflared reads, the same until it is rotated', () => {
  const { id } = console_.newTunnel('mine');
  const token = console_.revealToken(id);
  const [tunnel] = console_.tunnels();
  expect(readTunnelToken(token.reveal())).toEqual({
    account: tunnel?.account,
    secret: tunnel?.secret,
    tunnel: tunnel?.tunnel,
    endpoint: edge,
  });
  expect(token.reveal().startsWith('eyJ')).toBe(true);
  const rotated = console_.rotateToken(id);
  expect(rotated.equals(token)).toBe(false);
  expect(console_.tunnels()[0]?.secret).not.toBe(tunnel?.secret);
});

describe('refusals', () => {
  test('ten tunnels; archiving makes room and ends the tunnel', () => {
    const archived: string[] = [];
    const full = new Console({ edge, onArchived: (tunnel) => archived.push(tunnel) });
    const ids = Array.from({ length: 10 }, (_, index) => full.newTunnel(`t${index}`).id);
    expect(() => full.newTunnel('more')).toThrow(
      'Organization already has the maximum of 10 non-archived Tunnels',
    );
    full.archive(ids[0] ?? '');
    full.archive(ids[0] ?? '');
    expect(archived).toHaveLength(1);
    expect(full.newTunnel('more').status).toBe('Needs certificate');
    expect(() => full.revealToken(ids[0] ?? '')).toThrow('archived');
  });

  test('a third active certificate, until one is revoked', () => {
    const { id } = console_.newTunnel('mine');
    const { id: certificate } = console_.addCertificate(id, first);
    console_.addCertificate(id, second);
    expect(() => console_.addCertificate(id, third)).toThrow('at most 2 active certificates');
    console_.revokeCertificate(id, certificate);
    console_.addCertificate(id, third);
    expect(console_.tunnels()[0]?.certificates).toHaveLength(2);
  });

  test.each([
    ['a private key', () => `${first}${makeCa().key}`, 'private key'],
    ['two certificates', () => first + second, 'exactly one'],
    ['no PEM', () => 'hello', 'exactly one'],
    ['damaged', () => first.replace(/\n[A-Za-z]/, '\n*'), 'not a PEM certificate'],
    ['too large', () => first + ' '.repeat(8192), '8 kB'],
  ])('%s', (_name, pem, text) => {
    const { id } = console_.newTunnel('mine');
    expect(() => console_.addCertificate(id, pem())).toThrow(text);
    expect(console_.list()[0]?.status).toBe('Needs certificate');
  });
});

test('the registrar registers once, and says so when the Console refuses', async () => {
  const { domain } = console_.newTunnel('mine');
  const registrar = new ConsoleRegistrar(console_);
  expect(await registrar.register(domain, first)).toBe(true);
  expect(await registrar.register(domain, first)).toBe(true);
  expect(console_.find(domain)?.certificates).toHaveLength(1);
  expect(await registrar.register(domain, second)).toBe(true);
  expect(await registrar.register(domain, third)).toBe(false);
  expect(await registrar.register('other.tunnel.anthropic.com', first)).toBe(false);
});

test('the registrar tells what is active, and revokes one', async () => {
  const { domain } = console_.newTunnel('mine');
  const registrar = new ConsoleRegistrar(console_);
  await registrar.register(domain, first);
  await registrar.register(domain, second);
  const [one = '', other = '', ...more] = await registrar.active(domain);
  expect(more).toEqual([]);
  await registrar.revoke(domain, one);
  await registrar.revoke(domain, one);
  expect(await registrar.active(domain)).toEqual([other]);
  expect(await registrar.register(domain, third)).toBe(true);
  expect(await registrar.active('other.tunnel.anthropic.com')).toEqual([]);
  await registrar.revoke('other.tunnel.anthropic.com', other);
});

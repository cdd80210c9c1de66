import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCloudflared } from '../../../src/simulator/cloudflared/run-cloudflared.ts';
import type { ContainerView } from '../../../src/simulator/container/container-view.ts';
import { ErrnoError } from '../../../src/simulator/container/errno.ts';
import { Stack } from '../stack.ts';

const run = ['tunnel', '--no-autoupdate', 'run', '--url', 'http://localhost:8080'];
const good = Buffer.from(
  JSON.stringify({
    a: 'acc',
    s: 'c2VjcmV0',
    t: '6ff42ae2-765d-4adf-8112-31c55c1551ef',
    e: 'edge.invalid:7844',
  }),
).toString('base64');

/** A container without any network. */
const offline: ContainerView = {
  rehearsed: true,
  readFile: async (path) => {
    throw new ErrnoError('EACCES', path);
  },
  resolve: async (host) => {
    throw new ErrnoError('ENOTFOUND', host);
  },
  dialTarget: (address) => {
    throw new ErrnoError('EHOSTUNREACH', address);
  },
  listen: async () => undefined,
};

async function cloudflared(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number; output: string }> {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const stopped = new Promise<string>(() => undefined);
  const code = await runCloudflared(args, {
    env,
    view: offline,
    writeLine: write,
    writeError: write,
    stopped,
  });
  return { code, output: lines.join('\n') };
}

describe('tokens as e2e.md 9 has them', () => {
  const invalid = 'Provided Tunnel token is not valid.';
  const missing =
    '"cloudflared tunnel run" requires the ID or name of the tunnel to run as the last command line argument or in the configuration file.';
  const dns = 'edge discovery: error looking up Cloudflare edge IPs: the DNS query failed';
  test.each([
    ['empty', '', 255, missing],
    ['garbage', 'garbage', 255, invalid],
    ['truncated', good.slice(0, -5), 255, invalid],
    ['quoted', `"${good}"`, 255, invalid],
    ['leading space', ` ${good}`, 255, invalid],
    ['trailing space', `${good} `, 255, invalid],
    ['whole command', `cloudflared tunnel run --token ${good}`, 255, invalid],
    ['base64 of non-JSON', Buffer.from('hello there').toString('base64'), 255, invalid],
    [
      '{"a":"x"}',
      Buffer.from('{"a":"x"}').toString('base64'),
      1,
      'Starting tunnel tunnelID=00000000-0000-0000-0000-000000000000',
    ],
    ['good and a newline', `${good}\n`, 1, dns],
    [
      'well-formed, no DNS',
      good,
      1,
      'Could not lookup srv records on _v2-origintunneld._tcp.argotunnel.com',
    ],
  ])('%s', async (_name, token, code, text) => {
    const ended = await cloudflared(run, { TUNNEL_TOKEN: token });
    expect(ended.code).toBe(code);
    expect(ended.output).toContain(text);
  });

  test('unset, and a file that cannot be read', async () => {
    expect(await cloudflared(run, {})).toMatchObject({
      code: 255,
      output: expect.stringContaining(missing),
    });
    const ended = await cloudflared(run, { TUNNEL_TOKEN_FILE: '/credentials/tunnel-token' });
    expect(ended).toMatchObject({
      code: 255,
      output: expect.stringContaining(
        'Failed to read token file: open /credentials/tunnel-token: permission denied',
      ),
    });
  });

  test('no line shows the token', async () => {
    const { output } = await cloudflared([...run], {
      TUNNEL_TOKEN: good,
      TUNNEL_METRICS: 'localhost:20241',
    });
    expect(output).toContain('map[TUNNEL_METRICS:localhost:20241 TUNNEL_TOKEN:*****]');
    expect(output).not.toContain(good);
    expect(output).not.toContain('c2VjcmV0');
  });
});

test('a token file is trimmed, the variable wins over it, and the metrics server tells when it is ready', async () => {
  await using stack = await Stack.start();
  const file = join(stack.dir, 'credentials/token');
  writeFileSync(file, ` ${stack.token()}\n\n`);
  chmodSync(file, 0o644);
  const env = { TUNNEL_TOKEN_FILE: '/run/credentials/token', TUNNEL_METRICS: 'localhost:20241' };
  const ready = ['tunnel', '--metrics', 'localhost:20241', 'ready'];

  const early = stack.cloudflared({}, ready);
  expect(await early.exit).toBe(1);
  expect(early.lines.all.join()).toContain('connect: connection refused');

  const cloudflared = stack.cloudflared(env);
  await cloudflared.lines.line('Registered tunnel connection connIndex=3');
  await cloudflared.lines.line('Starting metrics server on 127.0.0.1:20241/metrics');
  expect(await stack.cloudflared({}, ready).exit).toBe(0);
  expect(await stack.cloudflared({}, ['tunnel', 'ready']).exit).toBe(1);

  const wrong = stack.cloudflared({ ...env, TUNNEL_TOKEN: 'garbage' });
  expect(await wrong.exit).toBe(255);
  const second = stack.cloudflared(env);
  await second.lines.line('Error opening metrics server listener');
  expect(await second.exit).toBe(1);

  stack.tunnel = { ...stack.tunnel, archived: true };
  stack.edge.drop(stack.tunnel.tunnel);
  await cloudflared.lines.line('Unauthorized: Failed to get tunnel');
  const lost = stack.cloudflared({}, ready);
  expect(await lost.exit).toBe(1);
  expect(lost.lines.all.join()).toContain('503');
  expect(await cloudflared.stop()).toBe(0);
  expect(cloudflared.lines.all.join('\n')).toContain(
    'Initiating graceful shutdown due to signal terminated',
  );
});

test.each([
  [['--version'], 0, 'cloudflared version 2026.3.0'],
  [['--no-autoupdate', 'tunnel', '--no-autoupdate', 'run', '--token', 'x'], 255, 'not valid'],
  [['tunnel', 'run', '--bogus'], 1, 'flag provided but not defined: -bogus'],
  [['tunnel', 'run', '--token'], 1, 'flag needs an argument: -token'],
  [['tunnels'], 1, "No help topic for 'tunnels'"],
])('%j', async (args, code, text) => {
  const ended = await cloudflared(args, {});
  expect(ended.code).toBe(code);
  expect(ended.output).toContain(text);
});

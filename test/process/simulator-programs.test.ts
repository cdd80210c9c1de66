import { spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { Edge } from '../../src/simulator/edge/edge.ts';
import { edgeFetch } from '../../src/simulator/edge/edge-fetch.ts';
import type { Programs } from '../../src/simulator/rehearsal/place.ts';
import { helloServer } from '../../src/simulator/sample/hello-server.ts';
import { buildPrograms } from '../simulator/build-programs.ts';
import { makeCa, makeServer } from '../simulator/openssl.ts';
import { Lines } from '../simulator/stack.ts';

let programs: Programs;
const children: { kill: (signal: 'SIGKILL') => void }[] = [];
beforeAll(async () => {
  programs = await buildPrograms();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A program as an image's entrypoint has it: no setting of the rehearsal at all. */
function start(file: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(programs.node, [file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push({ kill: (signal) => child.kill(signal) });
  const lines = new Lines();
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', lines.push);
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { lines, exit, stop: () => child.kill('SIGTERM') };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}

test('without a rehearsal the programs use real paths, addresses and ports', async () => {
  const domain = 'abcd1234.tunnel.anthropic.com';
  const ca = makeCa();
  const pair = makeServer(ca, domain);
  const dir = mkdtempSync(join(tmpdir(), 'sim-real-'));
  const tunnel = {
    ...{
      tunnel: randomUUID(),
      account: createHash('md5').update('a').digest('hex'),
      secret: randomBytes(32).toString('base64'),
    },
    ...{ domain, archived: false, certificates: [ca.certificate] },
  };
  const edge = await Edge.listen({ directory: { tunnels: () => [tunnel] } });
  const sample = helloServer();
  const [port, samplePort] = [await freePort(), await freePort()];
  await new Promise<void>((resolve) => sample.listen(samplePort, '127.0.0.1', resolve));
  writeFileSync(join(dir, 'tls.crt'), pair.certificate);
  writeFileSync(join(dir, 'tls.key'), pair.key);
  writeFileSync(
    join(dir, 'config.yaml'),
    `listen_addr: "127.0.0.1:${port}"\ntls: {cert_file: ${dir}/tls.crt, key_file: ${dir}/tls.key}\nroutes: {echo: "http://127.0.0.1:${samplePort}"}\nupstream: {disable_ip_validation: true}\n`,
  );
  const proxy = start(programs.files.proxy, [
    '-config',
    join(dir, 'config.yaml'),
    '-tunnel-domain',
    domain,
  ]);
  await proxy.lines.line('proxy listening');
  const { account: a, secret: s, tunnel: t } = tunnel;
  const token = Buffer.from(JSON.stringify({ a, s, t, e: `127.0.0.1:${edge.port}` })).toString(
    'base64',
  );
  const metrics = `127.0.0.1:${await freePort()}`;
  const cloudflared = start(
    programs.files.cloudflared,
    [
      '--no-autoupdate',
      'tunnel',
      '--no-autoupdate',
      '--metrics',
      metrics,
      'run',
      '--url',
      `http://localhost:${port}`,
    ],
    { TUNNEL_TOKEN: token },
  );
  await cloudflared.lines.line('Registered tunnel connection connIndex=3');
  expect(
    await start(programs.files.cloudflared, ['tunnel', '--metrics', metrics, 'ready']).exit,
  ).toBe(0);
  expect((await edgeFetch(edge)(`https://echo.${domain}/mcp`)).status).toBe(406);
  proxy.stop();
  cloudflared.stop();
  expect([await proxy.exit, await cloudflared.exit]).toEqual([0, 0]);
  await edge.close();
  sample.close();
  sample.closeAllConnections();
});

test('what they cannot read or understand ends them as documented', async () => {
  const proxy = start(programs.files.proxy, []);
  expect(await proxy.exit).toBe(1);
  expect(proxy.lines.all.join()).toContain(
    'open /etc/mcp-gateway/config.yaml: no such file or directory',
  );
  const cloudflared = start(programs.files.cloudflared, ['tunnel', 'run'], {
    TUNNEL_TOKEN_FILE: '/nowhere/token',
  });
  expect(await cloudflared.exit).toBe(255);
  expect(cloudflared.lines.all.join()).toContain(
    'Failed to read token file: open /nowhere/token: no such file or directory',
  );
});

test('a token that names no edge is never carried to a real one', async () => {
  const token = Buffer.from(JSON.stringify({ a: 'a', s: 'c2VjcmV0', t: randomUUID() })).toString(
    'base64',
  );
  const cloudflared = start(programs.files.cloudflared, ['tunnel', 'run'], { TUNNEL_TOKEN: token });
  expect(await cloudflared.exit).toBe(1);
  expect(cloudflared.lines.count('Registered')).toBe(0);
});

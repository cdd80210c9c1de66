import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { output } from './harness/inside.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { vendorOf } from './harness/vendor-client.ts';
import type { ConsoleTunnel } from './harness/vendor-side.ts';

const template = (name: string) => join(import.meta.dirname, '../../templates', name);

/**
 * The vendor's guide followed by hand, with openssl and Compose and none of our code but the
 * simulator: what the tests of the program stand on.
 */
onEachEngine('a stack set up by hand', (stand, flavour) => {
  const compose = flavour === 'engine-20.10' ? ['docker-compose'] : ['docker', 'compose'];
  let dir = '';
  let tunnel: ConsoleTunnel;
  const here = (...argv: string[]) =>
    output(stand().engine, argv, { cwd: dir, env: { TUNNEL_TOKEN: tunnel.token } });

  beforeAll(async () => {
    const { engine, images } = stand();
    tunnel = await vendorOf(engine).createTunnel();
    dir = await mkdtemp(join(engine.dir, 'by-hand-'));
    await mkdir(join(dir, 'data'));
    await cp(template('hello_server.py'), join(dir, 'hello_server.py'));
    await writeFile(
      join(dir, 'proxy.yaml'),
      [
        'listen_addr: ":8080"',
        `tunnel_domain: ${tunnel.domain}`,
        'tls: { cert_file: /data/tls.crt, key_file: /data/tls.key }',
        'routes: { echo: "http://hello-mcp:9000" }',
      ].join('\n'),
    );
    await writeFile(
      join(dir, 'data/tls.ext'),
      `subjectAltName = DNS:${tunnel.domain},DNS:*.${tunnel.domain}\nauthorityKeyIdentifier = keyid,issuer\nextendedKeyUsage = serverAuth\n`,
    );
    const openssl = (line: string) => here('openssl', ...line.split(' '));
    await openssl(
      'req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=mcp-tunnel-ca -keyout data/ca.key -out data/ca.crt' +
        ' -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign',
    );
    await openssl(
      'req -newkey rsa:2048 -nodes -subj /CN=mcp-proxy -keyout data/tls.key -out tls.csr',
    );
    await openssl(
      'x509 -req -in tls.csr -CA data/ca.crt -CAkey data/ca.key -CAcreateserial -days 90 -extfile data/tls.ext -out data/tls.crt',
    );
    await here('chmod', '644', 'data/tls.key');
    const hardened = {
      user: '65532:65532',
      read_only: true,
      cap_drop: ['ALL'],
      restart: 'unless-stopped',
    };
    const file = {
      version: '3.8',
      services: {
        'mcp-proxy': {
          image: images.proxy,
          volumes: ['./proxy.yaml:/etc/mcp-gateway/config.yaml:ro', './data:/data:ro'],
          ...hardened,
        },
        cloudflared: {
          image: images.cloudflared,
          command: 'tunnel --no-autoupdate run --url http://localhost:8080',
          environment: ['TUNNEL_TOKEN'],
          network_mode: 'service:mcp-proxy',
          ...hardened,
        },
        'hello-mcp': {
          image: images.sample,
          command: ['sh', '-c', "pip install --quiet 'mcp<2' && exec python /app/hello_server.py"],
          volumes: ['./hello_server.py:/app/hello_server.py:ro'],
          tmpfs: ['/tmp:exec'],
          ...hardened,
        },
      },
    };
    await writeFile(join(dir, 'docker-compose.yaml'), JSON.stringify(file));
    await here(...compose, 'up', '-d');
  });

  afterAll(async () => {
    await here(...compose, 'down', '--timeout', '1');
  });

  test('opens four connections to the edge', async () => {
    await expect
      .poll(async () => (await vendorOf(stand().engine).tunnel(tunnel.tunnel)).connections, {
        timeout: 20_000,
      })
      .toBe(4);
  });

  test('carries a tool call once its CA is registered, not before', async () => {
    const vendor = vendorOf(stand().engine);
    const call = {
      url: `https://echo.${tunnel.domain}/mcp`,
      tool: 'hello',
      arguments: { name: 'engine' },
    };
    expect(await vendor.callTool(call)).toMatchObject({
      answered: false,
      reason: 'no-certificate',
    });
    await vendor.registerCertificate(
      tunnel.tunnel,
      await readFile(join(dir, 'data/ca.crt'), 'utf8'),
    );
    await expect
      .poll(() => vendor.callTool(call), { timeout: 30_000 })
      .toEqual({ answered: true, isError: false, text: 'Hello, engine!' });
  });

  test('ends every process within its grace', async () => {
    await here(...compose, 'stop');
    const ours = ['--filter', `label=com.docker.compose.project.working_dir=${dir}`];
    const states = await here('docker', 'ps', '--all', ...ours, '--format', '{{.State}}');
    expect(states.split('\n')).toEqual(['exited', 'exited', 'exited']);
  });
});

import { chmod, chown, lstat, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { type Account, output } from './harness/inside.ts';
import {
  deploymentState,
  eventsOf,
  finishOf,
  type Installation,
  type Installed,
  serviceOf,
} from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { useInstallations } from './harness/use-installations.ts';
import { vendorOf } from './harness/vendor-client.ts';

const ownService = (image: string) => `  # A neighbour of mine.
  clock:
    image: ${image} # pinned by me
    entrypoint: ["/usr/local/bin/node", "-e", "setInterval(() => {}, 1000)"]
    stop_grace_period: 0s
`;

function changesOf(installed: Installed): readonly string[] {
  const [plan] = eventsOf(installed, 'plan');
  return (plan?.changes ?? [])
    .filter(({ action }) => action !== 'keep')
    .map(({ action, what, path, command }) => `${action} ${path ?? command?.join(' ') ?? what}`);
}

onEachEngine(
  'a deployment that a person worked on',
  (stand, flavour) => {
    const account: Account = flavour === 'engine-20.10' ? 'operator' : 'root';
    const prepare = useInstallations(stand);
    let installation: Installation;
    let composeText: string;
    const at = (path: string) => join(installation.dir, path);
    const startTimes = async () =>
      Object.fromEntries(
        (await installation.containers()).map((each) => [serviceOf(each), each.State.StartedAt]),
      );
    const callThrough = async () => {
      const vendor = vendorOf(stand().engine);
      const { tunnel, domain } = installation.tunnel;
      // Until the edge has noticed which connections went with the proxy's old network.
      while ((await vendor.tunnel(tunnel)).connections !== 4) await pause(100);
      const url = `https://echo.${domain}/mcp`;
      return vendor.callTool({ url, tool: 'hello', arguments: { name: 'again' } });
    };

    beforeAll(async () => {
      installation = await prepare(account, 'drift');
      await installation.killedAt(
        (event) => event.type === 'step.finished' && event.step === 'token',
      );
      const written = await readFile(at('docker-compose.yaml'), 'utf8');
      composeText = written
        .replace('\nservices:\n', `\nservices: # all of them\n${ownService(stand().images.proxy)}`)
        .concat('\nx-mine: [1, 2]   # my own notes\n');
      await writeFile(at('docker-compose.yaml'), composeText);
      const installed = await installation.install();
      expect(finishOf(installed).failure).toBeUndefined();
      const pem = await readFile(at('data/ca.crt'), 'utf8');
      await vendorOf(stand().engine).registerCertificate(installation.tunnel.tunnel, pem);
    });

    test('keeps what is theirs, shows the drift, and is repaired and restarted in the right order', async () => {
      expect(await readFile(at('docker-compose.yaml'), 'utf8')).toBe(composeText);
      expect(Object.keys(await startTimes()).sort()).toEqual([
        'clock',
        'cloudflared',
        'hello-mcp',
        'mcp-proxy',
      ]);

      const config = at('config/mcp-proxy.yaml');
      const before = await readFile(config, 'utf8');
      const edited = before
        .replace('http://hello-mcp:9000', 'http://hello-mcp:9999')
        .concat('# Remember the milk.\n');
      expect(edited).not.toBe(`${before}# Remember the milk.\n`);
      await writeFile(config, edited);
      const started = await startTimes();

      const state = await deploymentState(installation.dir);
      const dry = await installation.install(['--dry-run']);
      expect(dry.code).toBe(0);
      const compose = flavour === 'engine-20.10' ? 'docker-compose' : 'docker compose';
      const repair = [
        `change ${config}`,
        `run ${compose} restart mcp-proxy`,
        `run ${compose} restart cloudflared`,
      ];
      expect(changesOf(dry)).toEqual(repair);
      const diff = eventsOf(dry, 'plan')[0]?.changes.find(({ path }) => path === config)?.diff;
      expect(diff).toMatch(/^-.*http:\/\/hello-mcp:9999$/mu);
      expect(diff).toMatch(/^\+.*http:\/\/hello-mcp:9000$/mu);
      expect(await deploymentState(installation.dir)).toEqual(state);
      expect(await startTimes()).toEqual(started);

      const repaired = await installation.install();
      expect(changesOf(repaired)).toEqual(repair);
      expect(eventsOf(repaired, 'verified')[0]).toMatchObject({ level: 3 });
      expect(eventsOf(repaired, 'connections').at(-1)).toMatchObject({ registered: 4 });
      expect(await readFile(config, 'utf8')).toBe(`${before}# Remember the milk.\n`);
      expect(await readFile(at('docker-compose.yaml'), 'utf8')).toBe(composeText);
      const now = await startTimes();
      expect(now['clock']).toBe(started['clock']);
      expect(now['hello-mcp']).toBe(started['hello-mcp']);
      expect(Date.parse(now['mcp-proxy'] ?? '')).toBeGreaterThan(
        Date.parse(started['cloudflared'] ?? ''),
      );
      expect(Date.parse(now['cloudflared'] ?? '')).toBeGreaterThan(
        Date.parse(now['mcp-proxy'] ?? ''),
      );
      // A cloudflared left in the proxy's old network would be connected, too, and carry nothing.
      expect(await callThrough()).toMatchObject({ text: 'Hello, again!' });

      const backups = await output(stand().engine, [
        'find',
        at('.mcp-tunnel/backups'),
        '-type',
        'f',
      ]);
      expect(await readFile(backups, 'utf8')).toBe(edited);

      // Down, and with secrets that nobody of the stack can read any more.
      const ids = (await installation.containers()).map(({ Id }) => Id);
      await output(stand().engine, ['docker', 'stop', '--time', '0', ...ids]);
      const secrets = [at('data/tls.key'), at('credentials/tunnel-token')];
      for (const path of secrets) {
        await chown(path, 0, 0);
        await chmod(path, 0o600);
      }
      const again = await installation.install();
      expect(changesOf(again)).toEqual([
        ...secrets.map((path) => `change ${path}`),
        `run ${compose} up -d`,
      ]);
      expect(eventsOf(again, 'verified')[0]).toMatchObject({ level: 3 });
      for (const path of secrets)
        expect(await lstat(path)).toMatchObject({ uid: 65532, gid: 65532, mode: 0o100400 });
      expect(await callThrough()).toMatchObject({ text: 'Hello, again!' });
    });
  },
  { concurrent: true },
);

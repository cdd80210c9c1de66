import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { haltEngine, resumeEngine } from './harness/engine.ts';
import { output } from './harness/inside.ts';
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

/** Each account once: what differs with it is who may read the token. */
const accounts = { 'engine-20.10': 'operator', 'engine-26.1': 'root' } as const;

function itemsOf(ended: Installed): Readonly<Record<string, string>> {
  const status = eventsOf(ended, 'status').at(-1);
  if (!status) throw new Error(`no status:\n${ended.stdout}\n${ended.stderr}`);
  return Object.fromEntries(
    status.items.map(({ id, status: verdict, found }) => [id, `${verdict} ${found}`]),
  );
}

onEachEngine('a look at a deployment', (stand, flavour) => {
  const account = accounts[flavour];
  const prepare = useInstallations(stand);

  describe(`as ${account}`, () => {
    let installation: Installation;
    beforeAll(async () => {
      installation = await prepare(account, `status-${account}`);
      const first = await installation.install();
      expect(first.code, first.stdout).toBe(10);
      const pem = join(installation.dir, 'data/ca.crt');
      const { fingerprint } = await certificateOf(pem);
      const again = await installation.install(['--yes', '--ca-registered', fingerprint]);
      expect(again.code, again.stdout).toBe(0);
    });

    test('finds it healthy, token included, and changes nothing', async () => {
      const state = await deploymentState(installation.dir);
      const containers = await installation.containers();
      const ended = await installation.command(['status']);
      const items = itemsOf(ended);
      expect(finishOf(ended), JSON.stringify(items, null, 1)).toMatchObject({ outcome: 'done' });
      expect(ended.code).toBe(0);
      expect(items).toMatchObject({
        stranded: expect.stringMatching(/^pass /u),
        connections: expect.stringMatching(/^pass 4 of 4: \S+ \d/u),
        'route-echo': expect.stringMatching(/^pass .*MCP server/u),
        'certificate-served': expect.stringMatching(/^pass seen by the TLS handshake/u),
        token: expect.stringMatching(
          new RegExp(`^pass tunnel ${installation.tunnel.tunnel}, fingerprint [0-9a-f]{12}, `, 'u'),
        ),
        reboot: expect.stringMatching(/^pass the containers come back with Docker/u),
      });
      expect(await deploymentState(installation.dir)).toEqual(state);
      expect(await installation.containers()).toEqual(containers);
      expect(ended.stdout).not.toContain(installation.tunnel.token.slice(0, 24));
    });

    test('names a cloudflared that a restart of the proxy alone has stranded, and the fix mends it', async () => {
      const { engine } = stand();
      const proxy = (await installation.containers()).find(
        (each) => serviceOf(each) === 'mcp-proxy',
      );
      await output(engine, ['docker', 'restart', '--time', '1', proxy?.Id ?? '']);
      const ended = await installation.command(['status']);
      expect(ended.code, ended.stdout).toBe(5);
      const items = itemsOf(ended);
      expect(items['stranded']).toMatch(/^fail cloudflared is stranded/u);
      const fix = `cd ${installation.dir} && docker compose restart cloudflared`;
      expect(finishOf(ended).failure).toMatchObject({ code: 'stack-unhealthy' });
      expect(finishOf(ended).failure?.nextSteps).toContain(fix);
      const typed =
        flavour === 'engine-20.10' ? fix.replace('docker compose', 'docker-compose') : fix;
      await output(engine, ['sh', '-c', typed], { as: account });
      const mended = await installation.command(['status']);
      expect(mended.code, JSON.stringify(itemsOf(mended), null, 1)).toBe(0);
    });

    test('without Docker it says so, and judges the files', async () => {
      const { engine } = stand();
      await haltEngine(engine);
      const ended = await installation.command(['status']).finally(() => resumeEngine(engine));
      expect(ended.code, ended.stdout).toBe(3);
      expect(finishOf(ended)).toMatchObject({ failure: { code: 'docker-not-running' } });
      const items = itemsOf(ended);
      expect(items['containers']).toMatch(/^skip not known: /u);
      expect(items['certificate']).toMatch(/^pass until .* days left/u);
      expect(items['ca']).toMatch(/^pass .* registered$/u);
      expect(items['token']).toMatch(account === 'root' ? /^pass tunnel / : /^skip .*cannot read/u);
    });
  });
});

async function certificateOf(path: string): Promise<{ readonly fingerprint: string }> {
  const { fingerprint256 } = new X509Certificate(await readFile(path));
  return { fingerprint: fingerprint256.replaceAll(':', '').toLowerCase() };
}

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { constantLoad } from './harness/constant-load.ts';
import { output } from './harness/inside.ts';
import { eventsOf, finishOf, type Installation, serviceOf } from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { useInstallations } from './harness/use-installations.ts';
import { vendorOf } from './harness/vendor-client.ts';

/** Each account once: what differs with it is who writes files, not how an engine behaves. */
const accounts = { 'engine-20.10': 'root', 'engine-26.1': 'operator' } as const;

onEachEngine('a token rotation', (stand, flavour) => {
  const account = accounts[flavour];
  const prepare = useInstallations(stand);

  describe(`as ${account}`, () => {
    let installation: Installation;
    beforeAll(async () => {
      installation = await prepare(account, `rotate-${account}`);
      const first = await installation.install();
      const pem = await readFile(join(installation.dir, 'data/ca.crt'), 'utf8');
      await vendorOf(stand().engine).registerCertificate(installation.tunnel.tunnel, pem);
      expect(first.code, first.stdout).toBe(10);
    });

    test('loses no request, and leaves one pair that runs with the new token', async () => {
      const { engine } = stand();
      const vendor = vendorOf(engine);
      const load = constantLoad(vendor, installation.tunnel.domain);
      const { token } = await vendor.rotateToken(installation.tunnel.tunnel);
      const ended = await installation.command(['rotate-token', '--token-stdin', '--yes'], {
        input: `${token}\n`,
      });
      const { answered, lost } = await load.stop();
      console.log(`rotate-token under load: ${answered} answered, ${lost.length} lost`);
      expect(finishOf(ended).failure, ended.stdout).toBeUndefined();
      expect(finishOf(ended)).toMatchObject({ outcome: 'done', changed: true });
      expect(lost).toEqual([]);
      expect(answered).toBeGreaterThan(20);
      expect(eventsOf(ended, 'verified').at(-1)?.level).toBe(3);
      const containers = await installation.containers();
      expect(containers.map(serviceOf).sort()).toEqual(['cloudflared', 'hello-mcp', 'mcp-proxy']);
      expect(existsSync(join(installation.dir, '.mcp-tunnel/bridge'))).toBe(false);
      const bridges = ['docker', 'ps', '-aq', '--filter', 'name=-bridge'];
      expect(await output(engine, bridges)).toBe('');
      // The old token is worth nothing any more: only a pair with the new one can come back.
      const cloudflared = containers.find((each) => serviceOf(each) === 'cloudflared');
      await output(engine, ['docker', 'restart', cloudflared?.Id ?? '']);
      const again = await installation.command(['rotate-token', '--token-stdin'], {
        input: `${token}\n`,
      });
      expect(finishOf(again), again.stdout).toMatchObject({ outcome: 'done', changed: false });
      expect(ended.stdout + again.stdout).not.toContain(token.slice(0, 24));
    });

    test('a stale token is refused by the edge, and the running pair is not touched', async () => {
      const { engine } = stand();
      const ids = async () => (await installation.containers()).map(({ Id }) => Id).sort();
      const before = await ids();
      const load = constantLoad(vendorOf(engine), installation.tunnel.domain);
      const ended = await installation.command(['rotate-token', '--token-stdin', '--yes'], {
        input: `${installation.tunnel.token}\n`,
      });
      const { lost } = await load.stop();
      expect(finishOf(ended)).toMatchObject({ failure: { code: 'token-refused' } });
      expect(ended.code).toBe(4);
      expect(lost).toEqual([]);
      expect(await ids()).toEqual(before);
      expect(existsSync(join(installation.dir, '.mcp-tunnel/bridge'))).toBe(false);
    });
  });
});

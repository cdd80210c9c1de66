import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { constantLoad } from './harness/constant-load.ts';
import { output } from './harness/inside.ts';
import { eventsOf, finishOf, serviceOf } from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { useInstallations } from './harness/use-installations.ts';
import { vendorOf } from './harness/vendor-client.ts';

/** Each account once: what differs with it is who writes files, not how an engine behaves. */
const accounts = { 'engine-20.10': 'root', 'engine-26.1': 'operator' } as const;

onEachEngine(
  'a token rotation',
  (stand, flavour) => {
    const prepare = useInstallations(stand);

    test('loses no request; a stale token is refused and touches nothing', async () => {
      const { engine } = stand();
      const vendor = vendorOf(engine);
      const installation = await prepare(accounts[flavour], 'rotate');
      const { dir, tunnel } = installation;
      const first = await installation.install();
      expect(first.code, first.stdout).toBe(10);
      await vendor.registerCertificate(
        tunnel.tunnel,
        await readFile(join(dir, 'data/ca.crt'), 'utf8'),
      );
      const rotate = (token: string, ...more: readonly string[]) =>
        installation.command(['rotate-token', '--token-stdin', ...more], { input: `${token}\n` });
      const ids = async () => (await installation.containers()).map(({ Id }) => Id).sort();

      const load = constantLoad(vendor, tunnel.domain);
      const { token } = await vendor.rotateToken(tunnel.tunnel);
      const ended = await rotate(token, '--yes');
      const stale = await rotate(tunnel.token, '--yes');
      const { answered, lost } = await load.stop();
      console.log(`rotate-token on ${flavour}: ${answered} answered, ${lost.length} lost`);
      expect(finishOf(ended).failure, ended.stdout).toBeUndefined();
      expect(finishOf(ended)).toMatchObject({ outcome: 'done', changed: true });
      expect(lost).toEqual([]);
      expect(answered).toBeGreaterThan(20);
      expect(eventsOf(ended, 'verified').at(-1)?.level).toBe(3);

      // The old token is worth nothing any more, and has changed nothing.
      expect(finishOf(stale)).toMatchObject({ failure: { code: 'token-refused' } });
      expect(stale.code).toBe(4);
      const containers = await installation.containers();
      expect(containers.map(serviceOf).sort()).toEqual(['cloudflared', 'hello-mcp', 'mcp-proxy']);
      expect(existsSync(join(dir, '.mcp-tunnel/bridge'))).toBe(false);

      // Only a pair with the new token can come back; given again it changes nothing.
      const cloudflared = containers.find((each) => serviceOf(each) === 'cloudflared');
      await output(engine, ['docker', 'restart', cloudflared?.Id ?? '']);
      const before = await ids();
      const again = await rotate(token);
      expect(finishOf(again), again.stdout).toMatchObject({ outcome: 'done', changed: false });
      expect(await ids()).toEqual(before);
      for (const { stdout } of [ended, stale, again])
        expect(stdout).not.toContain(token.slice(0, 24));
    });
  },
  { concurrent: true },
);

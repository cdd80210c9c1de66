import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { constantLoad, type Load } from './harness/constant-load.ts';
import { output } from './harness/inside.ts';
import { eventsOf, finishOf, type Installed } from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { useInstallations } from './harness/use-installations.ts';
import { vendorOf } from './harness/vendor-client.ts';

/** Each account once: what differs with it is who writes files, not how an engine behaves. */
const accounts = { 'engine-20.10': 'root', 'engine-26.1': 'operator' } as const;

/** Calls that an unregistered CA may cost before its pair has left: some tenths of a second of the load. */
const mostRefused = 40;

function actionOf(ended: Installed) {
  return eventsOf(ended, 'action.needed')[0]?.action;
}

/** Waits until so many more calls were answered. */
async function answeredMore(load: Load, count: number): Promise<void> {
  const enough = load.answered + count;
  while (load.answered < enough) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function ownerOf(path: string): Promise<string> {
  const { uid, mode } = await stat(path);
  return `${uid} ${(mode & 0o777).toString(8)}`;
}

onEachEngine(
  'a CA rotation',
  (stand, flavour) => {
    const prepare = useInstallations(stand);

    test('loses no request; an unregistered CA is refused and changes nothing', async () => {
      const { engine } = stand();
      const vendor = vendorOf(engine);
      const installation = await prepare(accounts[flavour], 'rotate-ca');
      const { dir, tunnel } = installation;
      const first = await installation.install();
      expect(first.code, first.stdout).toBe(10);
      const pemAt = (path: string) => readFile(join(dir, path), 'utf8');
      const fingerprintAt = async (path: string) =>
        new X509Certificate(await pemAt(path)).fingerprint256.replaceAll(':', '').toLowerCase();
      await vendor.registerCertificate(tunnel.tunnel, await pemAt('data/ca.crt'));
      const rotate = (...args: readonly string[]) =>
        installation.command(['rotate-ca', ...args, '--yes']);
      const running = async () =>
        (await installation.containers()).map(({ Id, State }) => `${Id} ${State.StartedAt}`).sort();
      const expectNoBridge = async () => {
        expect(existsSync(join(dir, '.mcp-tunnel/bridge'))).toBe(false);
        const bridges = [
          'docker',
          'ps',
          '-aq',
          '--filter',
          `label=com.docker.compose.project.working_dir=${dir}/.mcp-tunnel/bridge`,
        ];
        expect(await output(engine, bridges)).toBe('');
      };
      const [before, old] = [await running(), await fingerprintAt('data/ca.crt')];
      const served = await fingerprintAt('data/tls.crt');

      // A new CA, and a word that is not true.
      const made = await rotate();
      expect(made.code, made.stdout).toBe(10);
      expect(actionOf(made)?.id).toBe('register-new-ca');
      const next = await fingerprintAt('.mcp-tunnel/next-ca/ca.crt');
      const risk = constantLoad(vendor, tunnel.domain);
      await answeredMore(risk, 2);
      const refused = await rotate('--ca-registered', next);
      expect(finishOf(refused).failure, refused.stdout).toMatchObject({
        code: 'ca-not-registered',
        summary: expect.stringContaining('the running pair was not touched'),
      });
      expect(refused.code).toBe(10);
      await expectNoBridge();
      expect(await running()).toEqual(before);
      expect(await fingerprintAt('data/tls.crt')).toBe(served);
      await answeredMore(risk, 8);
      const { answered: meanwhile, lost: atRisk } = await risk.stop();
      console.log(
        `rotate-ca, CA not registered, on ${flavour}: ${meanwhile} answered, ${atRisk.length} refused before the second pair had left`,
      );
      // Each of them met the second pair: nothing else was lost.
      for (const each of atRisk) expect(each).toContain('certificate-refused');
      expect(atRisk.length).toBeLessThan(mostRefused);

      // The whole rotation, in as many runs as it needs, under load from beginning to end.
      const load = constantLoad(vendor, tunnel.domain);
      await vendor.registerCertificate(tunnel.tunnel, await pemAt('.mcp-tunnel/next-ca/ca.crt'));
      const swapped = await rotate('--ca-registered', next);
      expect(finishOf(swapped), swapped.stdout).toMatchObject({
        outcome: 'action-needed',
        changed: true,
      });
      expect(actionOf(swapped)).toMatchObject({ id: 'revoke-old-ca', values: { old } });
      expect(eventsOf(swapped, 'notice').map(({ text }) => text)).toContainEqual(
        expect.stringContaining('The new CA is proven: a call came through it'),
      );
      expect(eventsOf(swapped, 'certificate')).toMatchObject([
        { served: 'yes', seenBy: 'this host', fingerprint: await fingerprintAt('data/tls.crt') },
      ]);
      await vendor.revokeCertificate(tunnel.tunnel, old);
      const over = await rotate('--old-revoked', old);
      expect(finishOf(over), over.stdout).toMatchObject({ outcome: 'done', changed: true });
      await answeredMore(load, 4);
      const { answered, lost } = await load.stop();
      console.log(`rotate-ca on ${flavour}: ${answered} answered, ${lost.length} lost`);
      expect(lost).toEqual([]);
      expect(answered).toBeGreaterThan(20);

      expect(await fingerprintAt('data/ca.crt')).toBe(next);
      expect(await vendor.servedCertificate(`echo.${tunnel.domain}`)).toBe(
        await fingerprintAt('data/tls.crt'),
      );
      expect(await running()).toEqual(before);
      await expectNoBridge();
      expect(existsSync(join(dir, '.mcp-tunnel/next-ca'))).toBe(false);
      expect(await ownerOf(join(dir, 'data/tls.key'))).toBe('65532 400');
      const { uid } = await stat(dir);
      expect(await ownerOf(join(dir, 'data/ca.key'))).toBe(`${uid} 600`);
      const [name = '', ...more] = await readdir(join(dir, '.mcp-tunnel/backups'));
      expect(more).toEqual([]);
      const archived = (file: string) => join(dir, '.mcp-tunnel/backups', name, file);
      expect(await ownerOf(archived('tls.key'))).toBe('65532 400');
      expect(await ownerOf(archived('ca.key'))).toBe(`${uid} 600`);
      const key = (await pemAt('data/ca.key')).split('\n')[1] ?? '';
      for (const { stdout } of [made, refused, swapped, over]) expect(stdout).not.toContain(key);
    });
  },
  { concurrent: true },
);

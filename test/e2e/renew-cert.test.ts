import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { constantLoad } from './harness/constant-load.ts';
import { eventsOf, finishOf, type Installation, type Installed } from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { useInstallations } from './harness/use-installations.ts';
import { vendorOf } from './harness/vendor-client.ts';

/** Each account once: what differs with it is who writes files, not how an engine behaves. */
const accounts = { 'engine-20.10': 'root', 'engine-26.1': 'operator' } as const;

async function ownerOf(path: string): Promise<string> {
  const { uid, mode } = await stat(path);
  return `${uid} ${(mode & 0o777).toString(8)}`;
}

onEachEngine('a certificate renewal', (stand, flavour) => {
  const account = accounts[flavour];
  const prepare = useInstallations(stand);

  describe(`as ${account}`, () => {
    let installation: Installation;
    beforeAll(async () => {
      installation = await prepare(account, `renew-${account}`);
      const first = await installation.install();
      const pem = await readFile(join(installation.dir, 'data/ca.crt'), 'utf8');
      await vendorOf(stand().engine).registerCertificate(installation.tunnel.tunnel, pem);
      expect(first.code, first.stdout).toBe(10);
    });

    const fingerprintOnDisk = async () =>
      new X509Certificate(await readFile(join(installation.dir, 'data/tls.crt'))).fingerprint256
        .replaceAll(':', '')
        .toLowerCase();

    const started = async () =>
      (await installation.containers()).map(({ Id, State }) => `${Id} ${State.StartedAt}`).sort();

    /** The program says that the proxy serves what is on disk; the edge sees the same. */
    async function expectServed(ended: Installed): Promise<void> {
      const fingerprint = await fingerprintOnDisk();
      expect(eventsOf(ended, 'certificate'), ended.stdout).toMatchObject([
        { fingerprint, served: 'yes', seenBy: 'this host' },
      ]);
      const host = `echo.${installation.tunnel.domain}`;
      expect(await vendorOf(stand().engine).servedCertificate(host)).toBe(fingerprint);
    }

    test('with a new key, and back again: no request is lost, nothing is restarted', async () => {
      const load = constantLoad(vendorOf(stand().engine), installation.tunnel.domain);
      const [before, first] = [await started(), await fingerprintOnDisk()];
      const ended = await installation.command(['renew-cert', '--new-key', '--yes']);
      expect(finishOf(ended), ended.stdout).toMatchObject({ outcome: 'done', changed: true });
      const second = await fingerprintOnDisk();
      expect(second).not.toBe(first);
      await expectServed(ended);
      const back = await installation.command(['renew-cert', '--restore', '--yes']);
      expect(finishOf(back), back.stdout).toMatchObject({ outcome: 'done', changed: true });
      expect(await fingerprintOnDisk()).toBe(first);
      await expectServed(back);
      const { answered, lost } = await load.stop();
      console.log(`renew-cert under load: ${answered} answered, ${lost.length} lost`);
      expect(lost).toEqual([]);
      expect(answered).toBeGreaterThan(20);
      expect(await started()).toEqual(before);
    });

    test('keeps the key; every key is the containers’ alone, the archive the operator’s', async () => {
      const { dir } = installation;
      const key = await readFile(join(dir, 'data/tls.key'), 'utf8');
      const ended = await installation.command(['renew-cert', '--yes']);
      expect(finishOf(ended), ended.stdout).toMatchObject({ outcome: 'done', changed: true });
      await expectServed(ended);
      expect(await readFile(join(dir, 'data/tls.key'), 'utf8')).toBe(key);
      expect(await ownerOf(join(dir, 'data/tls.key'))).toBe('65532 400');
      const backups = join(dir, '.mcp-tunnel/backups');
      const { uid } = await stat(dir);
      const names = await readdir(backups);
      expect(names).toHaveLength(3);
      for (const name of names) {
        expect(await ownerOf(join(backups, name))).toBe(`${uid} 700`);
        expect(await ownerOf(join(backups, name, 'tls.key'))).toBe('65532 400');
        expect(await ownerOf(join(backups, name, 'tls.crt'))).toBe(`${uid} 600`);
      }
      expect(ended.stdout).not.toContain(key.split('\n')[1]);
    });

    test('not due: exit 0, and nothing is touched', async () => {
      const before = await fingerprintOnDisk();
      const ended = await installation.command(['renew-cert', '--renew-before', '720h']);
      expect(finishOf(ended), ended.stdout).toMatchObject({ outcome: 'done', changed: false });
      expect(ended.code).toBe(0);
      expect(await fingerprintOnDisk()).toBe(before);
      await expectServed(ended);
    });
  });
});

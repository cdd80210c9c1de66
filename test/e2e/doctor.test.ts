import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { unpacked } from '../fakes/unpacked.ts';
import { makeCa } from '../simulator/openssl.ts';
import { output } from './harness/inside.ts';
import {
  deploymentState,
  eventsOf,
  type Installation,
  type Installed,
  serviceOf,
} from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { findings, keyNeedles, tokenNeedles } from './harness/secret-search.ts';
import { useInstallations } from './harness/use-installations.ts';

/** Each account once: what differs with it is who may read token and key. */
const accounts = { 'engine-20.10': 'operator', 'engine-26.1': 'root' } as const;

/** Checks that failed or could not be judged, as `verdict id: found`. */
function troubleOf(ended: Installed): readonly string[] {
  return eventsOf(ended, 'check')
    .filter(({ status }) => status === 'fail' || status === 'skip')
    .map(({ id, status, found }) => `${status} ${id}: ${found}`);
}

function conclusionOf(ended: Installed) {
  const [conclusion] = eventsOf(ended, 'examined');
  if (!conclusion) throw new Error(`no conclusion:\n${ended.stdout}\n${ended.stderr}`);
  return conclusion;
}

onEachEngine(
  'an examination of a deployment',
  (stand, flavour) => {
    const account = accounts[flavour];
    const prepare = useInstallations(stand);

    describe(`as ${account}`, { concurrent: false }, () => {
      let installation: Installation;
      beforeAll(async () => {
        installation = await prepare(account, `doctor-${account}`);
        // A CA that is registered already: nothing is left to do after the first run.
        const ca = makeCa();
        const parent = dirname(installation.dir);
        const write = (name: string, input: string) =>
          output(stand().engine, ['sh', '-c', `umask 077; cat > ${join(parent, name)}`], {
            ...{ as: account, input },
          });
        await write('own-ca.crt', ca.certificate);
        await write('own-ca.key', ca.key);
        const print = new X509Certificate(ca.certificate).fingerprint256;
        const first = await installation.install([
          ...['--yes', '--ca-cert', join(parent, 'own-ca.crt')],
          ...['--ca-key', join(parent, 'own-ca.key'), '--ca-registered', print],
        ]);
        expect(first.code, first.stdout).toBe(0);
      });

      test('finds nothing that failed, judges everything, and changes nothing', async () => {
        const state = await deploymentState(installation.dir);
        const ended = await installation.command(['doctor']);
        expect(troubleOf(ended)).toEqual([]);
        expect(ended.code, ended.stdout).toBe(0);
        const checks = new Map(eventsOf(ended, 'check').map(({ id, found }) => [id, found]));
        expect(checks.get('tls-key-mode')).toBe('mode 0400, owner 65532:65532');
        expect(checks.get('network-mode')).toBe('that of mcp-proxy');
        expect(checks.get('certificate-key')).toBe('they belong together');
        expect(checks.get('certificate-served')).toMatch(/^seen by the TLS handshake/u);
        expect(checks.get('connections')).toMatch(/^4 of 4: /u);
        expect(await deploymentState(installation.dir)).toEqual(state);
      });

      test('names a stranded cloudflared first, and what it says to type mends it', async () => {
        const { engine } = stand();
        const containers = await installation.containers();
        const proxy = containers.find((each) => serviceOf(each) === 'mcp-proxy');
        await output(engine, ['docker', 'restart', proxy?.Id ?? '']);
        const ended = await installation.command(['doctor']);
        expect(ended.code, ended.stdout).toBe(10);
        const { first, next } = conclusionOf(ended);
        expect(first).toEqual({ layer: 'host', check: 'stranded' });
        const compose = flavour === 'engine-20.10' ? 'docker-compose' : 'docker compose';
        expect(next).toBe(`cd ${installation.dir} && ${compose} restart cloudflared`);
        await output(engine, ['sh', '-c', next ?? ''], { as: account });
        const mended = await installation.command(['doctor']);
        expect(troubleOf(mended)).toEqual([]);
        expect(mended.code).toBe(0);
      });

      test('a report holds no secret, and what the images did', async () => {
        const path = join(dirname(installation.dir), 'report.tar.gz');
        const ended = await installation.command(['doctor', '--bundle', path]);
        expect(ended.code, ended.stdout).toBe(0);
        expect((await stat(path)).mode & 0o777).toBe(0o600);
        const files = await unpacked(path);
        const needles = {
          ...tokenNeedles(installation.tunnel.token),
          ...keyNeedles('tls.key', await readFile(join(installation.dir, 'data/tls.key'), 'utf8')),
        };
        const evidence = [...files].map(([place, bytes]) => ({ place, bytes }));
        expect(findings(needles, evidence)).toEqual([]);
        const contact = JSON.parse(
          files.get('mcp-tunnel-report/first-contact.json')?.toString() ?? '',
        );
        expect(contact).toMatchObject({
          rehearsal: false,
          ownersAsContainersSeeThem: true,
          assumptions: { 'one “route configured” line per route': { lines: 1, routes: 1 } },
        });
        expect(contact.containers).toHaveLength(3);
        for (const { digests } of contact.containers) expect(digests).not.toEqual([]);
      });
    });
  },
  { concurrent: true },
);

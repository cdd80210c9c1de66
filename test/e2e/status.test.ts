import { X509Certificate } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeCa } from '../simulator/openssl.ts';
import { haltEngine, startEngine, stopEngine } from './harness/engine.ts';
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

/** Every item as `verdict found`, by id. */
function itemsOf(ended: Installed): Readonly<Record<string, string>> {
  const status = eventsOf(ended, 'status').at(-1);
  if (!status) throw new Error(`no status:\n${ended.stdout}\n${ended.stderr}`);
  return Object.fromEntries(
    status.items.map(({ id, status: verdict, found }) => [id, `${verdict} ${found}`]),
  );
}

async function startsOf(installation: Installation): Promise<readonly string[]> {
  const containers = await installation.containers();
  return containers.map(({ Id, State }) => `${Id} ${State.StartedAt}`).sort();
}

onEachEngine(
  'a look at a deployment',
  (stand, flavour) => {
    const account = accounts[flavour];
    const prepare = useInstallations(stand);

    describe(`as ${account}`, { concurrent: false }, () => {
      let installation: Installation;
      beforeAll(async () => {
        installation = await prepare(account, `status-${account}`);
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

      test('finds it healthy, token included, and changes nothing', async () => {
        const state = await deploymentState(installation.dir);
        const starts = await startsOf(installation);
        const ended = await installation.command(['status']);
        const items = itemsOf(ended);
        expect(finishOf(ended), JSON.stringify(items, null, 1)).toMatchObject({ outcome: 'done' });
        expect(ended.code).toBe(0);
        const token = `^pass tunnel ${installation.tunnel.tunnel}, fingerprint [0-9a-f]{12}, `;
        expect(items).toMatchObject({
          stranded: expect.stringMatching(/^pass /u),
          connections: expect.stringMatching(/^pass 4 of 4: \S+ \d/u),
          'route-echo': expect.stringMatching(/^pass .*MCP server/u),
          'certificate-served': expect.stringMatching(/^pass seen by the TLS handshake/u),
          token: expect.stringMatching(new RegExp(token, 'u')),
          reboot: expect.stringMatching(/^pass the containers come back with Docker/u),
        });
        expect(await deploymentState(installation.dir)).toEqual(state);
        expect(await startsOf(installation)).toEqual(starts);
        expect(ended.stdout).not.toContain(installation.tunnel.token.slice(0, 24));
      });

      test('names a cloudflared that a restart of the proxy alone has stranded, and the fix mends it', async () => {
        const { engine } = stand();
        const containers = await installation.containers();
        const proxy = containers.find((each) => serviceOf(each) === 'mcp-proxy');
        await output(engine, ['docker', 'restart', proxy?.Id ?? '']);
        const ended = await installation.command(['status']);
        expect(ended.code, ended.stdout).toBe(5);
        expect(itemsOf(ended)['stranded']).toMatch(/^fail cloudflared is stranded/u);
        const fix = `cd ${installation.dir} && docker compose restart cloudflared`;
        expect(finishOf(ended).failure).toMatchObject({ code: 'stack-unhealthy' });
        expect(finishOf(ended).failure?.nextSteps).toContain(fix);
        const isV1 = flavour === 'engine-20.10';
        const typed = isV1 ? fix.replace('docker compose', 'docker-compose') : fix;
        await output(engine, ['sh', '-c', typed], { as: account });
        const mended = await installation.command(['status']);
        expect(mended.code, JSON.stringify(itemsOf(mended), null, 1)).toBe(0);
      });

      test('at an engine that was stopped: says so, and judges the files', async () => {
        const { engine } = stand();
        const dir = join(engine.dir, `../${flavour}-stopped`);
        const own = await startEngine(engine.flavour, dir, join(dir, '../registry'));
        await haltEngine(own.engine);
        // Only root: with its socket the group is gone that lets the operator in.
        const ended = await installation.command(['status'], {
          ...{ as: 'root', env: { DOCKER_HOST: `unix://${own.engine.socket}` } },
        });
        await stopEngine(own.process);
        await rm(dir, { recursive: true, force: true });
        expect(ended.code, ended.stdout).toBe(3);
        expect(finishOf(ended)).toMatchObject({ failure: { code: 'docker-not-running' } });
        expect(itemsOf(ended)).toMatchObject({
          containers: expect.stringMatching(/^skip not known: /u),
          certificate: expect.stringMatching(/^pass until .* days left/u),
          ca: expect.stringMatching(/^pass .* registered$/u),
          token: expect.stringMatching(/^pass tunnel /u),
        });
      });
    });
  },
  { concurrent: true },
);

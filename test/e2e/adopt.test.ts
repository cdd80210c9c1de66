import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import type { Variant } from '../fakes/hand-made-texts.ts';
import { constantLoad } from './harness/constant-load.ts';
import { layOutByHand } from './harness/hand-made.ts';
import { withStandIn } from './harness/images.ts';
import type { Account } from './harness/inside.ts';
import {
  eventsOf,
  finishOf,
  type Installation,
  type Installed,
  prepareInstallation,
  serviceOf,
} from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { vendorOf } from './harness/vendor-client.ts';

interface Case {
  readonly variant: Variant;
  readonly tokenIn: 'env' | 'shell';
  readonly account: Account;
}

/** Every variant, every place of a token, every account and both versions of Compose once. */
const cases: Readonly<Record<string, readonly Case[]>> = {
  'engine-20.10': [{ variant: 'guide', tokenIn: 'shell', account: 'operator' }],
  'engine-26.1': [
    { variant: 'former-guide', tokenIn: 'env', account: 'operator' },
    { variant: 'plugin', tokenIn: 'env', account: 'root' },
  ],
};

/** Verdicts of a look, by id. */
function verdictsOf(ended: Installed): Readonly<Record<string, string>> {
  const look = eventsOf(ended, 'status').at(-1);
  if (!look) throw new Error(`no status:\n${ended.stdout}\n${ended.stderr}`);
  return Object.fromEntries(look.items.map(({ id, status, found }) => [id, `${status} ${found}`]));
}

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

onEachEngine(
  'a stack made by hand',
  (stand, flavour) => {
    const used: Installation[] = [];
    afterAll(async () => {
      for (const installation of used) await installation.remove();
    });

    describe.each(cases[flavour] ?? [])('from the $variant', ({ variant, tokenIn, account }) => {
      test('is operated as it is without losing a request, and becomes ours when asked', async ({
        expect,
      }) => {
        const { engine, images } = stand();
        const all = { engine, images: withStandIn(images) };
        const vendor = vendorOf(engine);
        const name = `adopt-${variant}`;
        const installation = await prepareInstallation(all, account, name, name);
        used.push(installation);
        const { dir, tunnel } = installation;
        const at = (path: string) => join(dir, path);
        const person = await layOutByHand(all, installation, { variant, tokenIn });
        await person.compose('up', '-d');
        const pem = await readFile(at('data/ca.crt'), 'utf8');
        await vendor.registerCertificate(tunnel.tunnel, pem);
        const call = { url: `https://echo.${tunnel.domain}/mcp`, tool: 'hello' };
        const say = (to: string) => vendor.callTool({ ...call, arguments: { name: to } });
        await expect
          .poll(() => say('hand'), { timeout: 30_000 })
          .toMatchObject({
            text: 'Hello, hand!',
          });

        const looked = verdictsOf(await installation.command(['status']));
        const service = variant === 'former-guide' ? 'mcp-gateway' : 'mcp-proxy';
        const token = tokenIn === 'env' ? /^pass tunnel/u : /^warn .*only in the container/u;
        expect(looked).toMatchObject({
          layout: expect.stringContaining(`service ${service}`),
          [`container-${service}`]: expect.stringMatching(/^pass /u),
          connections: expect.stringMatching(/^pass 4 of 4/u),
          'route-echo': expect.stringMatching(/^pass /u),
          'certificate-served': expect.stringMatching(/^pass /u),
          token: expect.stringMatching(token),
        });
        expect(existsSync(at('.mcp-tunnel'))).toBe(false);

        const texts = (await person.type('sh', '-c', 'cat *compose* config/*')).split('\n');
        const load = constantLoad(vendor, tunnel.domain);
        const rotated = await vendor.rotateToken(tunnel.tunnel);
        const rotation = await installation.command(['rotate-token', '--token-stdin', '--yes'], {
          input: `${rotated.token}\n`,
        });
        const renewal = await installation.command(['renew-cert', '--yes']);
        const { answered, lost } = await load.stop();
        console.log(`${variant} by hand on ${flavour}: ${answered} answered, ${lost.length} lost`);
        expect(finishOf(rotation), rotation.stdout).toMatchObject({ outcome: 'done' });
        expect(finishOf(renewal), renewal.stdout).toMatchObject({ outcome: 'done', changed: true });
        expect(eventsOf(renewal, 'certificate')).toMatchObject([{ served: 'yes' }]);
        expect(lost).toEqual([]);
        expect(answered).toBeGreaterThan(20);
        expect(await readFile(at('.env'), 'utf8')).toContain(`TUNNEL_TOKEN=${rotated.token}`);
        expect([await modeOf(at('.env')), await modeOf(at('data/tls.key'))]).toEqual([
          '600',
          '644',
        ]);
        expect((await person.type('sh', '-c', 'cat *compose* config/*')).split('\n')).toEqual(
          texts,
        );

        const shown = await installation.command(['install', '--dry-run']);
        const [plan] = eventsOf(shown, 'plan');
        expect(
          plan?.differences.map(({ id }) => id),
          shown.stdout,
        ).toEqual(expect.arrayContaining(['token-in-file', 'private-keys', 'sample-mcp-version']));
        const key = await person.type('cat', 'data/tls.key');
        const adopted = await installation.command(['install', '--yes']);
        expect(finishOf(adopted), adopted.stdout).toMatchObject({ outcome: 'done', changed: true });
        expect(eventsOf(adopted, 'verified').at(-1)?.level).toBe(3);
        await expect
          .poll(() => say('us'), { timeout: 30_000 })
          .toMatchObject({
            text: 'Hello, us!',
          });
        const containers = await installation.containers();
        expect(containers.map(serviceOf).sort()).toEqual(['cloudflared', 'hello-mcp', 'mcp-proxy']);
        for (const { Config } of containers) {
          expect(Config.User).toBe('65532:65532');
          expect(Config.Env.join('\n')).not.toContain(rotated.token);
        }
        expect(await readFile(at('data/ca.crt'), 'utf8')).toBe(pem);
        const owned = await stat(at('data/tls.key'));
        expect([owned.uid, (owned.mode & 0o777).toString(8)]).toEqual([65532, '400']);
        // Root reads what its owner may.
        if (account === 'root') expect(await person.type('cat', 'data/tls.key')).toBe(key);

        const again = await installation.command(['install']);
        expect(finishOf(again), again.stdout).toMatchObject({ outcome: 'done', changed: false });
        for (const { stdout } of [rotation, renewal, shown, adopted, again])
          expect(stdout).not.toContain(rotated.token.slice(0, 24));
      });
    });
  },
  { concurrent: true },
);

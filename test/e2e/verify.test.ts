import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { output } from './harness/inside.ts';
import { eventsOf, finishOf, type Installed, serviceOf } from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { useInstallations } from './harness/use-installations.ts';
import { vendorOf } from './harness/vendor-client.ts';

/** Each account once: what differs with it is who writes files, not how an engine behaves. */
const accounts = { 'engine-20.10': 'root', 'engine-26.1': 'operator' } as const;

onEachEngine(
  'a call through the Messages API',
  (stand, flavour) => {
    const prepare = useInstallations(stand);

    test('reaches level 4; what stands in its way is told by its layer', async () => {
      const { engine } = stand();
      const vendor = vendorOf(engine);
      const installation = await prepare(accounts[flavour], 'verify');
      const { dir, tunnel } = installation;
      const first = await installation.install([
        ...['--yes', '--route', 'echo=http://hello-mcp:9000'],
        // One that leads to nobody.
        ...['--route', 'gone=http://hello-mcp:9001'],
      ]);
      expect(first.code, first.stdout).toBe(10);
      const [key, foreignKey] = [await vendor.apiKey(), await vendor.apiKey('another')];
      const outputs: string[] = [];
      const verify = async (args: readonly string[] = [], withKey = key): Promise<Installed> => {
        const env = { ANTHROPIC_API_KEY: withKey };
        const ended = await installation.command(['verify', '--yes', ...args], { env });
        outputs.push(ended.stdout + ended.stderr);
        return ended;
      };
      const failureOf = async (args?: readonly string[], withKey?: string) => {
        const ended = await verify(args, withKey);
        return `${finishOf(ended).failure?.code} ${ended.code}`;
      };

      // The CA is not registered yet.
      expect(await failureOf()).toBe('tunnel-call-failed 5');
      const pem = await readFile(join(dir, 'data/ca.crt'), 'utf8');
      await vendor.registerCertificate(tunnel.tunnel, pem);

      const ended = await verify();
      expect(finishOf(ended).failure, ended.stdout).toBeUndefined();
      expect(ended.code).toBe(0);
      expect(eventsOf(ended, 'verified')).toMatchObject([
        { level: 4, unproven: [expect.stringMatching(/^Route gone: not called/u)] },
      ]);
      expect(eventsOf(ended, 'tool.answered')).toMatchObject([
        { route: 'echo', tool: 'hello', text: 'Hello, tunnel!', via: 'Messages API' },
      ]);
      expect(finishOf(ended)).toMatchObject({ outcome: 'done', changed: false });

      expect(await failureOf([], foreignKey)).toBe('api-key-workspace 4');
      expect(await failureOf([], `${key.slice(0, -4)}xxxx`)).toBe('api-key-refused 4');
      expect(await failureOf(['--route', 'ecko'])).toBe('answers-invalid 2');

      expect(await failureOf(['--route', 'gone', '--tool', 'any'])).toBe('mcp-route-failed 5');

      const containers = await installation.containers();
      const cloudflared = containers.find((each) => serviceOf(each) === 'cloudflared');
      await output(engine, ['docker', 'stop', cloudflared?.Id ?? '']);
      expect(await failureOf(['--route', 'echo'])).toBe('tunnel-call-failed 5');
      for (const text of outputs) expect(text).not.toContain(key.slice(0, 24));
    });
  },
  { concurrent: true },
);

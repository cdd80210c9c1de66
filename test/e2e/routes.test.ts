import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { constantLoad } from './harness/constant-load.ts';
import { output } from './harness/inside.ts';
import {
  eventsOf,
  finishOf,
  type Installation,
  type Installed,
  serviceOf,
} from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { useInstallations } from './harness/use-installations.ts';
import { vendorOf } from './harness/vendor-client.ts';

/** Each account once: what differs with it is who writes files, not how an engine behaves. */
const accounts = { 'engine-20.10': 'root', 'engine-26.1': 'operator' } as const;

onEachEngine('a change of routes', (stand, flavour) => {
  const account = accounts[flavour];
  const prepare = useInstallations(stand);

  describe(`as ${account}`, () => {
    let installation: Installation;
    let config = '';
    const readConfig = () => readFile(join(installation.dir, 'config/mcp-proxy.yaml'), 'utf8');
    beforeAll(async () => {
      installation = await prepare(account, `routes-${account}`);
      const first = await installation.install();
      const pem = await readFile(join(installation.dir, 'data/ca.crt'), 'utf8');
      await vendorOf(stand().engine).registerCertificate(installation.tunnel.tunnel, pem);
      expect(first.code, first.stdout).toBe(10);
      config = await readConfig();
    });

    /** Runs `routes` while the first route is called without a pause. */
    async function underLoad(...words: readonly string[]): Promise<Installed> {
      const load = constantLoad(vendorOf(stand().engine), installation.tunnel.domain);
      const ended = await installation.command(['routes', ...words, '--yes']);
      const { answered, lost } = await load.stop();
      console.log(`routes ${words[0]} under load: ${answered} answered, ${lost.length} lost`);
      expect(finishOf(ended).failure, ended.stdout).toBeUndefined();
      expect(finishOf(ended)).toMatchObject({ outcome: 'done', changed: true });
      expect(lost).toEqual([]);
      expect(answered).toBeGreaterThan(20);
      expect(eventsOf(ended, 'verified').at(-1)?.level).toBe(3);
      return ended;
    }

    /** What the vendor gets of the second route: an answer's text, or why there is none. */
    async function callSecond(): Promise<string> {
      const url = `https://second.${installation.tunnel.domain}/mcp`;
      const call = { url, tool: 'hello', arguments: { name: 'second' } };
      const answer = await vendorOf(stand().engine).callTool(call);
      return answer.answered ? answer.text : JSON.stringify(answer);
    }

    async function expectOnePair(): Promise<void> {
      const containers = await installation.containers();
      expect(containers.map(serviceOf).sort()).toEqual(['cloudflared', 'hello-mcp', 'mcp-proxy']);
      expect(existsSync(join(installation.dir, '.mcp-tunnel/bridge'))).toBe(false);
      const bridges = ['docker', 'ps', '-aq', '--filter', 'name=-bridge'];
      expect(await output(stand().engine, bridges)).toBe('');
    }

    test('adds one without losing a call of the other, and it answers', async () => {
      await underLoad('add', 'second=http://hello-mcp:9000');
      expect(await callSecond()).toBe('Hello, second!');
      expect(await readConfig()).toBe(`${config}  second: http://hello-mcp:9000\n`);
      await expectOnePair();
      const listed = await installation.command(['routes', 'list']);
      expect(eventsOf(listed, 'route')).toMatchObject([
        { route: 'echo', proxy: 'has-it', status: 'pass' },
        { route: 'second', proxy: 'has-it', status: 'pass' },
      ]);
      const again = await installation.install(['--yes']);
      expect(finishOf(again).changed, again.stdout).toBe(false);
    });

    test('takes it away again without losing a call of the other', async () => {
      await underLoad('remove', 'second');
      expect(await callSecond()).toContain('No route configured for host');
      expect(await readConfig()).toBe(config);
      await expectOnePair();
    });
  });
});

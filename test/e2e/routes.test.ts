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
  'a change of routes',
  (stand, flavour) => {
    const prepare = useInstallations(stand);

    test('adds a route and takes it away without losing a call of another one', async () => {
      const { engine } = stand();
      const vendor = vendorOf(engine);
      const installation = await prepare(accounts[flavour], 'routes');
      const { dir, tunnel } = installation;
      const first = await installation.install();
      expect(first.code, first.stdout).toBe(10);
      await vendor.registerCertificate(
        tunnel.tunnel,
        await readFile(join(dir, 'data/ca.crt'), 'utf8'),
      );
      const readConfig = () => readFile(join(dir, 'config/mcp-proxy.yaml'), 'utf8');
      /** What the vendor gets of the second route: an answer's text, or why there is none. */
      const callSecond = async () => {
        const url = `https://second.${tunnel.domain}/mcp`;
        const call = { url, tool: 'hello', arguments: { name: 'second' } };
        const answer = await vendor.callTool(call);
        return answer.answered ? answer.text : JSON.stringify(answer);
      };
      /** Runs `routes` while the first route is called without a pause. */
      const underLoad = async (...words: readonly string[]) => {
        const load = constantLoad(vendor, tunnel.domain);
        const ended = await installation.command(['routes', ...words, '--yes']);
        const { answered, lost } = await load.stop();
        console.log(`routes ${words[0]} on ${flavour}: ${answered} answered, ${lost.length} lost`);
        expect(finishOf(ended).failure, ended.stdout).toBeUndefined();
        expect(finishOf(ended)).toMatchObject({ outcome: 'done', changed: true });
        expect(lost).toEqual([]);
        expect(answered).toBeGreaterThan(20);
        expect(eventsOf(ended, 'verified').at(-1)?.level).toBe(3);
        const containers = await installation.containers();
        expect(containers.map(serviceOf).sort()).toEqual(['cloudflared', 'hello-mcp', 'mcp-proxy']);
        expect(existsSync(join(dir, '.mcp-tunnel/bridge'))).toBe(false);
        const bridges = ['docker', 'ps', '-aq', '--filter', 'name=-bridge'];
        expect(await output(engine, bridges)).toBe('');
      };

      const before = await readConfig();
      await underLoad('add', 'second=http://hello-mcp:9000');
      expect(await callSecond()).toBe('Hello, second!');
      expect(await readConfig()).toBe(`${before}  second: http://hello-mcp:9000\n`);
      const listed = await installation.command(['routes', 'list']);
      expect(eventsOf(listed, 'route')).toMatchObject([
        { route: 'echo', proxy: 'has-it', status: 'pass' },
        { route: 'second', proxy: 'has-it', status: 'pass' },
      ]);
      await underLoad('remove', 'second');
      expect(await callSecond()).toContain('No route configured for host');
      expect(await readConfig()).toBe(before);
    });
  },
  { concurrent: true },
);

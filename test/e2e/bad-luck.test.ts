import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlowEvent } from '../../src/runner/events.ts';
import { registryAddress } from './harness/addresses.ts';
import { haltEngine, resumeEngine, startEngine, stopEngine } from './harness/engine.ts';
import { withStandIn } from './harness/images.ts';
import { output } from './harness/inside.ts';
import {
  eventsOf,
  finishOf,
  type Installation,
  type Installed,
  prepareInstallation,
  serviceOf,
} from './harness/installation.ts';
import { onEachEngine, type Stand } from './harness/on-each-engine.ts';
import { useInstallations } from './harness/use-installations.ts';
import { vendorOf } from './harness/vendor-client.ts';

const isStart = (step: string) => (event: FlowEvent) =>
  event.type === 'step.started' && event.step === step;

function expectInstalled(installed: Installed): void {
  expect(finishOf(installed).failure).toBeUndefined();
  expect(installed.code).toBe(10);
  const [verified] = eventsOf(installed, 'verified');
  expect(verified?.level, JSON.stringify(verified)).toBe(3);
}

onEachEngine(
  'bad luck',
  (stand, flavour) => {
    const prepare = useInstallations(stand);
    const account = flavour === 'engine-20.10' ? 'operator' : 'root';

    describe('Docker stops', () => {
      /** An engine of this test alone, with nothing pulled yet. */
      let own: Stand;
      let end = async () => {};
      beforeAll(async () => {
        const { engine, images } = stand();
        const dir = join(engine.dir, `../${flavour}-stopping`);
        const started = await startEngine(engine.flavour, dir, join(dir, '../registry'));
        own = { engine: started.engine, images: withStandIn(images) };
        end = async () => {
          await stopEngine(started.process);
          await rm(dir, { recursive: true, force: true });
        };
      });
      afterAll(() => end());

      test('in the middle of a pull, of a launch, and of a rotation: said as it is, and resumed', async () => {
        const installation = await prepareInstallation(own, account, 'stopping');
        let halted: Promise<void> | undefined;
        const haltAt = (matches: (event: FlowEvent) => boolean) => (event: FlowEvent) => {
          if (matches(event)) halted ??= haltEngine(own.engine);
        };

        const pulling = await installation.install(['--yes'], {
          onEvent: haltAt((event) => event.type === 'pull.progress'),
        });
        expect(halted).toBeDefined();
        await halted;
        halted = undefined;
        expect(finishOf(pulling).failure?.code).toBe('docker-not-running');
        expect(pulling.code).toBe(3);
        expect(existsSync(installation.dir)).toBe(false);

        await resumeEngine(own.engine);
        const launching = await installation.install(['--yes'], {
          onEvent: haltAt((event) => event.type === 'log' && event.service === 'compose'),
        });
        expect(halted).toBeDefined();
        await halted;
        expect(finishOf(launching).failure?.code).toBe('docker-not-running');
        expect(launching.code).toBe(3);
        expect(eventsOf(launching, 'step.undone')).toEqual([]);
        expect(existsSync(join(installation.dir, 'data/ca.crt'))).toBe(true);

        await resumeEngine(own.engine);
        expectInstalled(await installation.install());
        const services = async () => (await installation.containers()).map(serviceOf).sort();
        expect(await services()).toEqual(['cloudflared', 'hello-mcp', 'mcp-proxy']);

        const { token } = await vendorOf(own.engine).rotateToken(installation.tunnel.tunnel);
        halted = undefined;
        const rotating = await installation.command(['rotate-token', '--token-stdin', '--yes'], {
          input: `${token}\n`,
          onEvent: haltAt(isStart('restart')),
        });
        expect(halted, rotating.stdout).toBeDefined();
        await halted;
        expect(finishOf(rotating).failure?.code, rotating.stdout).toBe('docker-not-running');
        expect(rotating.code).toBe(3);

        await resumeEngine(own.engine);
        const rotated = await installation.command(['rotate-token', '--yes']);
        expect(finishOf(rotated), rotated.stdout).toMatchObject({ outcome: 'done' });
        expect(await services()).toEqual(['cloudflared', 'hello-mcp', 'mcp-proxy']);
        expect(existsSync(join(installation.dir, '.mcp-tunnel/bridge'))).toBe(false);
        const held = await output(own.engine, [
          'cat',
          join(installation.dir, 'credentials/tunnel-token'),
        ]);
        expect(held.trim() === token).toBe(true);
      }, 300_000);
    });

    test('an image that does not exist: exit 4, and nothing is left behind', async () => {
      const cloudflared = `${registryAddress}/cloudflared@sha256:${'0'.repeat(64)}`;
      const installation = await prepare(account, 'no-image', { cloudflared });
      const installed = await installation.install();
      expect(finishOf(installed).failure).toMatchObject({ code: 'image-not-found' });
      expect(finishOf(installed).failure?.summary).toContain(cloudflared);
      expect(installed.code).toBe(4);
      expect(existsSync(dirname(installation.dir))).toBe(true);
      expect(existsSync(installation.dir)).toBe(false);
    });

    test('two runs at once: the second names the first, which completes', async () => {
      const installation = await prepare(account, 'at-once');
      let second: Promise<Installed> | undefined;
      let firstPid = 0;
      const first = await installation.install(['--yes'], {
        onEvent: (event, pid) => {
          if (!isStart('certificate-authority')(event)) return;
          firstPid = pid;
          second = installation.install();
        },
      });
      const told = await second;
      if (!told) throw new Error('the second run never began');
      expect(finishOf(told).failure).toMatchObject({ code: 'locked' });
      expect(finishOf(told).failure?.summary).toContain(`process ${firstPid}`);
      expect(told.code).toBe(3);
      expectInstalled(first);
    });

    test('two directories of the same name: two projects, both stay up', async () => {
      const [one, two] = [await prepare(account, 'twin-a'), await prepare(account, 'twin-b')];
      let second: Promise<Installed> | undefined;
      let before: readonly string[] = [];
      const starts = async () =>
        (await one.containers()).map(({ Id, State }) => `${Id} ${State.StartedAt}`);
      const first = await one.install(['--yes'], {
        onEvent: (event) => {
          if (!isStart('verified')(event)) return;
          second = starts().then((running) => {
            before = running;
            return two.install();
          });
        },
      });
      expectInstalled(first);
      if (!second) throw new Error('the second run never began');
      expectInstalled(await second);
      expect(before).toHaveLength(3);
      expect(await starts()).toEqual(before);
      const [ofOne, ofTwo] = await Promise.all(
        [one, two].map(async (each: Installation) => {
          const [container] = await each.containers();
          return container?.Config.Labels['com.docker.compose.project'];
        }),
      );
      expect(ofOne).not.toBe(ofTwo);
      const env = await output(stand().engine, ['cat', join(two.dir, '.env')], { as: account });
      expect(env).toContain(`COMPOSE_PROJECT_NAME=${ofTwo}`);
    });

    const refused =
      flavour === 'engine-20.10'
        ? { what: 'another tunnel’s secret', said: 'Invalid tunnel secret' }
        : { what: 'a tunnel that is gone', said: 'Tunnel not found' };
    test(`a token with ${refused.what}: the edge’s refusal ends the wait at once`, async () => {
      const installation = await prepare(account, 'refused');
      const other = await vendorOf(stand().engine).createTunnel();
      const contentOf = (token: string) => JSON.parse(Buffer.from(token, 'base64').toString());
      const content = {
        ...contentOf(installation.tunnel.token),
        ...(flavour === 'engine-20.10'
          ? { s: contentOf(other.token).s }
          : { t: '00000000-0000-4000-8000-000000000000' }),
      };
      const token = Buffer.from(JSON.stringify(content)).toString('base64');
      const begin = Date.now();
      const installed = await installation.install(['--yes'], { input: `${token}\n` });
      // A wait for the connections takes 60 seconds and ends in another code.
      expect(Date.now() - begin).toBeLessThan(45_000);
      expect(finishOf(installed).failure).toMatchObject({ code: 'token-refused' });
      expect(finishOf(installed).failure?.found).toContain(refused.said);
      expect(installed.code).toBe(4);
      expect(eventsOf(installed, 'step.undone')).toEqual([]);
      expectInstalled(await installation.install());
    });

    test('a service that ends again and again is noticed as that', async () => {
      const installation = await prepare(account, 'loop');
      await output(stand().engine, ['mkdir', installation.dir], { as: account });
      const override = join(installation.dir, 'docker-compose.override.yaml');
      await writeFile(
        override,
        'services:\n  hello-mcp:\n    command: ["sh", "-c", "echo no more >&2; exit 7"]\n',
      );
      const installed = await installation.install();
      expect(finishOf(installed).failure).toMatchObject({ code: 'restart-loop' });
      // Between two looks it may have been up each time; then its exit code is not known.
      expect(finishOf(installed).failure?.found).toMatch(/^\d+ restarts(?:, last exit code 7)?\n/u);
      expect(finishOf(installed).failure?.found).toContain('no more');
      expect(installed.code).toBe(5);
    });

    test('a key that the proxy may not read is named as the cause', async () => {
      const installation = await prepare(account, 'no-key');
      await output(stand().engine, ['mkdir', installation.dir], { as: account });
      const override = join(installation.dir, 'docker-compose.override.yaml');
      await writeFile(override, 'services:\n  mcp-proxy:\n    user: "65533:65533"\n');
      const installed = await installation.install();
      expect(finishOf(installed).failure).toMatchObject({ code: 'key-unreadable' });
      expect(installed.code).toBe(5);
    });
  },
  { concurrent: true },
);

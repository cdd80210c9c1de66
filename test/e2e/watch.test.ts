import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlowEvent } from '../../src/runner/events.ts';
import {
  haltEngine,
  killEngine,
  type RunningEngine,
  resumeEngine,
  startEngine,
  stopEngine,
} from './harness/engine.ts';
import { output, program, startInside } from './harness/inside.ts';
import {
  eventsIn,
  finishOf,
  type Installation,
  prepareInstallation,
  serviceOf,
} from './harness/installation.ts';
import { onEachEngine, type Stand } from './harness/on-each-engine.ts';
import { vendorOf } from './harness/vendor-client.ts';

type WatchEvent = Extract<FlowEvent, { type: 'watch' }>;

const whole = 'cloudflared, hello-mcp, mcp-proxy run';

/** A watch that runs, and everything it has said so far. */
class Watching {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #said = '';
  #wake: () => void = () => {};
  /** Events before this one have been waited for. */
  #read = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#said += chunk;
      this.#wake();
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#said += `\n${chunk}\n`;
    });
    this.#ended = once(child, 'exit').finally(() => this.#wake());
  }

  /** The next event that matches, of those not waited for yet. */
  async until(matches: (event: WatchEvent) => boolean): Promise<WatchEvent> {
    for (;;) {
      const events = eventsIn(this.#said).filter((event) => event.type === 'watch');
      const found = events.findIndex((event, index) => index >= this.#read && matches(event));
      const event = events[found];
      if (event) {
        this.#read = found + 1;
        return event;
      }
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`the watch has ended:\n${this.#said}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** SIGTERM; gives its exit code and last event. */
  async end() {
    this.#child.kill('SIGTERM');
    await this.#ended;
    const events = eventsIn(this.#said);
    const { exitCode: code, signalCode: signal } = this.#child;
    return { code, finish: finishOf({ code, signal, stdout: this.#said, stderr: '', events }) };
  }
}

/** Kills the first program of a container with SIGKILL, from this machine: that is a crash to its engine. */
function crash(id: string): void {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/u.test(name));
  const inside = pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(id);
    } catch {
      return false;
    }
  });
  if (inside.length === 0) throw new Error(`no process of container ${id}`);
  for (const pid of inside) process.kill(Number(pid), 'SIGKILL');
}

onEachEngine('a watch', (stand, flavour) => {
  const account = flavour === 'engine-20.10' ? 'operator' : 'root';

  describe(`as ${account}`, { concurrent: false }, () => {
    /** An engine of this test alone: it is stopped and killed. */
    let own: Stand;
    let end = async () => {};
    let installation: Installation;
    let watching: Watching;
    const idOf = async (service: string) =>
      (await installation.containers()).find((each) => serviceOf(each) === service)?.Id ?? '';
    const docker = (...args: readonly string[]) => output(own.engine, ['docker', ...args]);

    /** Calls until one is answered: an edge that has lost its connections hands out no others for a while. */
    const answered = async (engine: RunningEngine): Promise<string> => {
      const url = `https://echo.${installation.tunnel.domain}/mcp`;
      for (;;) {
        const call = { url, tool: 'hello', arguments: { name: 'watch' } };
        const answer = await vendorOf(engine).callTool(call);
        if (answer.answered) return answer.text;
      }
    };

    beforeAll(async () => {
      const { engine, images } = stand();
      const dir = join(engine.dir, `../${flavour}-watch`);
      const started = await startEngine(engine.flavour, dir, join(dir, '../registry'));
      own = { engine: started.engine, images };
      end = async () => {
        await stopEngine(started.process);
        await rm(dir, { recursive: true, force: true });
      };
      installation = await prepareInstallation(own, account, 'watched');
      const installed = await installation.install();
      expect(installed.code, installed.stdout).toBe(10);
      const pem = await readFile(join(installation.dir, 'data/ca.crt'), 'utf8');
      await vendorOf(own.engine).registerCertificate(installation.tunnel.tunnel, pem);
      const argv = [...program(own.engine), 'watch', '--json', '--dir', installation.dir];
      watching = new Watching(startInside(own.engine, argv, { as: account }));
      await watching.until(({ text }) => text === whole);
    });
    afterAll(() => end());

    test('a proxy that crashes and comes back: the stack is whole again and answers', async () => {
      expect(await answered(own.engine)).toBe('Hello, watch!');
      crash(await idOf('mcp-proxy'));
      const acted = await watching.until(({ what }) => what === 'acted');
      expect(acted.text).toBe('cloudflared was restarted.');
      await watching.until(({ text }) => text === whole);
      expect(await answered(own.engine)).toBe('Hello, watch!');
    });

    test('what is stopped by hand is left alone; what Docker could not start is started', async () => {
      const [proxy, cloudflared] = [await idOf('mcp-proxy'), await idOf('cloudflared')];
      await docker('stop', cloudflared, proxy);
      await watching.until(({ text }) =>
        /cloudflared was stopped on purpose.*mcp-proxy was stopped on purpose/u.test(
          text.split('; ').toSorted().join('; '),
        ),
      );
      await expect(docker('start', cloudflared)).rejects.toThrow('cannot join network');
      await docker('start', proxy);
      const acted = await watching.until(({ what }) => what === 'acted');
      expect(acted.text).toBe('cloudflared was started.');
      expect(await answered(own.engine)).toBe('Hello, watch!');
    });

    test.each([
      ['is stopped', haltEngine],
      ['loses its power', killEngine],
    ])(
      'an engine that %s and starts again: the stack is whole again and answers',
      async (_, down) => {
        await down(own.engine);
        await watching.until(({ what }) => what === 'engine-lost');
        await resumeEngine(own.engine);
        await watching.until(({ what }) => what === 'engine-back');
        await watching.until(({ text }) => text === whole);
        expect(await answered(own.engine)).toBe('Hello, watch!');
      },
    );

    test('it ends when it is told to, with 0', async () => {
      const { code, finish } = await watching.end();
      expect(finish).toMatchObject({ outcome: 'done' });
      expect(code).toBe(0);
    });
  });
});

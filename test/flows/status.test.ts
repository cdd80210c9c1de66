import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemFiles } from '../../src/adapters/system-files.ts';
import { Failure } from '../../src/domain/failure.ts';
import { type StatusRun, statusEvents } from '../../src/flows/status.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { StatusScene } from '../fakes/status-scene.ts';

type Told = Readonly<Record<string, string>>;

/** Runs of `--notify`: the command, what it was told, and what the test says came of it. */
class Notified {
  readonly runs: { readonly command: string; readonly told: Told }[] = [];
  problem: string | undefined;
  run = async (command: string, told: Told) => {
    this.runs.push({ command, told });
    return this.problem;
  };
}

function eventsOf(
  scene: StatusScene,
  change: Partial<StatusRun> = {},
  notifier = new Notified(),
): AsyncGenerator<FlowEvent> {
  return statusEvents({
    dir: scene.dir,
    ports: { ...scene.ports, notifier },
    settings: { self: ['mcp-tunnel'], rehearsal: false },
    watch: undefined,
    notify: undefined,
    prometheus: undefined,
    signal: new AbortController().signal,
    ...change,
  });
}

async function finishOf(scene: StatusScene, change: Partial<StatusRun> = {}) {
  const events = await Array.fromAsync(eventsOf(scene, change));
  return { events, last: events.at(-1) };
}

const stopped = (code = 'interrupted' as const) => new Failure(code, 'Interrupted.');

/** Watches for so many looks, doing something before each but the first; then it is interrupted. */
async function watched(
  scene: StatusScene,
  steps: readonly (() => unknown)[],
  change: Partial<StatusRun> = {},
  notifier = new Notified(),
): Promise<readonly FlowEvent[]> {
  const stop = new AbortController();
  const seen: FlowEvent[] = [];
  let looks = 0;
  const run = { watch: { intervalMs: 10_000 }, signal: stop.signal, ...change };
  for await (const event of eventsOf(scene, run, notifier)) {
    seen.push(event);
    if (event.type !== 'status') continue;
    const step = steps[looks++];
    if (step) await step();
    else stop.abort(stopped());
  }
  return seen;
}

const looksOf = (events: readonly FlowEvent[]) =>
  events
    .filter((event) => event.type === 'status')
    .map(({ state, changed }) => ({ state, changed }));

describe('one look', () => {
  test('what is due ends with action needed', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const { events, last } = await finishOf(scene);
    expect(events.map(({ type }) => type)).toEqual(['flow.started', 'status', 'flow.finished']);
    expect(last).toEqual({
      ...{ type: 'flow.finished', flow: 'status', outcome: 'action-needed' },
      ...{ changed: false, dir: scene.dir },
    });
  });

  test('a stack that is not healthy is a failure with what to do', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    scene.host.engine.stop('hello-mcp-1', 1);
    const { last } = await finishOf(scene);
    expect(last).toMatchObject({
      outcome: 'failed',
      failure: {
        code: 'stack-unhealthy',
        summary: expect.stringContaining('hello-mcp: exited, exit code 1'),
        nextSteps: [expect.stringContaining(`cd ${scene.dir} && docker compose up -d`)],
      },
    });
  });

  test('Docker that does not answer is its own failure, after the look', async () => {
    await using scene = await StatusScene.make();
    scene.host.engine.about = new Failure('docker-permission-denied', 'No access to Docker.');
    const { events, last } = await finishOf(scene);
    expect(events[1]).toMatchObject({ type: 'status', state: 'unknown' });
    expect(last).toMatchObject({ failure: { code: 'docker-permission-denied' } });
  });

  test('where there is no deployment nothing is looked at', async () => {
    await using scene = await StatusScene.make();
    await rm(scene.dir, { recursive: true });
    const { events, last } = await finishOf(scene);
    expect(events).toHaveLength(2);
    expect(last).toMatchObject({ failure: { code: 'deployment-missing' } });
  });

  test('interrupted, it says so', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const { last } = await finishOf(scene, { signal: AbortSignal.abort(stopped()) });
    expect(last).toMatchObject({ outcome: 'interrupted', failure: { code: 'interrupted' } });
  });

  test('a stack that has just been started gets a few seconds to come up', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const [answer] = scene.upstreams;
    scene.upstreams.clear();
    const { clock } = scene.host;
    clock.at(3000, () => answer && scene.upstreams.set(...answer));
    const { events } = await finishOf(scene);
    expect(clock.elapsed).toBe(3000);
    expect(events.filter(({ type }) => type === 'status')).toHaveLength(1);
    expect(events[1]).toMatchObject({ state: 'due' });
  });

  test('but not for ever', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    scene.upstreams.clear();
    const { events } = await finishOf(scene);
    expect(scene.host.clock.elapsed).toBe(8000);
    expect(events[1]).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id: 'route-echo' })]),
    });
  });
});

describe('a watch', () => {
  test('tells what changed from look to look, and ends well when a person ends it', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const { engine, clock } = scene.host;
    // Past the moment of issue: the number of whole days left must not change meanwhile.
    await clock.sleep(1000);
    const events = await watched(scene, [
      () => undefined,
      () => engine.change('cloudflared-1', { health: 'unhealthy' }),
      () => engine.change('cloudflared-1', { health: 'healthy' }),
    ]);
    expect(looksOf(events)).toEqual([
      { state: 'due', changed: undefined },
      { state: 'due', changed: [] },
      { state: 'unhealthy', changed: ['container-cloudflared'] },
      { state: 'due', changed: ['container-cloudflared'] },
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'flow.finished', outcome: 'done' });
    expect(clock.elapsed).toBe(31_000);
  });

  test('goes on while Docker is away, and sees it come back', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const { engine } = scene.host;
    const { about } = engine;
    const events = await watched(scene, [
      () => {
        engine.about = new Failure('docker-not-running', 'Docker does not run.');
      },
      () => {
        engine.about = about;
      },
    ]);
    expect(looksOf(events).map(({ state }) => state)).toEqual(['due', 'unknown', 'due']);
    expect(looksOf(events)[1]?.changed).toEqual(
      expect.arrayContaining(['containers', 'container-mcp-proxy']),
    );
  });

  test('runs a command when the state changes, and only then', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const { engine } = scene.host;
    const notified = new Notified();
    await watched(
      scene,
      [
        () => undefined,
        () => engine.stop('hello-mcp-1', 1),
        () => engine.stop('mcp-proxy-1', 1),
        () => undefined,
      ],
      { notify: 'page-me' },
      notified,
    );
    expect(notified.runs).toEqual([
      {
        command: 'page-me',
        told: {
          MCP_TUNNEL_STATE: 'unhealthy',
          MCP_TUNNEL_SUMMARY: 'Not healthy. hello-mcp: exited, exit code 1, no restarts',
        },
      },
    ]);
  });

  test('a command that fails is told, and nothing else comes of it', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const notified = new Notified();
    notified.problem = 'it ended with exit code 3';
    const { engine } = scene.host;
    const events = await watched(
      scene,
      [() => engine.stop('hello-mcp-1'), () => undefined],
      { notify: 'false' },
      notified,
    );
    expect(events.filter(({ type }) => type === 'notice')).toEqual([
      { type: 'notice', text: 'The command of --notify failed: it ended with exit code 3.' },
    ]);
    expect(events.at(-1)).toMatchObject({ outcome: 'done' });
  });
});

describe('the metrics file', () => {
  test('is written with each look, readable by others', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const prometheus = join(scene.host.outside, 'm.prom');
    const { engine } = scene.host;
    const up: string[] = [];
    const note = async () => {
      const text = await readFile(prometheus, 'utf8').catch(() => '');
      up.push(/^mcp_tunnel_up\{.*$/mu.exec(text)?.[0].at(-1) ?? 'none');
    };
    await watched(
      scene,
      [
        note,
        async () => {
          await note();
          engine.stop('mcp-proxy-1');
        },
        note,
        note,
      ],
      { prometheus },
    );
    expect(up).toEqual(['none', '1', '1', '0']);
    expect((await systemFiles.stat(prometheus))?.mode).toBe(0o644);
  });

  test('that cannot be written fails one look, after it was told', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const prometheus = join(scene.host.outside, 'nowhere/m.prom');
    const { events, last } = await finishOf(scene, { prometheus });
    expect(events[1]).toMatchObject({ type: 'status', state: 'due' });
    expect(last).toMatchObject({ outcome: 'failed', failure: { code: 'file-unwritable' } });
  });

  test('that cannot be written does not end a watch, and is told once', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const prometheus = join(scene.host.outside, 'nowhere/m.prom');
    const events = await watched(scene, [() => undefined, () => undefined], { prometheus });
    expect(events.filter(({ type }) => type === 'notice')).toHaveLength(1);
    expect(looksOf(events)).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({ outcome: 'done' });
  });
});

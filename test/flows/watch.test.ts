import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { saidBy, WatchScene } from '../fakes/watch-scene.ts';

const whole = 'seen: cloudflared, mcp-proxy run';
const strandedWhy = 'mcp-proxy was started after it, and the network they shared is gone';
const stranded = `seen: cloudflared, mcp-proxy run; cloudflared needs a restart: ${strandedWhy}`;
const here = 'engine-back: Docker answers: its events are followed.';

const notRunning = new Failure('docker-not-running', 'The Docker engine is not running.', {
  nextSteps: ['sudo systemctl start docker'],
});

describe('watch', () => {
  test('a stack that is whole is left alone, and hardly looked at', async () => {
    await using scene = await WatchScene.make();
    scene.up();
    let looks = 0;
    const { containers } = scene.engine;
    scene.engine.containers = (filter) => {
      looks += 1;
      return containers.call(scene.engine, filter);
    };
    const events = await scene.watch(3600);
    expect(saidBy(events)).toEqual([here, whole]);
    expect(scene.compose.calls).toEqual([]);
    expect(looks).toBeLessThan(65);
    expect(events.at(-1)).toMatchObject({ type: 'flow.finished', outcome: 'done', changed: false });
    expect(scene.held).toEqual(new Set());
  });

  test('a proxy that the engine has restarted: cloudflared is restarted, once', async () => {
    await using scene = await WatchScene.make();
    scene.up();
    scene.clock.at(10_000, () => scene.engine.restart('mcp-proxy-1'));
    const events = await scene.watch(600);
    expect(saidBy(events)).toEqual([
      here,
      whole,
      stranded,
      `acting: restart cloudflared: ${strandedWhy}`,
      'acted: cloudflared was restarted.',
      whole,
    ]);
    expect(scene.compose.calls).toEqual(['restart cloudflared']);
    expect(scene.compose.projects).toEqual([{ dir: scene.deployment.dir, project: 'mcp-tunnel' }]);
    const acting = events.find((event) => event.type === 'watch' && event.what === 'acting');
    expect(acting).toMatchObject({ argv: ['docker', 'compose', 'restart', 'cloudflared'] });
    expect(await scene.journal()).toContain('"type":"command","argv":["docker","compose"');
    expect(scene.everHeld).toEqual([
      `${scene.deployment.stateDir}/watch.lock`,
      scene.deployment.lock,
    ]);
  });

  test('stranded before it began: mended at once', async () => {
    await using scene = await WatchScene.make();
    scene.up();
    scene.engine.restart('mcp-proxy-1');
    await scene.watch(5);
    expect(scene.compose.calls).toEqual(['restart cloudflared']);
  });

  test('Compose that restarts both is not interfered with', async () => {
    await using scene = await WatchScene.make();
    const { cloudflared } = scene.up();
    scene.clock.at(10_000, () => {
      scene.engine.restart('mcp-proxy-1');
      scene.engine.tell(cloudflared, 'kill');
    });
    scene.clock.at(40_000, () => scene.engine.restart('cloudflared-1'));
    await scene.watch(120);
    expect(scene.compose.calls).toEqual([]);
  });

  test('another run at work is waited for, and may make it needless', async () => {
    await using scene = await WatchScene.make();
    scene.up();
    scene.holder = { pid: 77, purpose: 'rotate-token', since: '2026-11-24T10:00:00.000Z' };
    scene.engine.restart('mcp-proxy-1');
    scene.clock.at(60_000, () => {
      scene.engine.restart('cloudflared-1');
      scene.holder = undefined;
    });
    const events = await scene.watch(120);
    expect(saidBy(events)).toContain(
      'waiting: cloudflared needs a restart; waiting for rotate-token (process 77) to end.',
    );
    expect(scene.compose.calls).toEqual([]);
    expect(saidBy(events).at(-1)).toBe(whole);
  });

  test('a stack that is stopped on purpose stays so, over a restart of the engine, too', async () => {
    await using scene = await WatchScene.make();
    scene.up();
    const { engine, clock } = scene;
    const { about } = engine;
    clock.at(10_000, () => {
      for (const id of ['cloudflared-1', 'mcp-proxy-1']) engine.stop(id);
    });
    clock.at(60_000, () => {
      engine.about = notRunning;
      engine.hangUp();
    });
    clock.at(90_000, () => {
      engine.about = about;
    });
    const events = await scene.watch(200);
    expect(scene.compose.calls).toEqual([]);
    expect(saidBy(events).at(-1)).toBe(
      'seen: Nothing runs; mcp-proxy was stopped on purpose: left alone; cloudflared was stopped on purpose: left alone',
    );
  });

  test('an engine that starts again, and could not start cloudflared: it is started after the proxy', async () => {
    await using scene = await WatchScene.make();
    scene.up();
    const { engine, clock } = scene;
    const { about } = engine;
    clock.at(10_000, () => {
      engine.about = notRunning;
      engine.hangUp();
    });
    clock.at(30_000, () => {
      scene.couldNotStart('cloudflared', 'cannot join network of a non running container');
      engine.change('mcp-proxy-1', { startedAt: clock.now() });
      engine.about = about;
    });
    const events = await scene.watch(120);
    expect(saidBy(events)).toEqual([
      here,
      whole,
      'engine-lost: The Docker engine is not running. Waiting for it.',
      here,
      'seen: mcp-proxy runs; cloudflared needs a start: Docker could not start it: cannot join network of a non running container',
      'acting: start cloudflared: Docker could not start it: cannot join network of a non running container',
      'acted: cloudflared was started.',
      whole,
    ]);
    expect(scene.compose.calls).toEqual(['start cloudflared']);
    expect(engine.openedEvents).toBe(2);
  });

  test('no engine at the start: said once, and waited for', async () => {
    await using scene = await WatchScene.make();
    scene.up();
    const { about } = scene.engine;
    scene.engine.about = notRunning;
    scene.clock.at(3_600_000, () => {
      scene.engine.about = about;
    });
    const events = await scene.watch(3700);
    expect(saidBy(events)).toEqual([
      'engine-lost: The Docker engine is not running. Waiting for it.',
      here,
      whole,
    ]);
    expect(events[1]).toMatchObject({
      failure: { code: 'docker-not-running', nextSteps: ['sudo systemctl start docker'] },
    });
  });

  test('a restart that fails is told and tried again, with pauses', async () => {
    await using scene = await WatchScene.make();
    scene.up();
    scene.engine.restart('mcp-proxy-1');
    let failures = 0;
    scene.compose.onRestart = () => {
      failures += 1;
      if (failures < 4)
        throw new Failure('compose-failed', 'Compose failed.', { nextSteps: ['ps'] });
      scene.engine.restart('cloudflared-1');
    };
    const events = await scene.watch(60);
    expect(scene.compose.calls).toHaveLength(4);
    expect(saidBy(events)).toContain('failed: restart cloudflared failed: Compose failed.');
    expect(saidBy(events).at(-1)).toBe(whole);
  });

  test('a proxy in a crash loop costs a few restarts an hour', async () => {
    await using scene = await WatchScene.make();
    scene.up();
    for (let at = 5_000; at < 3_600_000; at += 20_000)
      scene.clock.at(at, () => scene.engine.restart('mcp-proxy-1'));
    await scene.watch(3600);
    expect(scene.compose.calls.length).toBeGreaterThan(5);
    expect(scene.compose.calls.length).toBeLessThan(40);
  });

  test('a dry run says what it would do, and does nothing', async () => {
    await using scene = await WatchScene.make();
    scene.up();
    scene.engine.restart('mcp-proxy-1');
    const events = await scene.watch(300, { dryRun: true });
    expect(saidBy(events)).toEqual([
      here,
      stranded,
      `acting: would restart cloudflared: ${strandedWhy}`,
    ]);
    expect(scene.compose.calls).toEqual([]);
    expect(scene.everHeld).toEqual([]);
  });

  test.each(['docker-permission-denied', 'docker-not-installed', 'docker-remote'] as const)(
    '%s at the start is no matter of waiting',
    async (code) => {
      await using scene = await WatchScene.make();
      scene.engine.about = new Failure(code, 'Not here.', { nextSteps: ['mend it'] });
      const events = await scene.watch(60);
      expect(events.at(-1)).toMatchObject({
        outcome: 'failed',
        failure: { code, nextSteps: ['mend it'] },
      });
      expect(scene.held).toEqual(new Set());
    },
  );

  test('without Compose nothing could be mended: that is said at once', async () => {
    await using scene = await WatchScene.make();
    scene.compose.about = new Failure('compose-missing', 'Compose is not installed.');
    const events = await scene.watch(60);
    expect(events.at(-1)).toMatchObject({ failure: { code: 'compose-missing' } });
  });

  test('no deployment: told so', async () => {
    await using scene = await WatchScene.make();
    await scene.files.remove(scene.deployment.composeFile);
    const events = await scene.watch(60);
    expect(events.at(-1)).toMatchObject({ failure: { code: 'deployment-missing' } });
  });
});

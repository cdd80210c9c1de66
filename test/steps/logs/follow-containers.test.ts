import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failure.ts';
import { followContainers } from '../../../src/steps/logs/follow-containers.ts';
import { ReplayingEngine } from '../../fakes/replaying-engine.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

let clock: VirtualClock;
let engine: ReplayingEngine;
let stop: AbortController;
let told: string[];
beforeEach(() => {
  clock = new VirtualClock();
  engine = new ReplayingEngine();
  stop = new AbortController();
  told = [];
});

const listener = {
  onStart: ({ id }: { readonly id: string }) => void told.push(`start ${id}`),
  onLine: ({ id }: { readonly id: string }, { text }: { readonly text: string }) =>
    void told.push(`${id}: ${text}`),
};

function follow(more: Partial<Parameters<typeof followContainers>[1]> = {}) {
  const followed = { find: engine.containers, from: 'current-start' as const, ...more };
  return followContainers({ engine, clock }, followed, listener, stop.signal);
}

describe('followContainers', () => {
  test('a service that has no container yet is looked for', async () => {
    engine.add('mcp-proxy');
    clock.at(5_000, () =>
      engine.say(engine.add('cloudflared').id, { at: clock.now(), text: 'hi' }),
    );
    clock.at(8_000, () => stop.abort());
    void clock.sleep(9_000);
    await follow({ services: ['mcp-proxy', 'cloudflared'] });
    expect(told).toEqual(['start mcp-proxy-1', 'start cloudflared-1', 'cloudflared-1: hi']);
  });

  test('a container that was never started is waited for', async () => {
    const { id } = engine.add('cloudflared', { state: 'created', startedAt: undefined });
    clock.at(1_000, () => {
      engine.change(id, { state: 'running', startedAt: clock.now() });
      engine.say(id, { at: clock.now(), text: 'hi' });
    });
    clock.at(3_000, () => stop.abort());
    await follow();
    expect(told).toEqual(['start cloudflared-1', 'cloudflared-1: hi']);
  });

  test('last words that a followed stream did not tell are fetched', async () => {
    const { id } = engine.add('cloudflared');
    engine.say(id, { at: clock.now(), text: 'one' });
    // The stream ends before the container's last line, as it may on 20.10.
    engine.breaks.push(1);
    clock.at(100, () => {
      engine.say(id, { at: clock.now(), text: 'panic: why' });
      engine.change(id, { state: 'exited' });
    });
    clock.at(3_000, () => stop.abort());
    await follow();
    expect(told).toEqual([
      'start cloudflared-1',
      'cloudflared-1: one',
      'cloudflared-1: panic: why',
    ]);
  });

  test('whoever takes no trouble gets it thrown, and no stream stays open', async () => {
    engine.add('mcp-proxy');
    engine.add('cloudflared');
    engine.broken = new Failure('docker-failed', 'corrupt');
    engine.breaks.push(1_000, 0);
    await expect(follow()).rejects.toMatchObject({ code: 'docker-failed' });
    expect(engine.openLogs).toBe(0);
  });

  test('a reader that takes its time holds the log back', async () => {
    const { id } = engine.add('cloudflared');
    engine.say(
      id,
      ...Array.from({ length: 100 }, (_, index) => ({ at: clock.now(), text: `${index}` })),
    );
    let taken = 0;
    const slow = {
      onStart: () => undefined,
      onLine: async () => {
        await clock.sleep(100);
        taken += 1;
        expect(engine.given).toBeLessThanOrEqual(taken + 1);
        if (taken === 100) stop.abort();
      },
    };
    const followed = { find: engine.containers, from: 'beginning' as const };
    await followContainers({ engine, clock }, followed, slow, stop.signal);
    expect(taken).toBe(100);
  });
});

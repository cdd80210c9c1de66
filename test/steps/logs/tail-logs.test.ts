import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failure.ts';
import type { ContainerInfo, LogLine } from '../../../src/ports/engine.ts';
import { type TailItem, type TailRequest, tailLogs } from '../../../src/steps/logs/tail-logs.ts';
import { ReplayingEngine } from '../../fakes/replaying-engine.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

let clock: VirtualClock;
let engine: ReplayingEngine;
let stop: AbortController;

beforeEach(() => {
  clock = new VirtualClock();
  engine = new ReplayingEngine();
  stop = new AbortController();
});
// However it ends, it leaves no stream behind.
afterEach(() => expect(engine.openLogs).toBe(0));

function line(text: string, at = clock.now(), more: Partial<LogLine> = {}): Partial<LogLine> {
  return { text, at, ...more };
}

function named(item: TailItem): string {
  switch (item.kind) {
    case 'line':
      return `${item.service}: ${item.text}`;
    case 'start':
      return `${item.service} ${item.how}`;
    case 'trouble':
      return `${item.service ?? 'engine'} trouble: ${item.failure.code}`;
    case 'live':
      return 'live';
  }
}

/** Everything that is told until the signal aborts or the text is. */
async function told(
  request: Partial<TailRequest> = {},
  until: (items: readonly string[]) => boolean = () => false,
): Promise<readonly string[]> {
  const items: string[] = [];
  const all = { find: engine.containers, follow: true, ...request };
  for await (const batch of tailLogs({ engine, clock }, all, stop.signal)) {
    items.push(...batch.map(named));
    if (until(items)) stop.abort();
  }
  return items;
}

const ends = (text: string) => (items: readonly string[]) => items.at(-1) === text;

/** The program ends and is started again in the same container. */
function restart({ id, restartCount }: ContainerInfo): void {
  engine.change(id, { state: 'exited' });
  engine.change(id, {
    state: 'running',
    startedAt: clock.now(),
    restartCount: restartCount + 1,
  });
}

describe('what is there', () => {
  test('all services in the order of their times, within a millisecond, too, and then the end', async () => {
    const at = (ms: number) => new Date(clock.now().getTime() + ms);
    const proxy = engine.add('mcp-proxy');
    const tunnel = engine.add('cloudflared', { state: 'exited' });
    engine.say(proxy.id, line('1', at(1)), line('3', at(3), { nanos: 20_000 }), line('5', at(5)));
    engine.say(tunnel.id, line('2', at(2)), line('4', at(3), { nanos: 10_000 }), line('6', at(6)));
    expect(await told({ follow: false })).toEqual([
      ...['mcp-proxy: 1', 'cloudflared: 2', 'cloudflared: 4'],
      ...['mcp-proxy: 3', 'mcp-proxy: 5', 'cloudflared: 6'],
    ]);
  });

  test('from a time on', async () => {
    const { id } = engine.add('cloudflared');
    engine.say(id, line('old', new Date(1)), line('new'));
    expect(await told({ follow: false, since: clock.now() })).toEqual(['cloudflared: new']);
  });

  test('a line that is being written is told as it is where nobody waits for its end', async () => {
    const { id } = engine.add('cloudflared');
    engine.say(id, line('ha', clock.now(), { unfinished: true }));
    expect(await told({ follow: false })).toEqual(['cloudflared: ha']);
  });

  test('one log that cannot be read is told, the others are', async () => {
    const failing = engine.add('wiki');
    const { id } = engine.add('cloudflared');
    engine.say(id, line('there'));
    const logs = engine.logs.bind(engine);
    engine.logs = (which, options) => {
      if (which === failing.id) throw new Failure('docker-failed', 'not readable');
      return logs(which, options);
    };
    expect((await told({ follow: false })).toSorted()).toEqual([
      'cloudflared: there',
      'wiki trouble: docker-failed',
    ]);
  });

  test('none that can be read is a failure', async () => {
    engine.add('cloudflared');
    engine.logs = () => {
      throw new Failure('docker-not-running', 'gone');
    };
    await expect(told()).rejects.toMatchObject({ code: 'docker-not-running' });
  });
});

describe('what is written', () => {
  test('comes behind what was there, each line once', async () => {
    const { id } = engine.add('cloudflared');
    engine.say(id, line('before'), line('before too'));
    clock.at(500, () => engine.say(id, line('after')));
    expect(await told({}, ends('cloudflared: after'))).toEqual([
      ...['cloudflared: before', 'cloudflared: before too', 'live', 'cloudflared: after'],
    ]);
  });

  test('a container that is restarted is taken up again, with what it said between', async () => {
    const tunnel = engine.add('cloudflared');
    clock.at(500, () => engine.say(tunnel.id, line('first run')));
    clock.at(1_000, () => {
      engine.say(tunnel.id, line('last words'));
      restart(tunnel);
      engine.say(tunnel.id, line('second run'));
    });
    clock.at(9_000, () => engine.say(tunnel.id, line('later')));
    expect(await told({}, ends('cloudflared: later'))).toEqual([
      ...['live', 'cloudflared: first run', 'cloudflared: last words'],
      ...['cloudflared restarted', 'cloudflared: second run', 'cloudflared: later'],
    ]);
  });

  test('a container that is replaced is, too; another one at its side is read beside it', async () => {
    const old = engine.add('cloudflared');
    clock.at(1_000, () => {
      engine.say(old.id, line('last words'));
      engine.change(old.id, { state: 'exited' });
      engine.remove(old.id);
      const next = engine.add('cloudflared', { id: 'cloudflared-2', startedAt: clock.now() });
      engine.say(next.id, line('I am new'));
    });
    clock.at(2_000, () => {
      const { id } = engine.add('wiki', { startedAt: clock.now() });
      engine.say(id, line('here'));
    });
    expect(await told({}, (items) => items.includes('wiki: here'))).toEqual([
      ...['live', 'cloudflared: last words', 'cloudflared replaced', 'cloudflared: I am new'],
      ...['wiki new', 'wiki: here'],
    ]);
  });

  test('a stream that breaks is opened again where it broke', async () => {
    const { id } = engine.add('cloudflared');
    // The first stream reads what is there; those after it break.
    engine.say(id, ...Array.from({ length: 50 }, (_, index) => line(`${index}`)));
    engine.breaks.push(1_000, 10, 60, 0, 55);
    for (const second of [1, 2, 3, 4])
      clock.at(second * 1_000, () => {
        const from = 40 + second * 10;
        engine.say(id, ...Array.from({ length: 10 }, (_, index) => line(`${from + index}`)));
      });
    const items = await told({}, ends('cloudflared: 89'));
    expect(items.filter((item) => item !== 'live')).toEqual(
      Array.from({ length: 90 }, (_, index) => `cloudflared: ${index}`),
    );
    expect(engine.opened).toBeGreaterThan(5);
  });

  test('a stream that fails is told of once, and taken up again', async () => {
    const { id } = engine.add('cloudflared');
    engine.say(id, line('before'));
    engine.broken = new Failure('docker-failed', 'the log is corrupt');
    engine.breaks.push(1_000, 1, 1);
    clock.at(5_000, () => engine.say(id, line('after')));
    expect(await told({}, ends('cloudflared: after'))).toEqual([
      ...['cloudflared: before', 'live', 'cloudflared trouble: docker-failed'],
      'cloudflared: after',
    ]);
  });

  test('an engine that is restarted is waited for, and told of once', async () => {
    const tunnel = engine.add('cloudflared');
    const gone = () => new Failure('docker-not-running', 'Docker does not run.');
    engine.broken = gone();
    engine.breaks.push(1_000, 1);
    engine.say(tunnel.id, line('before'));
    clock.at(1_000, () => {
      engine.outages.push(gone(), gone(), gone());
      engine.say(tunnel.id, line('last words'));
      restart(tunnel);
    });
    clock.at(30_000, () => engine.say(tunnel.id, line('after')));
    expect(await told({}, ends('cloudflared: after'))).toEqual([
      ...['cloudflared: before', 'live', 'cloudflared: last words'],
      ...['engine trouble: docker-not-running', 'cloudflared restarted', 'cloudflared: after'],
    ]);
  });

  test('a container that has ended is not asked again and again', async () => {
    engine.add('setup', { state: 'exited' });
    const { id } = engine.add('cloudflared');
    clock.at(60_000, () => engine.say(id, line('after a minute')));
    await told({}, ends('cloudflared: after a minute'));
    expect(engine.opened).toBeLessThanOrEqual(4);
  });

  test('a log that fails for good is left alone, with a last word; the others go on', async () => {
    const failing = engine.add('wiki');
    const { id } = engine.add('cloudflared');
    const logs = engine.logs.bind(engine);
    let asked = 0;
    engine.logs = (which, options) => {
      if (which !== failing.id || !options.follow) return logs(which, options);
      asked += 1;
      throw new Failure('docker-failed', 'no');
    };
    clock.at(120_000, () => engine.say(id, line('the end')));
    const items = await told({}, ends('cloudflared: the end'));
    expect(items.filter((item) => item === 'wiki trouble: docker-failed')).toHaveLength(2);
    expect(asked).toBe(8);
  });

  test('while nobody asks for more, no more is read: a burst of 100,000 lines', async () => {
    const { id } = engine.add('cloudflared');
    engine.add('mcp-proxy');
    clock.at(100, () =>
      engine.say(id, ...Array.from({ length: 100_000 }, (_, index) => line(`${index}`))),
    );
    const request = { find: engine.containers, follow: true };
    const batches = tailLogs({ engine, clock }, request, stop.signal);
    let count = 0;
    let longest = 0;
    for await (const batch of batches) {
      count += batch.filter(({ kind }) => kind === 'line').length;
      longest = Math.max(longest, batch.length);
      // Somebody slow: everything that can happen meanwhile happens.
      for (let turn = 0; turn < 20; turn += 1)
        await new Promise((resolve) => setImmediate(resolve));
      expect(engine.given - count).toBeLessThanOrEqual(1_025);
      if (count === 100_000) stop.abort();
    }
    expect(count).toBe(100_000);
    expect(longest).toBeLessThanOrEqual(1_024);
  });
});

describe('the end', () => {
  test('an abort ends it, whatever it waits for', async () => {
    const { id } = engine.add('cloudflared');
    engine.say(id, line('one'));
    clock.at(10_000, () => stop.abort());
    expect(await told()).toEqual(['cloudflared: one', 'live']);
  });

  test('whoever stops listening leaves no stream open', async () => {
    const { id } = engine.add('cloudflared');
    engine.say(id, ...Array.from({ length: 5_000 }, (_, index) => line(`${index}`)));
    const request = { find: engine.containers, follow: true };
    for await (const _ of tailLogs({ engine, clock }, request, stop.signal)) break;
    await expect.poll(() => engine.openLogs).toBe(0);
  });
});

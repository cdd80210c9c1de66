import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decideWatch,
  describeStack,
  type WatchAct,
  type WatchedContainer,
  type WatchSituation,
} from '../../src/domain/watch-decision.ts';

const begin = new Date('2026-11-24T10:00:00Z');
const moment = (seconds: number) => new Date(begin.getTime() + seconds * 1000);

const proxy = (change: Partial<WatchedContainer> = {}): WatchedContainer => ({
  id: 'p',
  service: 'mcp-proxy',
  state: 'running',
  startedAt: begin,
  restartPolicy: 'unless-stopped',
  sharesNetworkOf: undefined,
  startFailure: undefined,
  ...change,
});
const cloudflared = (change: Partial<WatchedContainer> = {}): WatchedContainer =>
  proxy({
    id: 'c',
    service: 'cloudflared',
    startedAt: moment(1),
    sharesNetworkOf: 'p',
    ...change,
  });

function decide(containers: readonly WatchedContainer[], change: Partial<WatchSituation> = {}) {
  const decision = decideWatch({
    now: moment(1000),
    connectedAt: moment(-100),
    stopping: new Map(),
    acts: [],
    containers,
    ...change,
  });
  if (decision.do === 'nothing') return 'nothing';
  const { verb, container } = decision.act;
  const what = `${verb} ${container.service}`;
  return decision.do === 'act' ? what : `wait ${decision.ms / 1000} s: ${what}`;
}

const cannotJoin = 'cannot join network of a non running container: p';

describe('what a stack needs', () => {
  test.each([
    ['whole', [proxy(), cloudflared()], 'nothing'],
    ['no containers', [], 'nothing'],
    ['stranded', [proxy({ startedAt: moment(500) }), cloudflared()], 'restart cloudflared'],
    [
      'the proxy is between two starts',
      [proxy({ startedAt: moment(500), state: 'restarting' }), cloudflared()],
      'nothing',
    ],
    [
      'the proxy was stopped by hand: cloudflared stays',
      [proxy({ state: 'exited' }), cloudflared()],
      'nothing',
    ],
    [
      'all was stopped by hand',
      [proxy({ state: 'exited' }), cloudflared({ state: 'exited' })],
      'nothing',
    ],
    [
      'cloudflared was stopped by hand, and the proxy restarted',
      [proxy({ startedAt: moment(500) }), cloudflared({ state: 'exited' })],
      'nothing',
    ],
    [
      'Docker could not start cloudflared again, for the proxy was down',
      [proxy(), cloudflared({ state: 'exited', startFailure: cannotJoin })],
      'start cloudflared',
    ],
    [
      'the same, and the proxy is down because it was stopped by hand',
      [proxy({ state: 'exited' }), cloudflared({ state: 'exited', startFailure: cannotJoin })],
      'nothing',
    ],
    [
      'Docker could start neither: the proxy first',
      [
        cloudflared({ state: 'exited', startFailure: cannotJoin }),
        proxy({ state: 'exited', startFailure: 'mount /data: no such device' }),
      ],
      'start mcp-proxy',
    ],
    [
      'a container that is not to come back by itself',
      [proxy({ state: 'exited', startFailure: 'oops', restartPolicy: 'no' })],
      'nothing',
    ],
    [
      'paused by hand',
      [proxy({ startedAt: moment(500) }), cloudflared({ state: 'paused' })],
      'nothing',
    ],
    [
      'the proxy was made anew: only Compose can mend that',
      [proxy({ id: 'p2', startedAt: moment(500) }), cloudflared()],
      'nothing',
    ],
    [
      'another sidecar of the operator’s',
      [
        proxy({ startedAt: moment(500) }),
        cloudflared({ startedAt: moment(501) }),
        cloudflared({ id: 's', service: 'sniffer' }),
      ],
      'restart sniffer',
    ],
  ] as const)('%s', (_, containers, expected) => {
    expect(decide(containers)).toBe(expected);
  });
});

describe('when', () => {
  const stranded = [proxy({ startedAt: moment(999) }), cloudflared()];
  const old = [proxy({ startedAt: moment(900) }), cloudflared()];
  const act = (change: Partial<WatchAct>): WatchAct => ({
    container: 'c',
    occasion: `restart p ${moment(900).getTime()}`,
    at: moment(990),
    done: true,
    ...change,
  });

  test('whoever started the proxy gets a moment to restart cloudflared, too', () => {
    expect(decide(stranded)).toBe('wait 1 s: restart cloudflared');
    expect(decide(old, { connectedAt: moment(999.5) })).toBe('wait 1.5 s: restart cloudflared');
  });

  test('one that is being stopped right now is waited for, but not for ever', () => {
    expect(decide(old, { stopping: new Map([['c', moment(990)]]) })).toBe(
      'wait 50 s: restart cloudflared',
    );
    expect(decide(old, { stopping: new Map([['c', moment(900)]]) })).toBe('restart cloudflared');
  });

  test('once for a start of the proxy, whatever the clocks say', () => {
    expect(decide(old, { acts: [act({})] })).toBe('nothing');
    // Started “in the future”, before the clock was set back.
    expect(decide([proxy({ startedAt: moment(5000) }), cloudflared()])).toBe('restart cloudflared');
  });

  test('what failed is tried again, with pauses that double up to five minutes', () => {
    const failed = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        act({ done: false, at: moment(990 - 30 * (count - 1 - index)) }),
      );
    const waits = [1, 2, 3, 4, 5, 6, 7, 20].map((count) => decide(old, { acts: failed(count) }));
    expect(waits).toEqual([
      'restart cloudflared',
      ...['0', '10', '30', '70', '150', '290', '290'].map((seconds) =>
        seconds === '0' ? 'restart cloudflared' : `wait ${seconds} s: restart cloudflared`,
      ),
    ]);
  });

  test('in a crash loop of the proxy, too; one that proves steady is not kept waiting', () => {
    const earlier = Array.from({ length: 8 }, (_, index) =>
      act({ occasion: `restart p ${index}`, at: moment(950 + 5 * index) }),
    );
    expect(decide([proxy({ startedAt: moment(997) }), cloudflared()], { acts: earlier })).toBe(
      'wait 57 s: restart cloudflared',
    );
    expect(decide([proxy({ startedAt: moment(940) }), cloudflared()], { acts: earlier })).toBe(
      'restart cloudflared',
    );
  });

  test('acts of long ago do not count', () => {
    const acts = Array.from({ length: 8 }, () =>
      act({ occasion: 'another', at: moment(1000 - 31 * 60) }),
    );
    expect(decide([proxy({ startedAt: moment(990) }), cloudflared()], { acts })).toBe(
      'restart cloudflared',
    );
  });
});

describe('in one line', () => {
  test.each([
    [[], 'There are no containers: left as it is.'],
    [[proxy(), cloudflared()], 'cloudflared, mcp-proxy run'],
    [
      [proxy({ startedAt: moment(500) }), cloudflared()],
      'cloudflared, mcp-proxy run; cloudflared needs a restart: mcp-proxy was started after it, and the network they shared is gone',
    ],
    [
      [proxy({ state: 'exited' }), cloudflared({ state: 'paused' })],
      'Nothing runs; mcp-proxy was stopped on purpose: left alone; cloudflared is paused: left alone',
    ],
    [
      [proxy(), proxy({ id: 's', service: 'setup', state: 'exited', restartPolicy: 'no' })],
      'mcp-proxy runs; setup has ended (restart: no): left alone',
    ],
    [
      [proxy({ state: 'restarting' }), cloudflared()],
      'cloudflared runs; mcp-proxy: Docker starts it again and again',
    ],
  ])('%#', (containers, expected) => {
    expect(describeStack(containers)).toBe(expected);
  });
});

describe('over time', () => {
  /** Crashes of the proxy, in seconds after the one before; whether each restart works. */
  const story = fc.record({
    gaps: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 60 }),
    works: fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
  });

  /** Plays a watch against a proxy that crashes, in steps of a second. */
  function play({ gaps, works }: { gaps: readonly number[]; works: readonly boolean[] }) {
    const crashes = gaps.map((_, index) =>
      gaps.slice(0, index + 1).reduce((sum, gap) => sum + gap, 0),
    );
    const end = (crashes.at(-1) ?? 0) + 2000;
    let containers = [proxy(), cloudflared()];
    let acts: readonly WatchAct[] = [];
    let tries = 0;
    for (let second = 2; second < end; second += 1) {
      const now = moment(second);
      if (crashes.includes(second))
        containers = containers.map((each) =>
          each.id === 'p' ? { ...each, startedAt: now } : each,
        );
      const situation = { now, connectedAt: begin, stopping: new Map(), containers, acts };
      const decision = decideWatch(situation);
      if (decision.do !== 'act') continue;
      // After the last crash everything works, so that there is an end.
      const done = second > end - 1900 || (works[tries % works.length] ?? true);
      tries += 1;
      const { container, occasion } = decision.act;
      acts = [...acts, { container: container.id, occasion, at: now, done }];
      if (done)
        containers = containers.map((each) =>
          each.id === 'c' ? { ...each, startedAt: now } : each,
        );
    }
    return { containers, acts, end };
  }

  test('the stack ends whole, and no start of the proxy costs more than one good restart', () => {
    fc.assert(
      fc.property(story, (given) => {
        const { containers, acts } = play(given);
        expect(describeStack(containers)).toBe('cloudflared, mcp-proxy run');
        const good = acts.filter(({ done }) => done).map(({ occasion }) => occasion);
        expect(new Set(good).size).toBe(good.length);
      }),
    );
  });

  test('a loop of any speed costs a bounded number of restarts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 59 }), (gap) => {
        const gaps = Array.from({ length: Math.ceil(3600 / gap) }, () => gap);
        const { acts } = play({ gaps, works: [true] });
        const inTheLoop = acts.filter(({ at }) => at.getTime() - begin.getTime() < 3_600_000);
        expect(inTheLoop.length).toBeLessThan(40);
      }),
      { numRuns: 20 },
    );
  });
});

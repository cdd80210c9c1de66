import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogLine } from '../../../src/ports/engine.ts';
import { ContainerLog, type LogsFrom } from '../../../src/steps/logs/container-log.ts';
import { ReplayingEngine, type SinceRule } from '../../fakes/replaying-engine.ts';

const begin = new Date('2026-11-24T10:00:00Z').getTime();
const never = new AbortController().signal;

/** Lines numbered in the order of the log, at these times (milliseconds, nanoseconds below). */
function linesAt(times: readonly (readonly [number, number])[]): readonly LogLine[] {
  return times.map(([ms, nanos], index) => ({
    stream: index % 3 === 0 ? 'stdout' : 'stderr',
    at: new Date(begin + ms),
    ...(nanos > 0 && { nanos }),
    text: `${index}`,
  }));
}

/** Reads a log in streams that break after so many lines each; what was told, in order. */
async function readBroken(
  lines: readonly LogLine[],
  breaks: readonly number[],
  rule: SinceRule,
  from: LogsFrom = 'beginning',
): Promise<readonly string[]> {
  const engine = new ReplayingEngine(rule);
  const container = engine.add('cloudflared', { state: 'exited' });
  engine.say(container.id, ...lines);
  engine.breaks.push(...breaks);
  const log = new ContainerLog(container, from);
  log.look(container);
  const told: string[] = [];
  for (let stream = 0; stream <= breaks.length; stream += 1)
    await log.follow(engine, (_, { text }) => void told.push(text), never);
  return told;
}

const rules = ['each-line', 'first-line'] as const;

describe('a log that is read in many streams', () => {
  test.each(rules)(
    'every line is told once and in order, wherever streams break (%s)',
    async (rule) => {
      const step = fc.oneof(
        { weight: 6, arbitrary: fc.constant(0) },
        { weight: 3, arbitrary: fc.nat({ max: 3 }) },
        { weight: 1, arbitrary: fc.nat({ max: 3_000 }) },
      );
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(step, fc.constantFrom(0, 0, 1, 999_999)), { maxLength: 60 }),
          fc.array(fc.nat({ max: 70 }), { maxLength: 6 }),
          async (steps, breaks) => {
            let ms = 0;
            const lines = linesAt(
              steps.map(([more, nanos]) => {
                ms += more;
                return [ms, nanos];
              }),
            );
            expect(await readBroken(lines, breaks, rule)).toEqual(lines.map(({ text }) => text));
          },
        ),
      );
    },
  );

  test.each(rules)(
    'also where two streams’ lines are stored up to a second out of order (%s)',
    async (rule) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 450 })), { maxLength: 40 }),
          fc.array(fc.nat({ max: 50 }), { maxLength: 6 }),
          async (steps, breaks) => {
            let ms = 1_000;
            const lines = linesAt(
              steps.map(([more, back]) => {
                ms += more;
                return [ms - back, 0];
              }),
            );
            expect(await readBroken(lines, breaks, rule)).toEqual(lines.map(({ text }) => text));
          },
        ),
      );
    },
  );

  test('a burst of 100,000 lines within a second, broken in the middle', async () => {
    const times = Array.from({ length: 100_000 }, (_, index) => [index >> 7, index & 127] as const);
    const lines = linesAt(times);
    const told = await readBroken(lines, [50_001, 0, 70_000], 'each-line');
    expect(told.length).toBe(lines.length);
    expect(new Set(told).size).toBe(lines.length);
  });

  test('100,000 lines of one and the same time', async () => {
    const lines = linesAt(Array.from({ length: 100_000 }, () => [7, 0] as const));
    const told = await readBroken(lines, [99_999], 'each-line');
    expect([told.length, told.at(-1)]).toEqual([100_000, '99999']);
  });

  test('a line that another one of its time came behind is not taken for it', async () => {
    const lines = linesAt([
      [5, 1],
      [5, 1],
      [5, 1],
    ]);
    expect(await readBroken(lines, [1, 2], 'each-line')).toEqual(['0', '1', '2']);
  });

  test('lines without a time belong to the one before them', async () => {
    const [first, second, third] = linesAt([
      [0, 0],
      [0, 0],
      [9, 0],
    ]);
    const lines = [first, { ...second, at: undefined }, { ...third }] as LogLine[];
    for (const breakAt of [0, 1, 2, 3])
      expect(await readBroken(lines, [breakAt], 'each-line')).toEqual(['0', '1', '2']);
  });

  test('lines that the engine has thrown away meanwhile are not waited for', async () => {
    const engine = new ReplayingEngine();
    const container = engine.add('cloudflared');
    engine.say(
      container.id,
      ...linesAt([
        [1, 0],
        [1, 1],
        [2, 0],
      ]),
    );
    engine.breaks.push(3);
    const log = new ContainerLog(container, 'beginning');
    log.look(container);
    const told: string[] = [];
    const take = (_: unknown, { text }: LogLine) => void told.push(text);
    await log.follow(engine, take, never);
    const rotated = new ReplayingEngine();
    rotated.add('cloudflared', { state: 'exited' });
    rotated.say(container.id, { at: new Date(begin + 2), nanos: 5, text: 'same millisecond' });
    await log.follow(rotated, take, never);
    expect(told).toEqual(['0', '1', '2', 'same millisecond']);
  });

  test('a clock that was set back loses nothing and doubles nothing', async () => {
    const times = [
      ...Array.from({ length: 10 }, (_, index) => [3_600_000 + index * 700, 0] as const),
      ...Array.from({ length: 10 }, (_, index) => [index * 700, 0] as const),
    ];
    for (const breakAt of [5, 10, 12, 19])
      for (const rule of rules.filter((each) => each === 'first-line' || breakAt > 10))
        expect(await readBroken(linesAt(times), [breakAt, breakAt + 3], rule)).toEqual(
          times.map((_, index) => `${index}`),
        );
  });
});

describe('the beginning', () => {
  test('only the last lines, and then on: nothing from before comes back', async () => {
    const engine = new ReplayingEngine();
    const container = engine.add('cloudflared');
    const lines = linesAt([
      [1, 1],
      [1, 2],
      [1, 3],
      [1, 4],
      [1, 5],
    ]);
    // What an engine gives that was asked for the last two.
    const tail = new ReplayingEngine();
    tail.add('cloudflared', { state: 'exited' });
    tail.say(container.id, ...lines.slice(3));
    engine.say(container.id, ...lines, { at: new Date(begin + 1), nanos: 6, text: 'new' });
    engine.breaks.push(6);
    const log = new ContainerLog(container, 'beginning');
    log.look(container);
    const told: string[] = [];
    const take = (_: unknown, { text }: LogLine) => void told.push(text);
    await log.read(tail, take, { tail: 2, signal: never });
    await log.follow(engine, take, never);
    expect(told).toEqual(['3', '4', 'new']);
  });

  test('a time: what is older is not asked for', async () => {
    const lines = linesAt([
      [1, 0],
      [2, 0],
      [3, 0],
    ]);
    expect(await readBroken(lines, [1], 'each-line', new Date(begin + 2))).toEqual(['1', '2']);
  });
});

describe('a line that was not finished', () => {
  function scene() {
    const engine = new ReplayingEngine();
    const container = engine.add('cloudflared');
    const log = new ContainerLog(container, 'beginning');
    log.look(container);
    const told: string[] = [];
    const take = (_: unknown, { text }: LogLine) => void told.push(text);
    const at = new Date(begin);
    engine.say(container.id, { at, text: 'whole' });
    engine.say(container.id, { at, text: 'ha', unfinished: true });
    return { engine, container, log, told, take };
  }

  test('is told once, whole, when the stream broke in the middle of it', async () => {
    const { engine, container, log, told, take } = scene();
    engine.breaks.push(2, 2);
    await log.follow(engine, take, never);
    expect(told).toEqual(['whole']);
    engine.finish(container.id, 'half and half');
    await log.follow(engine, take, never);
    expect(told).toEqual(['whole', 'half and half']);
  });

  test('is told as it is by a container that has ended', async () => {
    const { engine, container, log, told, take } = scene();
    engine.breaks.push(2);
    await log.follow(engine, take, never);
    engine.change(container.id, { state: 'exited' });
    log.look({ ...container, state: 'exited' });
    expect(log.isOpen).toBe(true);
    await log.follow(engine, take, never);
    expect(told).toEqual(['whole', 'ha']);
    expect(log.isOpen).toBe(false);
  });

  test('each of the two streams may have one', async () => {
    const { engine, container, log, told, take } = scene();
    const other = { at: new Date(begin), text: 'ho', unfinished: true, stream: 'stdout' } as const;
    engine.say(container.id, other);
    engine.breaks.push(3);
    await log.follow(engine, take, never);
    await log.end(take);
    expect(told).toEqual(['whole', 'ha', 'ho']);
  });

  test('is told as it is of a container that is gone', async () => {
    const { engine, log, told, take } = scene();
    engine.breaks.push(2, 0);
    await log.follow(engine, take, never);
    // It was gone before it could be read again.
    await log.follow(engine, take, never);
    await log.end(take);
    await log.end(take);
    expect(told).toEqual(['whole', 'ha']);
  });
});

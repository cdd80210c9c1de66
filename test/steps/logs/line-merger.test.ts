import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineMerger } from '../../../src/steps/logs/line-merger.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const never = new AbortController().signal;

async function all<T>(merger: LineMerger<T>): Promise<readonly T[]> {
  return (await Array.fromAsync(merger.batches(never))).flat();
}

describe('without a window', () => {
  test('sources of any lengths and speeds come out in the order of their times, each in its own', async () => {
    const source = fc.array(fc.nat({ max: 50 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(source, { maxLength: 5 }), async (steps) => {
        const clock = new VirtualClock();
        const merger = new LineMerger<readonly [number, number, number]>(clock);
        steps.forEach(async (ups, from) => {
          const into = merger.source();
          let time = 0;
          for (const [index, up] of ups.entries()) {
            if (up % 7 === 0) await clock.sleep(up);
            time += up;
            await into.put([time, from, index], time, 1);
          }
          into.close();
        });
        merger.seal();
        const items = await all(merger);
        expect(items).toHaveLength(steps.flat().length);
        expect(items.map(([time]) => time)).toEqual(
          items.map(([time]) => time).toSorted((one, other) => one - other),
        );
        for (const from of steps.keys()) {
          const own = items.filter(([, source]) => source === from).map(([, , index]) => index);
          expect(own).toEqual(own.toSorted((one, other) => one - other));
        }
      }),
      { numRuns: 50 },
    );
  });

  test('an item without a time follows the one before it', async () => {
    const merger = new LineMerger<string>(new VirtualClock());
    const [one, other] = [merger.source(), merger.source()];
    for (const [name, time] of [
      ['a1', 1],
      ['a2', undefined],
      ['a5', 5],
      ['a6', undefined],
    ] as const)
      void one.put(name, time, 1);
    for (const [name, time] of [
      ['b0', undefined],
      ['b2', 2],
      ['b4', 4],
    ] as const)
      void other.put(name, time, 1);
    for (const source of [one, other]) source.close();
    merger.seal();
    expect(await all(merger)).toEqual(['b0', 'a1', 'a2', 'b2', 'b4', 'a5', 'a6']);
  });

  test('no source at all ends at once', async () => {
    const merger = new LineMerger<string>(new VirtualClock());
    merger.seal();
    expect(await all(merger)).toEqual([]);
  });
});

describe('with a window', () => {
  test('a late line of another source comes before those that waited for it', async () => {
    const clock = new VirtualClock();
    const merger = new LineMerger<string>(clock, 150);
    const [one, other] = [merger.source(), merger.source()];
    void one.put('second', 2, 1);
    clock.at(100, () => void other.put('first', 1, 1));
    clock.at(400, () => merger.close());
    void clock.sleep(1_000);
    expect(await all(merger)).toEqual(['first', 'second']);
  });

  test('no line waits longer than the window', async () => {
    const clock = new VirtualClock();
    const merger = new LineMerger<string>(clock, 150);
    const [one, other] = [merger.source(), merger.source()];
    clock.at(10, () => void one.put('second', 2, 1));
    clock.at(200, () => void other.put('too late', 1, 1));
    void clock.sleep(1_000);
    const batches = merger.batches(never);
    expect((await batches.next()).value).toEqual(['second']);
    expect(clock.elapsed).toBeLessThanOrEqual(160);
    expect((await batches.next()).value).toEqual(['too late']);
    await batches.return(undefined);
  });

  test('a flood does not wait at all once it is as long as may be held', async () => {
    const clock = new VirtualClock();
    const merger = new LineMerger<number>(clock, 150);
    const silent = merger.source();
    const flood = merger.source();
    let put = 0;
    const putting = (async () => {
      for (; put < 10_000; put += 1) await flood.put(put, put, 100);
      silent.close();
      flood.close();
    })();
    merger.seal();
    const items = await all(merger);
    await putting;
    expect(items).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
    // The last lines, fewer than may be held, wait for nobody: their source is closed.
    expect(clock.elapsed).toBeLessThan(150);
  });

  test('while nobody takes, a source is held back: by the number of lines, and by their size', async () => {
    for (const [units, most] of [
      [10, 1_024],
      [65_536, 16],
    ] as const) {
      const merger = new LineMerger<number>(new VirtualClock(), 150);
      const source = merger.source();
      let put = 0;
      void (async () => {
        for (; put < 5_000; put += 1) await source.put(put, put, units);
      })();
      await new Promise((resolve) => setImmediate(resolve));
      expect(put).toBeLessThanOrEqual(most);
      const batches = merger.batches(never);
      await batches.next();
      await new Promise((resolve) => setImmediate(resolve));
      expect(put).toBeLessThanOrEqual(2 * most + 1);
      await batches.return(undefined);
    }
  });

  test('a clock that is set back does not hold a source up', async () => {
    const clock = new VirtualClock();
    const merger = new LineMerger<string>(clock, 150);
    const [one, other] = [merger.source(), merger.source()];
    void one.put('before', 3_600_000, 1);
    void one.put('after', 1_000, 1);
    void other.put('other', 2_000, 1);
    merger.close();
    expect(await all(merger)).toEqual(['other', 'before', 'after']);
  });
});

test('whoever puts when nobody takes any more is not kept waiting', async () => {
  const stop = new AbortController();
  const merger = new LineMerger<number>(new VirtualClock(), 150);
  const source = merger.source();
  let isDone = false;
  const putting = (async () => {
    for (let index = 0; index < 5_000; index += 1) await source.put(index, index, 1);
    isDone = true;
  })();
  for await (const _ of merger.batches(stop.signal)) stop.abort();
  await putting;
  expect(isDone).toBe(true);
});

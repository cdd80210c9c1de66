import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Batch } from '../../../src/surfaces/wizard/batch.ts';
import { appendLogs } from '../../../src/surfaces/wizard/log-buffer.ts';

describe('Batch', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('hands the first on at once, the next together', () => {
    const seen: (readonly number[])[] = [];
    const batch = new Batch<number>(50, (items) => seen.push(items));
    for (const item of [1, 2, 3]) batch.add(item);
    expect(seen).toEqual([[1]]);
    vi.advanceTimersByTime(50);
    expect(seen).toEqual([[1], [2, 3]]);
    batch.add(4);
    expect(seen).toEqual([[1], [2, 3]]);
    vi.advanceTimersByTime(50);
    expect(seen).toEqual([[1], [2, 3], [4]]);
    vi.advanceTimersByTime(100);
    batch.add(5);
    expect(seen.at(-1)).toEqual([5]);
  });

  test('hands on what waits when it is closed, and keeps no timer', () => {
    const seen: number[] = [];
    const batch = new Batch<number>(50, (items) => seen.push(...items));
    batch.add(1);
    batch.add(2);
    batch.close();
    expect(seen).toEqual([1, 2]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('appendLogs', () => {
  const view = (text: string) => ({ service: 'mcp-proxy', text });

  test('keeps the latest 5,000 lines and counts the others', () => {
    const lines = Array.from({ length: 12_000 }, (_, index) => `line ${index}`);
    const first = appendLogs({ logs: [], dropped: 0 }, lines.slice(0, 3_000), view);
    const after = appendLogs(first, lines.slice(3_000), view);
    expect(after.logs).toHaveLength(5_000);
    expect(after.logs[0]?.text).toBe('line 7000');
    expect(after.logs.at(-1)?.text).toBe('line 11999');
    expect(after.dropped).toBe(7_000);
  });

  test('puts the pasts of several services in the order of their times', () => {
    const at = (service: string, time: number) => ({ service, text: `at ${time}`, at: time });
    const first = appendLogs({ logs: [], dropped: 0 }, [at('a', 1), at('a', 4)], (line) => line);
    const both = appendLogs(first, [at('b', 2), at('b', 3), at('b', 5)], (line) => line);
    expect(both.logs.map(({ service, text }) => `${service} ${text}`)).toEqual([
      ...['a at 1', 'b at 2', 'b at 3', 'a at 4', 'b at 5'],
    ]);
  });

  test('does not look at lines that would not be kept', () => {
    const seen = vi.fn(view);
    appendLogs({ logs: [], dropped: 0 }, Array(100_000).fill('x'), seen);
    expect(seen).toHaveBeenCalledTimes(5_000);
  });
});

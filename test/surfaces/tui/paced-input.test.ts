import { PassThrough } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { PacedInput } from '../../../src/surfaces/tui/paced-input.ts';

/** What a reader such as Ink takes from the input, one entry a read. */
function readsOf(input: PacedInput): string[] {
  const reads: string[] = [];
  input.on('readable', () => {
    for (let piece = input.read(); piece !== null; piece = input.read()) reads.push(String(piece));
  });
  return reads;
}

describe('PacedInput', () => {
  test('hands on keys that came in one piece one by one, each in a turn of its own', async () => {
    const source = new PassThrough();
    const input = new PacedInput(source);
    const reads = readsOf(input);
    source.write('\r\r\u001b[Bx');
    await vi.waitFor(() => expect(reads).toEqual(['\r', '\r', '\u001b[B', 'x']));
  });

  test('keeps a marked paste together that the terminal sends in pieces', async () => {
    const source = new PassThrough();
    const input = new PacedInput(source);
    const reads = readsOf(input);
    source.write('\u001b[200~one');
    source.write('\rtwo');
    source.write('\u001b[201~\r');
    await vi.waitFor(() => expect(reads).toEqual(['\u001b[200~one\rtwo\u001b[201~', '\r']));
  });

  test('a megabyte pasted is one paste', async () => {
    const source = new PassThrough();
    const input = new PacedInput(source);
    const reads = readsOf(input);
    const chunk = 'x'.repeat(4096);
    source.write('\u001b[200~');
    for (let count = 0; count < 256; count += 1) source.write(chunk);
    source.write('\u001b[201~');
    await vi.waitFor(() => expect(reads.join('')).toHaveLength(256 * 4096 + 12));
  });

  test('an Esc that nothing follows is told as one; what belongs together stays together', async () => {
    const source = new PassThrough();
    const input = new PacedInput(source);
    const reads = readsOf(input);
    source.write('\u001b');
    await vi.waitFor(() => expect(reads).toEqual(['\u001b[27u']));
    source.write('\u001b');
    source.write('[A');
    await vi.waitFor(() => expect(reads).toEqual(['\u001b[27u', '\u001b[A']));
  });

  test('an Esc that was not handed on yet is forgotten with its source', async () => {
    const source = new PassThrough();
    const input = new PacedInput(source);
    const reads = readsOf(input);
    source.write('\u001b');
    await new Promise(setImmediate);
    input.release();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(reads).toEqual([]);
  });

  test('tells when the terminal is gone', async () => {
    const source = new PassThrough();
    const input = new PacedInput(source);
    const gone = new Promise((resolve) => input.once('gone', resolve));
    source.end();
    await gone;
  });

  test('lets go of its source', () => {
    const source = new PassThrough();
    const input = new PacedInput(source);
    input.release();
    expect(source.listenerCount('data')).toBe(0);
    expect(source.isPaused()).toBe(true);
  });
});

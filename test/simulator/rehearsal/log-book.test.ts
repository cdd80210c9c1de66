import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LogBook } from '../../../src/simulator/rehearsal/log-book.ts';

const fresh = () => join(mkdtempSync(join(tmpdir(), 'sim-log-')), 'logs/a.jsonl');
const texts = async (book: LogBook, since: Date, follow = false, signal?: AbortSignal) =>
  (await Array.fromAsync(book.read(since, follow, signal))).map(({ text }) => text);

test('whoever follows gets what is there, what comes, and then the end', async () => {
  const book = new LogBook(fresh());
  book.begin();
  book.append('stdout', 'one');
  const following = texts(book, new Date(0), true);
  book.append('stderr', 'two');
  await new Promise(setImmediate);
  book.append('stderr', 'three');
  book.end();
  expect(await following).toEqual(['one', 'two', 'three']);
  expect(await texts(book, new Date(Date.now() + 1000))).toEqual([]);
});

test('an abort ends the following', async () => {
  const book = new LogBook(fresh());
  book.begin();
  const stop = new AbortController();
  const following = texts(book, new Date(0), true, stop.signal);
  stop.abort();
  expect(await following).toEqual([]);
});

test('the next command reads what an earlier one wrote; a torn line is passed over', async () => {
  const file = fresh();
  const book = new LogBook(file);
  book.append('stderr', 'kept');
  appendFileSync(file, '{"at":"2026-');
  expect(await texts(new LogBook(file), new Date(0))).toEqual(['kept']);
});

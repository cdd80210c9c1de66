import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultImages } from '../../../src/domain/images.ts';
import type { PullProgress } from '../../../src/ports/engine.ts';
import { RehearsedImages } from '../../../src/simulator/rehearsal/rehearsed-images.ts';

const content = 'x'.repeat(150_000);
const dir = mkdtempSync(join(tmpdir(), 'sim-images-'));
const program = join(dir, 'program.js');
writeFileSync(program, content);
const files = { proxy: program, cloudflared: program, sample: program };
const open = () => new RehearsedImages(join(dir, 'images.json'), files, { 'mirror/x:1': 'proxy' });
const pull = (ref: string, signal?: AbortSignal): Promise<PullProgress[]> =>
  Array.fromAsync(open().pull(ref, signal));

test('a pull reports what it reads, and is there afterwards with the digest that was asked for', async () => {
  expect(open().find(defaultImages.proxy)).toBeUndefined();
  const events = await pull(defaultImages.proxy);
  expect(new Set(events.map(({ layer }) => layer)).size).toBe(1);
  const bytes = events
    .filter(({ status }) => status === 'Downloading')
    .map(({ current }) => current);
  expect(bytes).toEqual([65_536, 131_072, 150_000]);
  expect(events.at(-1)?.status).toBe('Pull complete');
  expect(open().find(defaultImages.proxy)?.repoDigests).toEqual([defaultImages.proxy]);
  expect((await pull(defaultImages.proxy)).map(({ status }) => status)).toEqual(['Already exists']);
});

test('a tag gets the digest of what plays it; a mirror’s role is told; another image is not found', async () => {
  await pull('python:3.13-slim');
  const digest = createHash('sha256').update(content).digest('hex');
  expect(open().find('python:3.13-slim')).toEqual({
    id: `sha256:${digest}`,
    repoDigests: [`python@sha256:${digest}`],
  });
  expect((await pull('mirror/x:1')).at(-1)?.status).toBe('Pull complete');
  await expect(pull('postgres:17')).rejects.toMatchObject({ code: 'image-not-found' });
});

test('an interrupted pull leaves nothing', async () => {
  const stop = new AbortController();
  const events = open().pull(defaultImages.cloudflared, stop.signal);
  await events.next();
  stop.abort(new Error('stopped'));
  await expect(Array.fromAsync(events)).rejects.toThrow('stopped');
  expect(open().find(defaultImages.cloudflared)).toBeUndefined();
});

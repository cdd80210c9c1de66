import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileLocks } from '../../src/adapters/file-locks.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { systemRandom } from '../../src/adapters/system-random.ts';

const locks = fileLocks(systemClock, systemRandom);
let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'));
  path = join(dir, 'lock');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function holderOf(pid: number, startTicks: string, boot?: string): Promise<string> {
  const bootId = boot ?? (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return JSON.stringify({
    pid,
    bootId,
    startTicks,
    purpose: 'install',
    since: '2026-01-01T00:00:00Z',
  });
}

describe('fileLocks', () => {
  test('one holder at a time, free again after release, nothing left behind', async () => {
    const held = await locks.acquire(path, 'install');
    await expect(locks.acquire(path, 'install')).rejects.toMatchObject({ code: 'locked' });
    await held.release();
    const again = await locks.acquire(path, 'install');
    await again.release();
    expect(await readdir(dir)).toEqual([]);
  });

  test('tells who holds it without touching it; a dead holder is nobody', async () => {
    expect(await locks.holder(path)).toBeUndefined();
    const held = await locks.acquire(path, 'install');
    expect(await locks.holder(path)).toMatchObject({ pid: process.pid, purpose: 'install' });
    await held.release();
    for (const left of [await holderOf(process.pid, '1'), 'no JSON']) {
      await writeFile(path, left);
      expect(await locks.holder(path)).toBeUndefined();
      expect(await readFile(path, 'utf8')).toBe(left);
    }
  });

  test('of many at once exactly one gets it', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => locks.acquire(path, 'install')),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(dir)).toEqual(['lock']);
  });

  test('of many at once over a dead holder exactly one gets it', async () => {
    await writeFile(path, await holderOf(process.pid, '1'));
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => locks.acquire(path, 'install')),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });

  test('a living holder is named', async () => {
    const child = spawn('sleep', ['60']);
    try {
      const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8');
      const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
      await writeFile(path, await holderOf(child.pid ?? 0, ticks));
      await expect(locks.acquire(path, 'install')).rejects.toMatchObject({
        code: 'locked',
        summary: expect.stringContaining(`process ${child.pid}`),
        nextSteps: [expect.any(String), `ps -fp ${child.pid}`],
      });
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  test.each([
    ['a reused pid (another start time)', () => holderOf(process.pid, '1')],
    ['another boot', () => holderOf(process.pid, '1', 'other-boot')],
    ['a process that is gone', () => holderOf(4_194_303, '1')],
    ['a torn lock file', async () => '{"pid":'],
  ])('is taken over from %s', async (_what, holder) => {
    await writeFile(path, await holder());
    const held = await locks.acquire(path, 'install');
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
    await held.release();
  });
});

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { Failure } from '../domain/failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Locks } from '../ports/lock.ts';
import type { Random } from '../ports/random.ts';
import { errnoOf, fileFailure } from './file-failure.ts';

interface Holder {
  readonly pid: number;
  readonly bootId: string;
  /** Clock ticks after boot at which the process started (proc(5), stat field 22). */
  readonly startTicks: string;
  readonly purpose: string;
  readonly since: string;
}

function startTicksOf(stat: string): string {
  // The command name (field 2) may hold spaces and brackets: count from its end.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
}

async function startTicks(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat === undefined ? undefined : startTicksOf(stat);
}

function parseHolder(text: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(text);
    if (typeof holder !== 'object' || holder === null) return undefined;
    const {
      pid,
      bootId: boot,
      startTicks: ticks,
      purpose,
      since,
    } = holder as Record<string, unknown>;
    if (typeof pid !== 'number' || typeof boot !== 'string' || typeof ticks !== 'string')
      return undefined;
    return { pid, bootId: boot, startTicks: ticks, purpose: String(purpose), since: String(since) };
  } catch {
    return undefined;
  }
}

/** A holder is alive if its pid runs in this boot since the same tick: a reused pid does not count. */
async function isAlive(holder: Holder): Promise<boolean> {
  if (holder.bootId !== (await bootId())) return false;
  return (await startTicks(holder.pid)) === holder.startTicks;
}

function lockedBy(path: string, holder: Holder): Failure {
  return new Failure(
    'locked',
    `Another mcp-tunnel is at work here (${holder.purpose}, process ${holder.pid}).`,
    {
      found: `${path}, held since ${holder.since}`,
      expected: 'one run at a time for a deployment',
      nextSteps: [
        'Wait until it has finished, then run the same command again.',
        `ps -fp ${holder.pid}`,
      ],
    },
  );
}

/** Pause before the guard of a take-over is tried again; it is held for a few file calls only. */
const guardRetryMs = 10;

/**
 * Runs `action` while no other process of this machine takes over the same lock. The guard is an
 * abstract socket (unix(7)): the kernel frees it with its process, so it cannot be left behind.
 */
async function guarded<T>(clock: Clock, path: string, action: () => Promise<T>): Promise<T> {
  const name = `\0mcp-tunnel-${createHash('sha256').update(path).digest('hex')}`;
  for (;;) {
    const guard = createServer();
    try {
      guard.listen(name);
      await once(guard, 'listening');
    } catch (error) {
      if (errnoOf(error) !== 'EADDRINUSE') throw fileFailure('write', path, error);
      await clock.sleep(guardRetryMs);
      continue;
    }
    try {
      return await action();
    } finally {
      await new Promise((resolve) => guard.close(resolve));
    }
  }
}

/** Removes a lock whose holder is dead. @throws Failure `locked` if its holder is alive. */
async function removeDead(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const current = parseHolder(text);
  if (current && (await isAlive(current))) throw lockedBy(path, current);
  await unlink(path).catch(() => undefined);
}

/**
 * Locks as files that name their holder. Taken by link(2) of a complete file, so that nobody ever
 * reads a half-written holder. Only a dead holder's file is removed, and only under a guard: without
 * it, two that saw the same dead holder could each remove the other's new lock.
 */
export function fileLocks(clock: Clock, random: Random): Locks {
  return {
    async holder(path) {
      const text = await readFile(path, 'utf8').catch(() => undefined);
      const found = text === undefined ? undefined : parseHolder(text);
      if (!found || !(await isAlive(found))) return undefined;
      return { pid: found.pid, purpose: found.purpose, since: found.since };
    },
    async acquire(path, purpose) {
      const unique = Buffer.from(random.bytes(6)).toString('hex');
      const mine = `${path}.${process.pid}-${unique}`;
      const holder: Holder = {
        pid: process.pid,
        bootId: await bootId(),
        startTicks: (await startTicks(process.pid)) ?? '',
        purpose,
        since: clock.now().toISOString(),
      };
      try {
        await writeFile(mine, JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
      } catch (error) {
        throw fileFailure('write', path, error);
      }
      try {
        for (;;) {
          try {
            await link(mine, path);
            return { release: () => unlink(path).catch(() => undefined) };
          } catch (error) {
            if (errnoOf(error) !== 'EEXIST') throw fileFailure('write', path, error);
          }
          await guarded(clock, path, () => removeDead(path));
        }
      } finally {
        await unlink(mine).catch(() => undefined);
      }
    },
  };
}

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** What others could see of a process: its argv and its environment, as raw bytes. */
export interface Sighting {
  readonly pid: number;
  readonly argv: Buffer;
  readonly environment: Buffer;
}

function look(pid: number): Sighting | undefined {
  try {
    return {
      pid,
      argv: readFileSync(`/proc/${pid}/cmdline`),
      environment: readFileSync(`/proc/${pid}/environ`),
    };
  } catch {
    // It ended in between.
    return undefined;
  }
}

/**
 * Looks at every process of the machine, containers' included, again and again while `action` runs,
 * and once more at its end. What lives for less than a look's pause can be missed here; `traced`
 * (inside.ts) misses nothing, but sees only what the command itself starts.
 */
export async function witness<T>(
  action: () => Promise<T>,
): Promise<{ readonly result: T; readonly seen: readonly Sighting[] }> {
  const seen = new Map<string, Sighting>();
  const lookAtAll = () => {
    for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
      const sighting = look(pid);
      if (!sighting) continue;
      const key = `${pid} ${sighting.argv.toString('latin1')}\0${sighting.environment.toString('latin1')}`;
      seen.set(key, sighting);
    }
  };
  let running = true;
  const watching = (async () => {
    while (running) {
      lookAtAll();
      await pause(25);
    }
  })();
  try {
    const result = await action();
    lookAtAll();
    return { result, seen: [...seen.values()] };
  } finally {
    running = false;
    await watching;
  }
}

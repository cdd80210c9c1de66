import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { withBundle } from '../../scripts/bundling.mjs';
import type { Figure } from './figure.ts';
import type { IdleTime } from './idle-program.ts';

const run = promisify(execFile);

function figureOf({ scene, windowMs, cpuMs, frames }: IdleTime): Figure {
  return {
    name: `Idle CPU, ${scene}`,
    value: (cpuMs / windowMs) * 100,
    unit: '%',
    aim: undefined,
    how: `of one core: ${cpuMs.toFixed(0)} ms of work, all threads, in ${(windowMs / 1000).toFixed(0)} s; ${frames} ${frames === 1 ? 'frame' : 'frames'} drawn`,
  };
}

/** Issue 4's figure for the live screens: what they cost while nothing happens and nobody presses a key. */
export async function benchIdle(windowMs = 12_000): Promise<readonly Figure[]> {
  const { stdout } = await withBundle('test/bench/idle-program.ts', (program: string) =>
    run(process.execPath, [program, String(windowMs)], { env: { FORCE_COLOR: '1' } }),
  );
  // Printed by idle-program.ts.
  return (JSON.parse(stdout) as readonly IdleTime[]).map(figureOf);
}

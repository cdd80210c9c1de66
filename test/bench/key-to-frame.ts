import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { withBundle } from '../../scripts/bundling.mjs';
import type { Figure } from './figure.ts';
import type { KeyTimes } from './key-to-frame-program.ts';
import { median, percentile } from './samples.ts';

const run = promisify(execFile);
const aim = 16;
const blocks = 3;

/** 99th percentile of each third, so that one stall of the machine does not decide alone. */
function thirds(times: readonly number[]): readonly number[] {
  const size = Math.floor(times.length / blocks);
  return Array.from({ length: blocks }, (_, block) =>
    percentile(times.slice(block * size, (block + 1) * size), 0.99),
  );
}

function figureOf({ scene, wall, own, late }: KeyTimes, machine: number): Figure {
  const shares = (times: readonly number[]) =>
    `${median(times).toFixed(1)}, p99 ${percentile(times, 0.99).toFixed(1)}`;
  const busy = machine > aim / 2 ? '; this machine is too busy to tell: measure again' : '';
  return {
    name: `Key to frame, ${scene}, p99`,
    value: median(thirds(wall)),
    unit: 'ms',
    aim,
    how: `median of ${blocks} × ${Math.floor(wall.length / blocks)} keys: p50 ${shares(wall)}; of which work of our thread ${shares(own)}, before the key was taken ${shares(late)}${busy}`,
  };
}

/** Issue 3's aim for every screen, also while 1,000 log lines a second come in. */
export async function benchKeyToFrame(keys = 300): Promise<readonly Figure[]> {
  const { stdout } = await withBundle('test/bench/key-to-frame-program.ts', (program: string) =>
    run(process.execPath, [program, String(keys)], {
      maxBuffer: 2 ** 26,
      env: { FORCE_COLOR: '1' },
    }),
  );
  // Printed by key-to-frame-program.ts.
  const scenes = JSON.parse(stdout) as readonly KeyTimes[];
  // Where nothing pours in, nothing but the machine keeps a key waiting.
  const quiet = scenes.filter(({ flood }) => !flood).map(({ late }) => percentile(late, 0.99));
  return scenes.map((each) => figureOf(each, median(quiet)));
}

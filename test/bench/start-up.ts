import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './figure.ts';
import { type Contestant, contestant, interleave, median, spread } from './samples.ts';

const built = join(import.meta.dirname, '../../dist/main.js');

/** Runs a whole process on this Node, its output in a pipe, as a script that reads it would. */
function runNode(args: readonly string[], prints: boolean): void {
  const { status, stdout, error } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // The time of something that failed is no figure.
  if (error || status !== 0 || stdout.length > 0 !== prints)
    throw new Error(`node ${args.join(' ')} ended ${status}`, { cause: error });
}

/**
 * What the program costs before it does anything, above what Node itself costs: whole processes
 * from spawn to exit. Bare Node is an empty ES module, what `main.js` would be if it did nothing.
 */
export async function benchStartUp(rounds = 50): Promise<readonly Figure[]> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-start-up-'));
  try {
    const empty = join(dir, 'empty.mjs');
    await writeFile(empty, '');
    const bare = contestant(() => runNode([empty], false));
    const version = contestant(() => runNode([built, '--version'], true));
    const help = contestant(() => runNode([built, '--help'], true));
    await interleave(rounds, [bare, version, help]);
    const how = `ratio of medians, ${rounds} interleaved rounds on Node ${process.versions.node}:`;
    const figure = (name: string, { times }: Contestant, aim: number | undefined): Figure => ({
      name: `${name} against bare Node`,
      value: median(times) / median(bare.times),
      unit: '×',
      aim,
      how: `${how} ${spread(times)} against ${spread(bare.times)}`,
    });
    return [figure('--version', version, 1.3), figure('--help', help, undefined)];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

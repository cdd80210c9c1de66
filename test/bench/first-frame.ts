import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withBundle } from '../../scripts/bundling.mjs';
import { readyNodePty } from '../terminal/build-node-pty.ts';
import type { Figure } from './figure.ts';
import { type Shown, timeUntilShown } from './in-terminal.ts';
import { type Contestant, contestant, interleave, median, spread } from './samples.ts';

const root = join(import.meta.dirname, '../..');
const built = join(root, 'dist/main.js');
const programs = join(import.meta.dirname, 'programs');
/** In the last row of Welcome. */
const welcome = 'Ctrl-C';

/** What the work until the first frame is for, each stage from what begins it. */
const stages: readonly (readonly [name: string, from: RegExp])[] = [
  ['our commands and questions', /^main\.js$/u],
  ['Ink and React', /^ink$/u],
  ['the wizard and its world', /^run-wizard/u],
  ['the screens', /^run-tui/u],
  ['the first render', /^alternate screen$/u],
];

/** Milliseconds that the thread had worked at each event. */
type Stamps = readonly (readonly [what: string, at: number])[];

/** Milliseconds by stage. */
function stagesIn(stamps: Stamps): ReadonlyMap<string, number> {
  const spent = new Map<string, number>();
  let [stage, from] = ['Node itself', 0];
  for (const [what, at] of stamps) {
    const next = stages.find(([name, begins]) => begins.test(what) && !spent.has(name))?.[0];
    if (next === undefined && what !== 'frame') continue;
    spent.set(stage, (spent.get(stage) ?? 0) + at - from);
    [stage, from] = [next ?? stage, at];
    if (next !== undefined) spent.set(next, spent.get(next) ?? 0);
  }
  return spent;
}

/** In runs of their own, because noting costs time itself. */
async function breakdown(dir: string, cwd: string, runs: number): Promise<Figure> {
  const seen: ReadonlyMap<string, number>[] = [];
  for (let run = 0; run < runs; run += 1) {
    const out = join(dir, `stamps-${run}.json`);
    const preload = pathToFileURL(join(programs, 'stamps.mjs'));
    preload.searchParams.set('out', out);
    preload.searchParams.set('frame', welcome);
    await timeUntilShown({ args: ['--import', preload.href, built], text: welcome, cwd });
    // Written by stamps.mjs.
    seen.push(stagesIn(JSON.parse(await readFile(out, 'utf8')) as Stamps));
  }
  const names = ['Node itself', ...stages.map(([name]) => name)];
  const medians = names.map((name) => median(seen.map((each) => each.get(name) ?? 0)));
  return {
    name: 'First frame of the wizard: what the work is for',
    value: medians.reduce((sum, each) => sum + each, 0),
    unit: 'ms',
    aim: undefined,
    how: `medians of ${runs} runs, work of the main thread: ${names.map((name, index) => `${name} ${medians[index]?.toFixed(1)}`).join(', ')}`,
  };
}

/**
 * From the start of the process until its first frame has arrived in a real pseudo-terminal; beside it,
 * in the same run, what others need until a person can type. “One line of Ink” is what Ink itself takes.
 */
async function measured(dir: string, bundles: { ink: string; clack: string }, rounds: number) {
  const cwd = join(dir, 'empty');
  await mkdir(cwd);
  const show = (shown: Omit<Shown, 'cwd'>) => contestant(() => timeUntilShown({ ...shown, cwd }));
  const bare = show({
    args: ['-e', "process.stdout.write('x'); setInterval(() => {}, 1e6)"],
    text: 'x',
  });
  const clack = show({ args: [join(programs, 'clack-prompt.mjs')], text: '└' });
  const bundledClack = show({ args: [bundles.clack], text: '└' });
  const ink = show({ args: [bundles.ink], text: '└' });
  const wizard = show({ args: [built], text: welcome });
  const rehearsal = show({ args: [built, 'rehearse'], text: welcome });
  await interleave(rounds, [bare, clack, bundledClack, ink, wizard, rehearsal]);
  const against = (name: string, one: Contestant, what: string, other: Contestant): Figure => ({
    name: `First frame, ${name} against ${what}`,
    value: median(one.times) / median(other.times),
    unit: '×',
    aim: undefined,
    how: `ratio of medians, ${rounds} interleaved rounds, without waiting for a core that others had: ${spread(one.times)} against ${spread(other.times)}`,
  });
  return [
    against('the wizard', wizard, 'one line of Ink, bundled', ink),
    against('the wizard', wizard, '@clack/prompts, bundled', bundledClack),
    against('the wizard', wizard, '@clack/prompts', clack),
    against('the wizard', wizard, 'bare Node', bare),
    against('the rehearsal', rehearsal, 'one line of Ink, bundled', ink),
    await breakdown(dir, cwd, Math.ceil(rounds / 2)),
  ];
}

/** Issue 3: the first frame as fast as Ink allows, and what the time is spent on. */
export async function benchFirstFrame(rounds = 20): Promise<readonly Figure[]> {
  const refusal = await readyNodePty();
  if (refusal !== undefined) throw new Error(refusal);
  const dir = await mkdtemp(join(tmpdir(), 'bench-first-frame-'));
  try {
    return await withBundle('test/bench/programs/ink-line.tsx', (ink: string) =>
      withBundle('test/bench/programs/clack-prompt.mjs', (clack: string) =>
        measured(dir, { ink, clack }, rounds),
      ),
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

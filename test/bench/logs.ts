import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Figure } from './figure.ts';
import { type FloodingEngine, floodingEngine } from './flooding-engine.ts';
import { median, spread } from './samples.ts';

const built = join(import.meta.dirname, '../../dist/main.js');
const copy = join(import.meta.dirname, 'programs/copy-log.mjs');

const linesOfARound = 200_000;
const linesForMemory = 1_000_000;
const firstLines = 100_000;

interface Run {
  /** From the first line to the last one taken, milliseconds. */
  readonly wall: number;
  /** User and system time of the whole process, milliseconds. */
  readonly cpu: number;
  /** Most memory held by then, MiB. */
  readonly peak: { readonly early: number; readonly late: number };
}

/** `0m1.250s 0m0.310s`, as a shell's `times` tells of its children. */
function childrenTime(times: string): number {
  const [, children = ''] = times.trim().split('\n').slice(-2);
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/gu)];
  if (parts.length !== 2) throw new Error(`no times in ${times}`);
  return parts.reduce((sum, [, m, s]) => sum + (Number(m) * 60 + Number(s)) * 1000, 0);
}

/** The peak of a process that still runs, MiB. */
function peakOf(pid: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/mu.exec(status)?.[1]) / 1024;
}

/**
 * Follows a flood to its end, with stdout to /dev/null: what is measured is the reader, for it is
 * waited for. One that goes on by itself afterwards is interrupted.
 */
async function follow(
  engine: FloodingEngine,
  argv: readonly string[],
  lines: number,
): Promise<Run> {
  const shell = ['-c', '"$@" >/dev/null 2>&1; times', 'sh', ...argv];
  const env = { ...process.env, DOCKER_HOST: `unix://${engine.socket}` };
  let begun = 0;
  let wall = 0;
  const peak = { early: 0, late: 0 };
  const child = spawn('sh', shell, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const followerOf = () =>
    readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')[0] ??
    '';
  engine.lines = lines;
  engine.onTaken = (taken, isOver) => {
    if (begun === 0) begun = performance.now();
    wall = performance.now() - begun;
    const pid = followerOf();
    if (pid === '') return;
    peak.late = peakOf(pid);
    if (taken <= firstLines) peak.early = peak.late;
    // docker logs ends by itself; whatever else it is, this is what ends it.
    if (isOver) setTimeout(() => spawnSync('kill', ['-INT', pid]), 1_000).unref();
  };
  const [times] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (wall === 0) throw new Error(`${argv[0]} took nothing`);
  return { wall, cpu: childrenTime(times), peak };
}

function dockerVersion(): string | undefined {
  const { stdout, status } = spawnSync('docker', ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().replace(/,.*/u, '') : undefined;
}

/**
 * Issue 4's figures for the live tail. Both readers get the same lines from the same socket, at which
 * a server of ours answers as an engine does; they are the built program and the docker client, or,
 * where there is none, a Node process that copies the bytes.
 */
export async function benchLogs(rounds = 3): Promise<readonly Figure[]> {
  await using engine = await floodingEngine();
  const docker = dockerVersion();
  const ours = [process.execPath, built, 'logs', '-f', '--dir', engine.deployment];
  const theirs = docker
    ? ['docker', 'logs', '-f', 'cloudflared']
    : [process.execPath, copy, engine.socket];
  const than = docker ? 'docker logs -f' : 'copying the bytes (no docker client here)';
  const [own, other]: [Run[], Run[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    own.push(await follow(engine, ours, linesOfARound));
    other.push(await follow(engine, theirs, linesOfARound));
  }
  const { peak, wall } = await follow(engine, ours, linesForMemory);
  const ratio = (name: string, of: (run: Run) => number, more: string): Figure => ({
    ...{ name, unit: '×', aim: undefined },
    value: median(own.map(of)) / median(other.map(of)),
    how: `ratio of medians, ${rounds} rounds of ${linesOfARound} lines in turn: ${spread(own.map(of))} against ${spread(other.map(of))}${docker ? `, ${docker}` : ''}; ${more}`,
  });
  const perSecond = (run: Run) => Math.round((linesOfARound / run.wall) * 1000);
  return [
    ratio(
      `Log tail, time for a flood against ${than}`,
      ({ wall: took }) => took,
      `${median(own.map(perSecond))} lines a second against ${median(other.map(perSecond))}`,
    ),
    ratio(
      `Log tail, CPU against ${than}`,
      ({ cpu }) => cpu,
      'ours cleans, masks, judges and explains each line, and orders services by time',
    ),
    {
      name: 'Log tail, peak memory after 1,000,000 lines against after 100,000',
      value: peak.late / peak.early,
      unit: '×',
      aim: 1.25,
      how: `one process: ${peak.early.toFixed(0)} MiB, then ${peak.late.toFixed(0)} MiB; ${Math.round((linesForMemory / wall) * 1000)} lines a second`,
    },
  ];
}

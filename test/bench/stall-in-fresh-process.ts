import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { longestStall, type Stall } from './event-loop-stall.ts';
import { type BenchKey, issue, keysAlone } from './issue-certificates.ts';

const run = promisify(execFile);
const works = { issue, keysAlone };

export interface FreshStall {
  readonly work: Stall;
  /** The same process, for as long, with nothing running: what stalls then is the machine. */
  readonly idle: Stall;
}

const self = fileURLToPath(import.meta.url);

async function measure(work: keyof typeof works, key: BenchKey): Promise<FreshStall> {
  const started = performance.now();
  const stall = await longestStall(() => works[work](key));
  const lasted = performance.now() - started;
  return { work: stall, idle: await longestStall(() => sleep(lasted)) };
}

/**
 * Longest stall of one run in a process of its own. An operator's process issues once, so that
 * what is only loaded or compiled the first time counts here in every run.
 */
export async function stallInFreshProcess(
  work: keyof typeof works,
  key: BenchKey,
): Promise<FreshStall> {
  const { stdout } = await run(process.execPath, [self, work, key]);
  // Printed below by this very file.
  return JSON.parse(stdout) as FreshStall;
}

if (process.argv[1] === self) {
  const [work, key] = process.argv.slice(2);
  if (work !== 'issue' && work !== 'keysAlone') throw new Error(`No such work: ${work}`);
  if (key !== 'rsa-2048' && key !== 'rsa-4096') throw new Error(`No such key: ${key}`);
  process.stdout.write(JSON.stringify(await measure(work, key)));
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './figure.ts';
import {
  type BenchKey,
  issue,
  issueByOpenssl,
  keysAlone,
  opensslVersion,
} from './issue-certificates.ts';
import { contestant, interleave, median, spread } from './samples.ts';
import { type FreshStall, stallInFreshProcess } from './stall-in-fresh-process.ts';

/**
 * Time to find an RSA key's primes varies several times over, so few rounds say little. Both
 * OpenSSLs are named because they matter: 3.5 finds primes several times faster than 3.0 does.
 */
async function againstOpenssl(rounds: number): Promise<Figure> {
  const cli = await opensslVersion();
  const figure = {
    name: 'CA + server certificate, RSA-2048, against the openssl CLI',
    unit: '×',
    aim: 1.2,
  } as const;
  if (cli === undefined)
    return { ...figure, value: undefined, how: 'no openssl on the PATH to compare with' };
  const dir = await mkdtemp(join(tmpdir(), 'bench-certificates-'));
  try {
    const ours = contestant(() => issue('rsa-2048'));
    const keys = contestant(() => keysAlone('rsa-2048'));
    const openssl = contestant(() => issueByOpenssl(dir));
    await interleave(rounds, [ours, keys, openssl]);
    return {
      ...figure,
      value: median(ours.times) / median(openssl.times),
      how: `ratio of medians, ${rounds} interleaved rounds: ${spread(ours.times)} with Node's OpenSSL ${process.versions.openssl}, of which its two keys alone take ${spread(keys.times)}, against ${spread(openssl.times)} in three commands of ${cli}`,
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/**
 * The longest stall of each run is the figure of that run; the aim is judged on the median of
 * these, not on the worst: on a shared machine, one run in which a neighbour takes the core says
 * nothing about our code, while code that blocks does so in every run. Nothing is hidden by it: the
 * worst run is in the line, and so are the most that our thread itself worked in one stretch (in
 * any run) and two controls, the same time idle and Node's key generation without our code.
 */
async function longestStalls(key: BenchKey, runs: number): Promise<Figure> {
  const ours: FreshStall[] = [];
  const keysAlone: FreshStall[] = [];
  for (let count = 0; count < runs; count++) {
    ours.push(await stallInFreshProcess('issue', key));
    keysAlone.push(await stallInFreshProcess('keysAlone', key));
  }
  const wall = ours.map(({ work }) => work.wall);
  const own = ours.map(({ work }) => work.own);
  const idle = ours.map((one) => one.idle.wall);
  const keys = keysAlone.map(({ work }) => work.wall);
  const aim = 50;
  const busy = median(idle) > aim ? '; this machine is too busy to tell: measure again' : '';
  return {
    name: `Longest event-loop stall while issuing, ${key}`,
    value: median(wall),
    unit: 'ms',
    aim,
    how: `median of the longest stall in each of ${runs} fresh processes: ${spread(wall)}, of which work of our thread ${spread(own)}; controls: as long idle ${spread(idle)}, Node's key generation alone ${spread(keys)}${busy}`,
  };
}

/** Issue 2's aims for certificates. */
export async function benchCertificates(rounds = 25): Promise<readonly Figure[]> {
  return [
    await againstOpenssl(rounds),
    await longestStalls('rsa-2048', 15),
    await longestStalls('rsa-4096', 5),
  ];
}

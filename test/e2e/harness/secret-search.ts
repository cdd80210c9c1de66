import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { RunningEngine } from './engine.ts';
import { inside, output } from './inside.ts';
import type { Sighting } from './witness.ts';

/** Bytes from one place where others may look, and what that place is. */
export interface Evidence {
  readonly place: string;
  readonly bytes: Buffer;
}

/** One form of a secret, under a name. */
export type Needles = Readonly<Record<string, Buffer>>;

/** The forms in which a tunnel token could show; whoever shows its JSON shows its secret. */
export function tokenNeedles(token: string): Needles {
  const { s } = JSON.parse(Buffer.from(token, 'base64').toString()) as { s: string };
  return {
    token: Buffer.from(token),
    'its base64': Buffer.from(Buffer.from(token).toString('base64')),
    'its secret': Buffer.from(s),
    'its secret’s base64': Buffer.from(Buffer.from(s).toString('base64')),
    'its secret’s bytes': Buffer.from(s, 'base64'),
    'its secret’s hex': Buffer.from(Buffer.from(s, 'base64').toString('hex')),
  };
}

/**
 * Lines from the middle of a private key's PEM and their bytes. The first lines of an RSA key hold
 * its modulus, which its certificate shows to everyone: they are left out.
 */
export function keyNeedles(name: string, pem: string): Needles {
  const body = pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
  const lines = [10, 14, 18].map((at) => body[at] ?? '');
  if (lines.some((line) => line.length < 64)) throw new Error(`${name} is no RSA key`);
  return Object.fromEntries(
    lines.flatMap((line, index) => [
      [`${name} ${index}`, Buffer.from(line)],
      [`${name} ${index}’s bytes`, Buffer.from(line, 'base64')],
    ]),
  );
}

/** Where which form was found, as `place: form`, each once. */
export function findings(needles: Needles, evidence: readonly Evidence[]): readonly string[] {
  const found = evidence.flatMap(({ place, bytes }) =>
    Object.entries(needles).flatMap(([form, needle]) =>
      bytes.includes(needle) ? [`${place}: ${form}`] : [],
    ),
  );
  return [...new Set(found)].sort();
}

/** The program's name in a command line, with its first arguments' names where it is an interpreter. */
function shortName(argv: Buffer): string {
  return argv.toString('latin1').split('\0').slice(0, 3).join(' ').trim().slice(0, 120);
}

export function processEvidence(seen: readonly Sighting[]): readonly Evidence[] {
  return seen.flatMap(({ argv, environment }) => [
    { place: `argv of ${shortName(argv)}`, bytes: argv },
    { place: `environment of ${shortName(argv)}`, bytes: environment },
  ]);
}

/** One piece for each program that a traced command started (inside.ts). */
export async function traceEvidence(path: string): Promise<readonly Evidence[]> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  return lines.flatMap((line) => {
    const [, program] = /execve\("([^"]*)"/u.exec(line) ?? [];
    return program === undefined
      ? []
      : [{ place: `execve of ${program}`, bytes: Buffer.from(line) }];
  });
}

/** Every file below a folder. */
export async function fileEvidence(dir: string): Promise<readonly Evidence[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return { place: `file ${relative(dir, path)}`, bytes: await readFile(path) };
      }),
  );
}

/** What the engine shows and keeps of containers: inspect, logs, its own files and its own log. */
export async function engineEvidence(engine: RunningEngine): Promise<readonly Evidence[]> {
  const ids = (await output(engine, ['docker', 'ps', '-aq', '--no-trunc'])).split('\n');
  const inspected = await output(engine, ['docker', 'inspect', ...ids.filter(Boolean)]);
  const logs = await Promise.all(
    ids.filter(Boolean).map(async (id) => {
      const { stdout, stderr } = await inside(engine, ['docker', 'logs', id]);
      return { place: 'docker logs', bytes: Buffer.from(stdout + stderr) };
    }),
  );
  const kept = await fileEvidence(join(engine.dir, 'engine/containers'));
  return [
    { place: 'docker inspect', bytes: Buffer.from(inspected) },
    ...logs,
    ...kept.map(({ bytes }) => ({ place: 'the engine’s files of containers', bytes })),
    { place: 'the engine’s log', bytes: await readFile(join(engine.dir, 'dockerd.log')) },
  ];
}

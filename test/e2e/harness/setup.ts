import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type RunningEngine, startEngine, stopEngine } from './engine.ts';
import { buildImages, type ImageRefs } from './images.ts';
import { installProgram } from './installed-program.ts';
import { findParts } from './parts.ts';

/** What the test files are handed: the engines that run, or why there are none. */
export type Offer =
  | { readonly engines: readonly RunningEngine[]; readonly images: ImageRefs }
  | { readonly missing: string };

declare module 'vitest' {
  interface ProvidedContext {
    offer: Offer;
  }
}

const prefix = 'mcpt-e2e-';

/** Start time of a process in clock ticks since boot; with the pid it names one process for good. */
function startOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Folders of runs that were killed. Their processes died with them (engine.ts). */
async function removeLeftOvers(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const owner = join(tmpdir(), name, 'owner');
    if (!existsSync(owner)) continue;
    const [pid = '', start] = readFileSync(owner, 'utf8').split(' ');
    if (startOf(Number(pid)) !== start)
      await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

/** Starts both engines once for all end-to-end tests, with the stack's images in their registries. */
export default async function setup(
  project: TestProject,
): Promise<(() => Promise<void>) | undefined> {
  const parts = findParts(process.env);
  if ('missing' in parts) {
    if (process.env['MCP_TUNNEL_REQUIRE_ENGINE'])
      throw new Error(`the engine tests are required: ${parts.missing}`);
    project.provide('offer', parts);
    return undefined;
  }
  await removeLeftOvers();
  const dir = mkdtempSync(join(tmpdir(), prefix));
  writeFileSync(join(dir, 'owner'), `${process.pid} ${startOf(process.pid)}`);
  await chmod(dir, 0o755);

  const processes: ChildProcess[] = [];
  const teardown = async () => {
    await Promise.all(processes.map(stopEngine));
    if (!process.env['MCP_TUNNEL_E2E_KEEP']) await rm(dir, { recursive: true, force: true });
  };
  try {
    await installProgram(join(dir, 'program'));
    const engines = await Promise.all(
      parts.flavours.map(async (flavour) => {
        const started = await startEngine(flavour, join(dir, flavour.name), join(dir, 'registry'));
        processes.push(started.process);
        return started.engine;
      }),
    );
    const [builder] = engines.toReversed();
    if (!builder) throw new Error('no engine to build the images on');
    const scratch = join(dir, 'images');
    await mkdir(scratch);
    const images = await buildImages({
      dockerHost: `unix://${builder.socket}`,
      programs: join(dir, 'program/dist/simulator'),
      parts,
      scratch,
    });
    console.log(
      `e2e: ${engines.map(({ flavour }) => flavour.name).join(', ')}; python:3.13-slim is ${images.sampleAbout}`,
    );
    project.provide('offer', { engines, images });
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

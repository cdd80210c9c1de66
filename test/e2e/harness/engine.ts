import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { registryAddress } from './addresses.ts';
import type { Flavour } from './parts.ts';

/** User and group of the operator who may use Docker but is not root (keeper.ts names them). */
export const operator = 12345;

/** A running engine in a namespace of its own; plain data, so that test files can be handed it. */
export interface RunningEngine {
  readonly flavour: Flavour;
  readonly dir: string;
  readonly socket: string;
  /** The process whose network and mount namespaces are the engine's. */
  readonly keeper: number;
}

/** Where the vendor's side of an engine's namespace takes orders (vendor-side.ts). */
export function controlSocketOf(dir: string): string {
  return join(dir, 'vendor.sock');
}

/**
 * Starts one engine and its registry below `dir`, which must not exist. Images are kept in
 * `images`, which several registries may share. The caller stops it with `stopEngine`; if the
 * caller dies first, everything dies with it.
 */
export async function startEngine(
  flavour: Flavour,
  dir: string,
  images: string,
): Promise<{ readonly engine: RunningEngine; readonly process: ChildProcess }> {
  await mkdir(join(dir, 'home/operator'), { recursive: true });
  await mkdir(join(dir, 'home/root'));
  await chown(join(dir, 'home/operator'), operator, operator);
  await mkdir(images, { recursive: true });
  const registry = {
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: images } },
    http: { addr: registryAddress },
  };
  await writeFile(join(dir, 'registry.yaml'), JSON.stringify(registry));

  const child = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'unshare', '--net', '--mount', '--propagation', 'slave'],
      ...[process.execPath, join(import.meta.dirname, 'keeper.ts'), dir],
    ],
    {
      env: { PATH: [...flavour.path, process.env['PATH']].join(':'), HOME: join(dir, 'home/root') },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line', { signal: AbortSignal.timeout(60_000) }),
    once(child, 'exit').then(([code, signal]) => {
      throw new Error(`${flavour.name} did not start (${signal ?? code}); its logs are in ${dir}`);
    }),
  ]);
  if (line !== 'ready' || child.pid === undefined)
    throw new Error(`${flavour.name}: unexpected ${line}`);
  return {
    engine: { flavour, dir, socket: join(dir, 'docker.sock'), keeper: child.pid },
    process: child,
  };
}

/** True if an engine answers on its socket. */
function isAlive(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath: socket, path: '/_ping' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

async function until(socket: string, wanted: boolean): Promise<void> {
  while ((await isAlive(socket)) !== wanted) await pause(20);
}

/** Stops the engine, as `systemctl stop docker` does; its registry and the vendor's side stay. */
export async function haltEngine({ keeper, socket }: RunningEngine): Promise<void> {
  process.kill(keeper, 'SIGUSR2');
  await until(socket, false);
}

/** Kills the engine and all its containers, as a power cut does; its registry and the vendor's side stay. */
export async function killEngine({ keeper, socket }: RunningEngine): Promise<void> {
  process.kill(keeper, 'SIGPWR');
  await until(socket, false);
}

/** Starts a halted or killed engine again, with everything it had. */
export async function resumeEngine({ keeper, socket }: RunningEngine): Promise<void> {
  process.kill(keeper, 'SIGUSR2');
  await until(socket, true);
}

/** Asks the engine to end, and waits for it. */
export async function stopEngine(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

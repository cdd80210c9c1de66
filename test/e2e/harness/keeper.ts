/**
 * Runs inside a network namespace without an uplink and keeps there, until SIGTERM, one Docker
 * Engine, one image registry and the vendor's side. Prints `ready` once all answer. Whatever kills
 * this program, the engine and its containers die with it: they live in a PID namespace below it.
 * SIGUSR2 stops the engine alone, as `systemctl stop docker` does, and SIGPWR kills it with all its
 * containers, as a power cut does; a SIGUSR2 after either starts it again.
 *
 * Usage: keeper.ts DIR, with the engine's programs first in PATH.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bridgeAddress, registryAddress } from './addresses.ts';
import { controlSocketOf } from './engine.ts';
import { startVendorSide } from './vendor-side.ts';

const dir = process.argv[2];
if (!dir) throw new Error('usage: keeper.ts DIR');

let stopping = false;
/** True while the engine is stopped on purpose. */
let halted = false;

/** Files of /etc that differ for everything inside: written in DIR, bound over the machine's. */
function bindEtc(name: string, content: string): void {
  const file = join(dir ?? '', name);
  writeFileSync(file, content);
  execFileSync('mount', ['--bind', file, `/etc/${name}`]);
}

/** Starts a program that the kernel kills when this one ends, with its output in DIR/NAME.log. */
function keep(name: string, argv: readonly string[]): ChildProcess {
  const log = openSync(join(dir ?? '', `${name}.log`), 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...argv], { stdio: ['ignore', log, log] });
  child.on('exit', (code, signal) => {
    if (!stopping && !(halted && name === 'dockerd')) {
      process.stderr.write(
        `${name} ended (${signal ?? code}); see ${join(dir ?? '', `${name}.log`)}\n`,
      );
      process.exit(1);
    }
  });
  return child;
}

/** Waits until an HTTP GET is answered with 200. A program that ends instead ends this one (keep). */
async function answers(
  target: { socketPath: string; path: string } | { host: string; port: number; path: string },
): Promise<void> {
  for (;;) {
    const status = await new Promise<number | undefined>((resolve) => {
      const asked = request(target, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', () => resolve(undefined));
      asked.end();
    });
    if (status === 200) return;
    await pause(20);
  }
}

execFileSync('ip', ['link', 'set', 'lo', 'up']);
bindEtc(
  'hosts',
  `127.0.0.1 localhost api.anthropic.com\n${bridgeAddress} region1.v2.argotunnel.com region2.v2.argotunnel.com\n`,
);
bindEtc('resolv.conf', 'nameserver 127.0.0.1\n');
bindEtc(
  'passwd',
  `${readFileSync('/etc/passwd', 'utf8')}operator:x:12345:12345::${join(dir, 'home/operator')}:/bin/sh\n`,
);

const socket = join(dir, 'docker.sock');
const startDockerd = () =>
  keep('dockerd', [
    ...['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'],
    // Reaps what the engine leaves behind and hands signals on.
    ...['tini', '--', 'dockerd', '--host', `unix://${socket}`, '--bip', `${bridgeAddress}/16`],
    ...['--data-root', join(dir, 'engine'), '--exec-root', join(dir, 'exec')],
    ...['--pidfile', join(dir, 'dockerd.pid')],
  ]);
let engine = startDockerd();
const registry = keep('registry', ['docker-registry', 'serve', join(dir, 'registry.yaml')]);

function stopDockerd(signal: NodeJS.Signals): void {
  // unshare itself does not hand the signal on.
  const [tini] = readFileSync(`/proc/${engine.pid}/task/${engine.pid}/children`, 'utf8')
    .trim()
    .split(' ');
  process.kill(Number(tini), signal);
}
const hasEnded = () => engine.exitCode !== null || engine.signalCode !== null;

process.on('SIGTERM', () => {
  stopping = true;
  const end = () => {
    registry.kill();
    process.exit(0);
  };
  if (hasEnded()) return end();
  engine.on('exit', end);
  stopDockerd('SIGTERM');
});
process.on('SIGUSR2', () => {
  const start = () => {
    halted = false;
    engine = startDockerd();
  };
  if (!halted) {
    halted = true;
    stopDockerd('SIGTERM');
  } else if (hasEnded()) start();
  else engine.once('exit', start);
});
process.on('SIGPWR', () => {
  halted = true;
  // What would lie in /run goes with the power: numbers of processes, which may be other ones' later.
  engine.once('exit', () => {
    for (const name of ['dockerd.pid', 'exec'])
      rmSync(join(dir, name), { recursive: true, force: true });
  });
  stopDockerd('SIGKILL');
});

const [host = '', port = ''] = registryAddress.split(':');
await Promise.all([
  answers({ socketPath: socket, path: '/_ping' }),
  answers({ host, port: Number(port), path: '/v2/' }),
]);
// The engine has made the bridge that the edge listens on.
await startVendorSide(controlSocketOf(dir));
process.stdout.write('ready\n');

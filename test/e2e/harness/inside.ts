import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { operator, type RunningEngine } from './engine.ts';

/** Who runs a command: root, or someone whose only right is the Docker socket's group. */
export type Account = 'root' | 'operator';

export interface Inside {
  readonly as?: Account;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Bytes for stdin, which is closed afterwards. Default: nothing. */
  readonly input?: string;
  /**
   * File that receives one line for every program the command starts, itself included, with argv and
   * environment in full (strace). The child's pid is then strace's.
   */
  readonly traced?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function homeOf(engine: RunningEngine, account: Account): string {
  return join(engine.dir, 'home', account);
}

/** The environment of an operator's login on the engine's machine: nothing of this process's own. */
export function environmentOf(engine: RunningEngine, account: Account): Record<string, string> {
  const { path, dockerConfig } = engine.flavour;
  return {
    PATH: [...path, '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'].join(':'),
    HOME: homeOf(engine, account),
    USER: account,
    LANG: 'C.UTF-8',
    DOCKER_HOST: `unix://${engine.socket}`,
    ...(dockerConfig ? { DOCKER_CONFIG: dockerConfig } : {}),
  };
}

/**
 * The whole command line that runs a command in the engine's network and with its /etc/hosts. No
 * wrapper stays in between: every program of it executes the next one.
 */
export function insideArgv(
  engine: RunningEngine,
  argv: readonly string[],
  options: Pick<Inside, 'as' | 'cwd' | 'traced'> = {},
): readonly string[] {
  const account = options.as ?? 'root';
  const identity =
    account === 'root'
      ? ['--reuid', '0', '--regid', '0', '--clear-groups']
      : [
          '--reuid',
          `${operator}`,
          '--regid',
          `${operator}`,
          '--groups',
          `${statSync(engine.socket).gid}`,
        ];
  const trace = options.traced
    ? [
        'strace',
        '-f',
        '-qq',
        '--seccomp-bpf',
        '-e',
        'trace=execve',
        '-v',
        '-s',
        '262144',
        '-o',
        options.traced,
      ]
    : [];
  const cwd = options.cwd ?? homeOf(engine, account);
  return [
    ...['nsenter', '--target', `${engine.keeper}`, '--net', '--mount', `--wdns=${cwd}`],
    ...[...trace, 'setpriv', '--pdeathsig', 'KILL', ...identity, ...argv],
  ];
}

/** Starts a command as `insideArgv` says: the child's pid is the command's own, so signals reach it. */
export function startInside(
  engine: RunningEngine,
  argv: readonly string[],
  options: Inside = {},
): ChildProcess {
  const [file = '', ...args] = insideArgv(engine, argv, options);
  const env = { ...environmentOf(engine, options.as ?? 'root'), ...options.env };
  const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  // A command may end without reading what it is given.
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.input ?? '');
  return child;
}

/** Runs a command to its end; never throws for how it ended. */
export async function inside(
  engine: RunningEngine,
  argv: readonly string[],
  options: Inside = {},
): Promise<Ended> {
  const child = startInside(engine, argv, options);
  if (!child.stdout || !child.stderr) throw new Error('no pipes');
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code, signal, stdout, stderr };
}

/** Runs a command that must succeed and returns its stdout without the final newline. */
export async function output(
  engine: RunningEngine,
  argv: readonly string[],
  options: Inside = {},
): Promise<string> {
  const ended = await inside(engine, argv, options);
  if (ended.code !== 0)
    throw new Error(
      `${argv.join(' ')} ended with ${ended.signal ?? ended.code}:\n${ended.stderr}${ended.stdout}`,
    );
  return ended.stdout.trimEnd();
}

/** The installed program's command line: Node and the bundle, where every account can read them (setup.ts). */
export function program(engine: RunningEngine): readonly string[] {
  const installed = join(engine.dir, '../program');
  return [join(installed, 'node'), join(installed, 'dist/main.js')];
}

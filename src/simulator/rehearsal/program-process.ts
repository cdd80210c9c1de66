import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { LogLine } from '../../ports/engine.ts';
import {
  lifelineVariable,
  type RehearsalSettings,
  settingsToEnvironment,
} from '../container/settings.ts';

export interface ProgramStart {
  /** Node and the program's file. */
  readonly node: string;
  readonly file: string;
  readonly args: readonly string[];
  /** What the Compose file gives; our settings are added, nothing else. */
  readonly environment: Readonly<Record<string, string>>;
  readonly settings: RehearsalSettings;
  readonly onLine: (stream: LogLine['stream'], text: string) => void;
}

/** A simulated program in a process of its own. It dies with us, however we go: see lifeline.ts. */
export interface ProgramProcess {
  /** Exit code once its output is complete; 128 + n for signal n, 127 if it could not be started. */
  readonly exit: Promise<number>;
  /** SIGTERM, then SIGKILL after `grace` ms. */
  stop(grace: number): Promise<number>;
}

export function startProgram({
  node,
  file,
  args,
  environment,
  settings,
  onLine,
}: ProgramStart): ProgramProcess {
  // A session of its own: Ctrl-C in the operator's terminal is for us to handle.
  const child = spawn(node, [file, ...args], {
    cwd: '/',
    env: { ...environment, ...settingsToEnvironment(settings), [lifelineVariable]: 'stdin' },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdin.on('error', () => undefined);
  for (const stream of ['stdout', 'stderr'] as const) {
    createInterface({ input: child[stream], crlfDelay: Number.POSITIVE_INFINITY }).on(
      'line',
      (text) => onLine(stream, text),
    );
  }
  const exit = exitOf(child);
  return {
    exit,
    stop: async (grace) => {
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), grace);
      try {
        return await exit;
      } finally {
        clearTimeout(kill);
      }
    },
  };
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (code, signal) =>
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)),
    );
  });
}

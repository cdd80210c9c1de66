import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
} from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { inject } from 'vitest';
import type { FlowEvent } from '../../src/runner/events.ts';

export interface RunOptions {
  /** On top of PATH, HOME and TMPDIR. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Standard input; empty without. */
  readonly input?: string;
  /** argv put before the program's, such as `setpriv … --`. */
  readonly prefix?: readonly string[];
  /** Called for every event as it arrives, with the process, so that a test can end it there. */
  readonly onEvent?: (event: FlowEvent, child: ChildProcess) => void;
}

/** A run of the program that has ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of stdout that are whole JSON objects. */
  readonly events: readonly FlowEvent[];
}

type Finish = Extract<FlowEvent, { type: 'flow.finished' }>;

/** The last event, which every run that was not killed ends in. */
export function finishOf({ events, stdout, stderr }: Ended): Finish {
  const last = events.at(-1);
  if (last?.type !== 'flow.finished') throw new Error(`no flow.finished in:\n${stdout}\n${stderr}`);
  return last;
}

export function eventsOf<T extends FlowEvent['type']>(
  { events }: Ended,
  type: T,
): readonly Extract<FlowEvent, { type: T }>[] {
  return events.filter((event): event is Extract<FlowEvent, { type: T }> => event.type === type);
}

/** True for a step's `step.started` or `step.finished`. */
export function isAt(event: FlowEvent, type: string, step: string): boolean {
  return event.type === type && 'step' in event && event.step === step;
}

/** What went wrong, for the message of a failing expectation. */
export function storyOf({ code, signal, events, stdout, stderr }: Ended): string {
  const last = events.at(-1);
  const told = last?.type === 'flow.finished' ? JSON.stringify(last, null, 1) : stdout.slice(-1500);
  return `exit ${code ?? signal}\n${told}\n${stderr}`;
}

/** The plan's lines that are not `keep`, as `action what`. */
export function workOf(ended: Ended): readonly string[] {
  const [plan] = eventsOf(ended, 'plan');
  if (!plan) throw new Error(`no plan in:\n${ended.stdout}\n${ended.stderr}`);
  return plan.changes
    .filter(({ action }) => action !== 'keep')
    .map(({ action, what }) => `${action} ${what}`);
}

/** A place of its own for runs of the built program: home, temporary folder, working directory. */
export class Session implements AsyncDisposable {
  readonly root: string;
  readonly home: string;
  readonly tmp: string;
  /** Where runs stand unless told otherwise. */
  readonly cwd: string;
  readonly main = join(inject('program'), 'dist/main.js');
  readonly #node = join(inject('program'), 'node');

  constructor() {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), 'mcpt-session-')));
    const [home, tmp, cwd] = ['home', 'tmp', 'here'].map((name) => {
      mkdirSync(join(this.root, name));
      return join(this.root, name);
    });
    this.home = home ?? '';
    this.tmp = tmp ?? '';
    this.cwd = cwd ?? '';
  }

  /** Where `--dir mcp-tunnel` leads to. */
  get dir(): string {
    return join(this.cwd, 'mcp-tunnel');
  }

  /** argv of the program, for a shell or another wrapper. */
  argv(args: readonly string[]): readonly string[] {
    return [this.#node, this.main, ...args];
  }

  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: this.home, TMPDIR: this.tmp, ...more };
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return this.execute(this.argv(args), options);
  }

  /** `rehearse install --json --dir mcp-tunnel` and more. */
  rehearse(args: readonly string[] = ['--yes'], options: RunOptions = {}): Promise<Ended> {
    return this.run(['rehearse', 'install', '--json', '--dir', this.dir, ...args], options);
  }

  /** As `rehearse`, and it must end done. */
  async rehearsed(args: readonly string[] = [], options: RunOptions = {}): Promise<Ended> {
    const ended = await this.rehearse(['--yes', ...args], options);
    if (ended.code !== 0) throw new Error(storyOf(ended));
    return ended;
  }

  execute(argv: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const [file = '', ...args] = [...(options.prefix ?? []), ...argv];
    const child = spawn(file, args, {
      cwd: options.cwd ?? this.cwd,
      env: this.environment(options.env),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { onEvent } = options;
    let [stdout, stderr, seen] = ['', '', 0];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      const whole = stdout.lastIndexOf('\n') + 1;
      if (!onEvent || whole === seen) return;
      const lines = stdout.slice(seen, whole);
      seen = whole;
      for (const event of eventsIn(lines)) onEvent(event, child);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    // A program that does not read its input closes it early.
    child.stdin.on('error', () => undefined).end(options.input ?? '');
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) =>
        resolve({ code, signal, stdout, stderr, events: eventsIn(stdout) }),
      );
    });
  }

  /** Processes that this session's runs have left: they carry its folder in argv or environment. */
  processes(): readonly string[] {
    return readdirSync('/proc').flatMap((pid) => {
      if (!/^\d+$/u.test(pid)) return [];
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        return `${command}\0${environment}`.includes(this.root) ? [`${pid} ${command}`] : [];
      } catch {
        return [];
      }
    });
  }

  /** Waits until none is left; the test's time limit ends the wait. */
  async noProcesses(): Promise<void> {
    while (this.processes().length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Lets another account work below this session's folder. */
  async openToAll(): Promise<void> {
    for (const path of [this.root, this.home, this.tmp, this.cwd]) await chmod(path, 0o777);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

function eventsIn(stdout: string): readonly FlowEvent[] {
  return stdout.split('\n').flatMap((line) => {
    if (!line.startsWith('{') || !line.endsWith('}')) return [];
    return [JSON.parse(line) as FlowEvent];
  });
}

/** A tree's paths, each with mode, owner, digest of its bytes and, for files, time of change. */
export type Tree = Readonly<Record<string, string>>;

function describePath(path: string, timeless: boolean): string {
  const stat = lstatSync(path);
  const head = `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid}`;
  if (stat.isDirectory()) return head;
  if (stat.isSymbolicLink()) return `${head} -> ${readlinkSync(path)}`;
  const digest = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
  return `${head} ${digest}${timeless ? '' : ` ${stat.ctimeMs}`}`;
}

/** Every path below a folder. Of the rehearsal's own notes the bytes count, not the time. */
export function treeOf(dir: string): Tree {
  const paths = readdirSync(dir, { recursive: true, withFileTypes: true })
    .map(({ parentPath, name }) => relative(dir, join(parentPath, name)))
    .sort();
  return Object.fromEntries(
    ['.', ...paths].map((path) => [
      path,
      describePath(join(dir, path), path.includes('.mcp-tunnel/rehearsal')),
    ]),
  );
}

/** A deployment without its journal and without what the rehearsal remembers of vendor and engine. */
export function deploymentOf(dir: string): Tree {
  return Object.fromEntries(
    Object.entries(treeOf(dir)).filter(
      ([path]) => !/^\.mcp-tunnel\/(?:rehearsal|journal\.jsonl)/u.test(path),
    ),
  );
}

/** `mode path` of every path. */
export function modesOf(tree: Tree): readonly string[] {
  return Object.entries(tree).map(([path, text]) => `${text.split(' ')[0]} ${path}`);
}

/** Temporary files of atomic writes and locks that a killed run may leave. */
export function leftOvers(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true })
    .map(String)
    .filter((path) => /\.tmp-|\.stale-|mcp-tunnel-owned|\/lock\.|\.json\.\d/u.test(path));
}

/** Text of a file of the deployment. */
export function textOf(dir: string, path: string): string {
  return readFileSync(join(dir, path), 'utf8');
}

import { once } from 'node:events';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import type { FlowEvent } from '../../../src/runner/events.ts';
import { apiUrl } from './addresses.ts';
import type { RunningEngine } from './engine.ts';
import {
  type Account,
  type Ended,
  homeOf,
  type Inside,
  output,
  program,
  startInside,
} from './inside.ts';
import type { Stand } from './on-each-engine.ts';
import { vendorOf } from './vendor-client.ts';
import type { ConsoleTunnel } from './vendor-side.ts';

/** One deployment on one engine: its tunnel, its directory, and the program pointed at both. */
export interface Installation {
  readonly tunnel: ConsoleTunnel;
  readonly dir: string;
  readonly account: Account;
  /** argv of `install` with everything but consent. */
  readonly argv: readonly string[];
  install(more?: readonly string[], options?: InstallOptions): Promise<Installed>;
  /** Another command on this deployment, as JSON: its name and flags. */
  command(args: readonly string[], options?: InstallOptions): Promise<Installed>;
  /**
   * Runs `install` and kills the program (SIGKILL) as soon as an event that matches is read. The
   * result's `signal` says whether it came to that.
   */
  killedAt(matches: (event: FlowEvent) => boolean, more?: readonly string[]): Promise<Installed>;
  /** Its containers with what they say of themselves (`docker inspect`). */
  containers(): Promise<readonly InspectedContainer[]>;
  /** Containers, networks and the directory's parent, whatever state they are in. */
  remove(): Promise<void>;
}

export interface InstallOptions extends Inside {
  /** Called for each event of the JSON surface while the program runs. */
  readonly onEvent?: (event: FlowEvent, pid: number) => void;
  /** Programs with arguments that end by executing what follows, such as `sh -c 'umask 077; exec "$@"' sh`. */
  readonly through?: readonly string[];
}

/** What is used here of `docker inspect`. */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly State: { readonly Status: string; readonly StartedAt: string; readonly Pid: number };
  readonly Config: {
    readonly Env: readonly string[];
    readonly User: string;
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Source: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
}

/** The Compose service a container belongs to. */
export function serviceOf(container: InspectedContainer): string {
  return container.Config.Labels['com.docker.compose.service'] ?? '';
}

export interface Installed extends Ended {
  readonly events: readonly FlowEvent[];
}

/** The events in a JSON surface's output; a last line torn by a kill is left out. */
export function eventsIn(stdout: string): readonly FlowEvent[] {
  const whole = stdout.split('\n').slice(0, -1);
  return whole.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as FlowEvent] : []));
}

/** The last event, which every run that was not killed ends in. */
export function finishOf({
  events,
  stdout,
  stderr,
}: Installed): Extract<FlowEvent, { type: 'flow.finished' }> {
  const last = events.at(-1);
  if (last?.type !== 'flow.finished') throw new Error(`no flow.finished in:\n${stdout}\n${stderr}`);
  return last;
}

export function eventsOf<T extends FlowEvent['type']>(
  installed: Installed,
  type: T,
): readonly Extract<FlowEvent, { type: T }>[] {
  return installed.events.filter(
    (event): event is Extract<FlowEvent, { type: T }> => event.type === type,
  );
}

/** A fresh tunnel and directory for `account`; nothing is installed yet. */
export async function prepareInstallation(
  { engine, images }: Stand,
  account: Account,
  name: string,
  folder = 'mcp-tunnel',
): Promise<Installation> {
  const tunnel = await vendorOf(engine).createTunnel();
  const dir = join(homeOf(engine, account), name, folder);
  await output(engine, ['mkdir', '-p', join(dir, '..')], { as: account });
  const argv = [
    ...program(engine),
    'install',
    ...['--dir', dir, '--domain', tunnel.domain, '--token-stdin', '--json', '--api-url', apiUrl],
    ...[
      '--image',
      `proxy=${images.proxy}`,
      '--image',
      `cloudflared=${images.cloudflared}`,
      '--image',
      `sample=${images.sample}`,
    ],
  ];
  return {
    tunnel,
    dir,
    account,
    argv,
    async install(more = ['--yes'], options = {}) {
      const { through = [], onEvent, ...rest } = options;
      return runInstall(
        engine,
        [...through, ...argv, ...more],
        { input: `${tunnel.token}\n`, as: account, ...rest },
        onEvent,
      );
    },
    async command([name = '', ...args], options = {}) {
      const { through = [], onEvent, ...rest } = options;
      const own = ['--dir', dir, '--json', '--api-url', apiUrl];
      const whole = [...through, ...program(engine), name, ...own, ...args];
      return runInstall(engine, whole, { as: account, ...rest }, onEvent);
    },
    async killedAt(matches, more = ['--yes']) {
      return runInstall(
        engine,
        [...argv, ...more],
        { input: `${tunnel.token}\n`, as: account },
        (event, pid) => {
          if (matches(event)) process.kill(pid, 'SIGKILL');
        },
      );
    },
    containers: () => containersOf(engine, dir),
    async remove() {
      const containers = await containersOf(engine, dir);
      const projects = new Set(
        containers.map(({ Config: { Labels } }) => Labels['com.docker.compose.project'] ?? ''),
      );
      if (containers.length > 0)
        await output(engine, ['docker', 'rm', '-f', ...containers.map(({ Id }) => Id)]);
      for (const project of projects) {
        const label = `label=com.docker.compose.project=${project}`;
        const networks = await output(engine, ['docker', 'network', 'ls', '-q', '--filter', label]);
        if (networks) await output(engine, ['docker', 'network', 'rm', ...networks.split('\n')]);
      }
      await rm(dirname(dir), { recursive: true, force: true });
    },
  };
}

/** Runs the program to its end, whatever that is, and tells of its events meanwhile. */
async function runInstall(
  engine: RunningEngine,
  argv: readonly string[],
  options: Inside,
  onEvent: InstallOptions['onEvent'],
): Promise<Installed> {
  const child = startInside(engine, argv, options);
  const { stdout, stderr, pid } = child;
  if (!stdout || !stderr || pid === undefined) throw new Error('no pipes');
  let told = 0;
  let said = '';
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
    const whole = said.lastIndexOf('\n') + 1;
    for (const event of eventsIn(said.slice(told, whole))) onEvent?.(event, pid);
    told = whole;
  });
  const [errors, [code, signal]] = await Promise.all([
    text(stderr),
    once(child, 'exit'),
    once(stdout, 'end'),
  ]);
  return { code, signal, stdout: said, stderr: errors, events: eventsIn(said) };
}

async function containersOf(
  engine: RunningEngine,
  dir: string,
): Promise<readonly InspectedContainer[]> {
  const label = `label=com.docker.compose.project.working_dir=${dir}`;
  const ids = await output(engine, ['docker', 'ps', '-aq', '--filter', label]);
  if (ids === '') return [];
  return JSON.parse(await output(engine, ['docker', 'inspect', ...ids.split('\n')]));
}

/** What one path is: for comparing a deployment before and after. */
export interface PathState {
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Bytes as base64; undefined for a folder. */
  readonly content: string | undefined;
  readonly changed: number;
}

/** Every path of the deployment but the journal, whose purpose is to grow. */
export async function deploymentState(dir: string): Promise<Readonly<Record<string, PathState>>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const states = await Promise.all(
    [dir, ...entries.map((entry) => join(entry.parentPath, entry.name))].map(async (path) => {
      const { mode, uid, gid, ctimeMs } = await stat(path);
      const isFolder = (mode & 0o170000) === 0o040000;
      const state: PathState = {
        mode: (mode & 0o7777).toString(8),
        uid,
        gid,
        content: isFolder ? undefined : (await readFile(path)).toString('base64'),
        changed: isFolder ? 0 : ctimeMs,
      };
      return [relative(dir, path) || '.', state] as const;
    }),
  );
  return Object.fromEntries(
    states.filter(([path]) => !path.endsWith('journal.jsonl')).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

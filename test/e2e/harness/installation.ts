import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { FlowEvent } from '../../../src/runner/events.ts';
import { apiUrl } from './addresses.ts';
import { type Account, type Ended, homeOf, type Inside, inside, program } from './inside.ts';
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
  install(more?: readonly string[], options?: Omit<Inside, 'as'>): Promise<Installed>;
}

export interface Installed extends Ended {
  readonly events: readonly FlowEvent[];
}

/** The events in a JSON surface's output; a last line torn by a kill is left out. */
export function eventsIn(stdout: string): readonly FlowEvent[] {
  return stdout.split('\n').flatMap((line) => {
    if (!line.startsWith('{') || !line.endsWith('}')) return [];
    return [JSON.parse(line) as FlowEvent];
  });
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
): Promise<Installation> {
  const tunnel = await vendorOf(engine).createTunnel();
  const dir = join(homeOf(engine, account), name, 'mcp-tunnel');
  await inside(engine, ['mkdir', '-p', join(dir, '..')], { as: account });
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
      const ended = await inside(engine, [...argv, ...more], {
        input: `${tunnel.token}\n`,
        ...options,
        as: account,
      });
      return { ...ended, events: eventsIn(ended.stdout) };
    },
  };
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

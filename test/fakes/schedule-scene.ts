import { chownSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemFiles } from '../../src/adapters/system-files.ts';
import { deploymentAt } from '../../src/domain/deployment.ts';
import { Failure } from '../../src/domain/failure.ts';
import type { Account, SchedulerFacts } from '../../src/domain/schedule.ts';
import { switchOffFlow, switchOnFlow } from '../../src/flows/schedule.ts';
import { showSchedule } from '../../src/flows/show-schedule.ts';
import type { InstalledProgram, ProgramStore } from '../../src/ports/program-store.ts';
import type { Scheduler } from '../../src/ports/scheduler.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { runFlow } from '../../src/runner/run-flow.ts';
import { RehearsalScheduler } from '../../src/simulator/rehearsal-scheduler.ts';
import type { SchedulePorts, ScheduleSettings } from '../../src/steps/schedule/ports.ts';
import { ScriptedEngine } from './scripted-engine.ts';
import { VirtualClock } from './virtual-clock.ts';

const noCertificates = () => {
  throw new Error('not a certificate');
};

/** A host with a deployment, a pretend root for its own files, and a systemd or cron as a test wants it. */
export class ScheduleScene implements AsyncDisposable {
  readonly place = realpathSync(mkdtempSync(join(tmpdir(), 'schedule-scene-')));
  readonly root = join(this.place, 'root');
  readonly dir = join(this.place, 'srv/mcp-tunnel');
  readonly clock = new VirtualClock();
  readonly engine = new ScriptedEngine(this.clock);
  /** Who types the command, and who owns the deployment. */
  uid = 0;
  account: Account = { uid: 0, gid: 0, name: 'root', home: '/root' };
  facts: SchedulerFacts = {
    systemd: true,
    userManager: false,
    cronFolder: false,
    crontab: undefined,
    flock: '/usr/bin/flock',
    logger: '/usr/bin/logger',
  };
  /** Commands that were carried out, but looks. */
  readonly commands: string[] = [];
  /** What a command that begins so says instead of being carried out. */
  readonly refusals = new Map<string, string>();
  crontab: string | undefined;
  program = {
    folder: '/opt/mcp-tunnel',
    node: '/opt/mcp-tunnel/runtime/node',
    version: '0.1.0',
    hash: '0123456789abcdef'.repeat(4),
  };
  readonly copies = new Map<string, InstalledProgram>();
  readonly given: string[] = [];
  settings: ScheduleSettings = {
    toolVersion: '0.1.0',
    self: ['mcp-tunnel'],
    rehearsal: true,
    tmpdir: undefined,
    dockerConfig: undefined,
  };

  constructor() {
    mkdirSync(join(this.dir, '.mcp-tunnel'), { recursive: true });
    mkdirSync(join(this.dir, 'data'));
    mkdirSync(this.root);
    writeFileSync(join(this.dir, 'docker-compose.yaml'), 'services: {}\n');
    writeFileSync(join(this.dir, 'data/ca.key'), 'a key');
  }

  /** An operator of this machine, who types the commands and owns the deployment. */
  asOperator(): void {
    this.uid = 1000;
    this.account = { uid: 1000, gid: 1000, name: 'operator', home: '/home/operator' };
    this.facts = { ...this.facts, userManager: true };
  }

  /** Root types the commands for a deployment of the operator’s. Only root can play this. */
  asRootForOperator(): void {
    this.asOperator();
    this.uid = 0;
    this.facts = { ...this.facts, userManager: false };
    chownSync(this.dir, 1000, 1000);
  }

  #scheduler(): Scheduler {
    const systemd = new RehearsalScheduler({ root: this.root, account: this.account });
    return {
      root: this.root,
      facts: async () => this.facts,
      account: async (uid) => (uid === this.account.uid ? this.account : undefined),
      group: async () => 'docker',
      give: async (path, { uid }) => void this.given.push(`${path.slice(this.dir.length)} ${uid}`),
      command: async (argv, input) => {
        const typed = argv.join(' ');
        const refusal = [...this.refusals].find(([start]) => typed.startsWith(start))?.[1];
        if (!/ show(?:-user)? | -l$/u.test(typed)) this.commands.push(typed);
        if (refusal !== undefined)
          throw new Failure('schedule-failed', `${argv[0]} refused.`, { found: refusal });
        if (argv[0] !== 'crontab') return systemd.command(argv);
        if (argv.at(-1) !== '-l') {
          this.crontab = input;
          return '';
        }
        if (this.crontab === undefined)
          throw new Failure('schedule-failed', 'refused', { found: 'no crontab for operator' });
        return this.crontab;
      },
    };
  }

  #programs(): ProgramStore {
    return {
      running: async () => this.program,
      installed: async (folder) => this.copies.get(folder),
      install: async (folder, { withNode }) =>
        void this.copies.set(folder, { hash: this.program.hash, hasNode: withNode }),
      remove: async (folder) => void this.copies.delete(folder),
    };
  }

  get ports(): SchedulePorts {
    return {
      files: systemFiles,
      engine: this.engine,
      certificates: {
        ...{ issueCa: noCertificates, issueServer: noCertificates, read: noCertificates },
        ...{ matches: noCertificates, isSignedBy: noCertificates },
        ...{ decryptKey: noCertificates, encryptKey: noCertificates },
      },
      clock: this.clock,
      locks: {
        holder: async () => undefined,
        acquire: async () => ({ release: async () => undefined }),
      },
      host: {
        uid: this.uid,
        gid: this.account.gid,
        username: 'who',
        hostname: 'vm-7',
        platform: 'linux',
        addresses: () => [],
        which: async () => undefined,
      },
      scheduler: this.#scheduler(),
      programs: this.#programs(),
    };
  }

  async run(verb: 'on' | 'off', options: { dryRun?: boolean } = {}): Promise<readonly FlowEvent[]> {
    const deployment = deploymentAt(this.dir);
    const flow = verb === 'on' ? switchOnFlow : switchOffFlow;
    return Array.fromAsync(
      runFlow({
        flow: flow(deployment, this.settings),
        answers: {},
        ports: this.ports,
        place: deployment,
        runId: 'run-1',
        version: '0.1.0',
        user: 'who',
        consent: async () => true,
        dryRun: options.dryRun ?? false,
        signal: new AbortController().signal,
        secrets: [],
      }),
    );
  }

  show(): Promise<readonly FlowEvent[]> {
    return Array.fromAsync(
      showSchedule({ dir: this.dir, ports: this.ports, self: ['mcp-tunnel'] }),
    );
  }

  /** A file of the host. */
  async read(path: string): Promise<string | undefined> {
    return readFile(join(this.root, path), 'utf8').catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.place, { recursive: true, force: true });
  }
}

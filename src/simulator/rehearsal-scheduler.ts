import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../domain/failure.ts';
import { isRecord } from '../domain/plain-data.ts';
import type { Account, SchedulerFacts } from '../domain/schedule.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { readJson, writeJson } from './json-file.ts';

/** What the pretend systemd remembers. */
interface Remembered {
  readonly enabled: readonly string[];
  /** When each unit that is active was started, ISO 8601. */
  readonly active: Readonly<Record<string, string>>;
  readonly linger: boolean;
}

export interface RehearsedHost {
  /** Pretend root of the host's filesystem. */
  readonly root: string;
  readonly account: Account;
}

const facts: SchedulerFacts = {
  systemd: true,
  userManager: true,
  cronFolder: false,
  crontab: undefined,
  flock: undefined,
  logger: undefined,
};

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** A systemd that notes what it is told, and starts nothing: no program outlives a rehearsal. */
export class RehearsalScheduler implements Scheduler {
  readonly root: string;
  readonly #account: Account;
  readonly #file: string;

  constructor({ root, account }: RehearsedHost) {
    this.root = root;
    this.#account = account;
    this.#file = join(root, 'systemd.json');
  }

  async facts(): Promise<SchedulerFacts> {
    return facts;
  }

  async account(uid: number): Promise<Account | undefined> {
    return uid === this.#account.uid ? this.#account : undefined;
  }

  async group(): Promise<string> {
    return 'docker';
  }

  async give(): Promise<void> {
    // Nobody else is there to have it.
  }

  async command(argv: readonly string[]): Promise<string> {
    const [program, ...words] = argv.filter((word) => !word.startsWith('-'));
    const [verb = '', ...names] = words;
    const before = this.#read();
    if (program === 'loginctl' && verb === 'show-user')
      return `Linger=${before.linger ? 'yes' : 'no'}\n`;
    if (program === 'loginctl') {
      this.#write({ ...before, linger: verb === 'enable-linger' });
      return '';
    }
    if (program !== 'systemctl') throw this.#refused(argv, 'not part of a rehearsal');
    const missing = names.find((name) => verb !== 'show' && !this.#unit(name));
    if (missing !== undefined) throw this.#refused(argv, `Unit file ${missing} does not exist.`);
    const now = new Date().toISOString();
    const started = Object.fromEntries(names.map((name) => [name, now]));
    const others = Object.entries(before.active).filter(([name]) => !names.includes(name));
    switch (verb) {
      case 'enable':
        this.#write({
          ...before,
          enabled: [...new Set([...before.enabled, ...names])],
          active: { ...started, ...before.active },
        });
        return '';
      case 'disable':
        this.#write({
          ...before,
          enabled: before.enabled.filter((name) => !names.includes(name)),
          active: Object.fromEntries(others),
        });
        return '';
      case 'restart':
        this.#write({ ...before, active: { ...before.active, ...started } });
        return '';
      case 'show':
        return names.map((name) => this.#show(name, before)).join('\n');
      default:
        return '';
    }
  }

  #show(name: string, { enabled, active }: Remembered): string {
    const text = this.#unit(name);
    const since = active[name];
    const time = /^OnCalendar=.* (\d\d:\d\d):00$/mu.exec(text ?? '')?.[1];
    const isTimer = time !== undefined && since !== undefined;
    return Object.entries({
      Id: name,
      LoadState: text === undefined ? 'not-found' : 'loaded',
      ActiveState: since === undefined ? 'inactive' : 'active',
      Result: 'success',
      UnitFileState: enabled.includes(name) ? 'enabled' : text === undefined ? '' : 'disabled',
      NeedDaemonReload: 'no',
      ExecMainStatus: '0',
      ExecMainStartTimestamp: since === undefined || isTimer ? '' : stamp(new Date(since)),
      NextElapseUSecRealtime: isTimer ? stamp(nextAt(time)) : '',
    })
      .map(([key, value]) => `${key}=${value}\n`)
      .join('');
  }

  #unit(name: string): string | undefined {
    const folders = ['/etc/systemd/system', `${this.#account.home}/.config/systemd/user`];
    const path = folders.map((folder) => join(this.root, folder, name)).find(existsSync);
    return path === undefined ? undefined : readFileSync(path, 'utf8');
  }

  #refused(argv: readonly string[], found: string): Failure {
    const summary = `${argv[0]} did not do what was asked.`;
    return new Failure('schedule-failed', summary, { found, nextSteps: [argv.join(' ')] });
  }

  #read(): Remembered {
    const found = readJson(this.#file);
    const said = isRecord(found) ? found : {};
    const active = isRecord(said['active']) ? said['active'] : {};
    return {
      enabled: texts(said['enabled']),
      active: Object.fromEntries(Object.entries(active).map(([name, at]) => [name, String(at)])),
      linger: said['linger'] === true,
    };
  }

  #write(state: Remembered): void {
    writeJson(this.#file, state);
  }
}

/** As systemctl prints a time with TZ=UTC and LC_ALL=C. */
function stamp(at: Date): string {
  const day = at.toUTCString().slice(0, 3);
  return `${day} ${at.toISOString().slice(0, 10)} ${at.toISOString().slice(11, 19)} UTC`;
}

function nextAt(time: string): Date {
  const today = new Date(`${new Date().toISOString().slice(0, 10)}T${time}:00Z`);
  return today.getTime() > Date.now() ? today : new Date(today.getTime() + 86_400_000);
}

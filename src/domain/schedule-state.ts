import { isRecord } from './plain-data.ts';
import { type Manager, shortHash, unitNames } from './schedule.ts';
import type { ScheduleRecord } from './schedule-record.ts';
import { dayOf, minuteOf } from './status-item.ts';

/** How the last renewal that a scheduler started has ended. */
export interface RenewalOutcome {
  readonly at: Date;
  /** The program’s exit code. */
  readonly code: number;
  /** What went wrong, in words. */
  readonly summary?: string;
}

/** What `schedule on` has set up, and what it does. */
export interface ObservedSchedule {
  readonly manager: Manager;
  readonly account: string;
  readonly files: readonly string[];
  readonly program: ScheduleRecord['program'];
  /** The copy it runs from against what was installed, and against the program that looks. */
  readonly copy: 'same' | 'other' | 'damaged' | 'missing';
  readonly watch: 'running' | 'failing' | 'stopped' | 'unknown';
  /** Whether the renewal is tried each day; of cron that is not known. */
  readonly renewal: 'on' | 'off' | 'unknown';
  /** When it is tried next. */
  readonly next?: Date;
  /** False if a user’s units end with the last login. */
  readonly lingers?: boolean;
}

/** Everything that looks after a deployment by itself. */
export interface ScheduleReport {
  /** Undefined if nothing is set up. */
  readonly schedule: ObservedSchedule | undefined;
  /** The process that watches right now, whoever started it. */
  readonly watcher: { readonly pid: number; readonly since: string } | undefined;
  readonly lastRenewal: RenewalOutcome | undefined;
}

export function renewalNote({ at, code, summary }: RenewalOutcome): string {
  const note = { at: at.toISOString(), code, ...(summary === undefined ? {} : { summary }) };
  return `${JSON.stringify(note)}\n`;
}

/** Undefined for a note that is not there or damaged. Never throws. */
export function readRenewalNote(text: string | undefined): RenewalOutcome | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (!isRecord(value) || typeof value['code'] !== 'number') return undefined;
    const at = new Date(String(value['at']));
    if (Number.isNaN(at.getTime())) return undefined;
    const { code, summary } = value;
    return { at, code, ...(typeof summary === 'string' ? { summary } : {}) };
  } catch {
    return undefined;
  }
}

/** Something that a person has to mend, and how. */
export interface ScheduleTrouble {
  readonly what: string;
  readonly fix: string;
}

/** systemctl or cron, as a person looks at it. */
function lookCommand({ manager }: ObservedSchedule, unit: string, command: string): string {
  if (manager === 'system')
    return `${command === 'journal' ? 'sudo journalctl -u' : 'systemctl status'} ${unit}`;
  if (manager === 'user')
    return `${command === 'journal' ? 'journalctl --user -u' : 'systemctl --user status'} ${unit}`;
  return `grep ${unit.replace(/-[a-z]+\.service$/u, '')} /var/log/syslog`;
}

/** What is wrong with what is set up; nothing where nothing is. `again` sets it up anew. */
export function scheduleTroubles(
  { schedule, lastRenewal }: ScheduleReport,
  dir: string,
  again: string,
): readonly ScheduleTrouble[] {
  if (!schedule) return [];
  const { watch, renewal, copy, program, lingers, account } = schedule;
  const names = unitNames(dir);
  const gone = { missing: 'is gone', damaged: 'was changed', same: '', other: '' }[copy];
  const code = lastRenewal?.code ?? 0;
  const why =
    lastRenewal?.summary ?? (code === 10 ? 'a person has to look' : 'its exit code says so');
  return [
    ...(gone === '' ? [] : [{ what: `the copy ${program.folder} ${gone}`, fix: again }]),
    ...(watch === 'stopped' ? [{ what: 'the watch does not run', fix: again }] : []),
    ...(watch === 'failing'
      ? [
          {
            what: 'the watch ends again and again',
            fix: lookCommand(schedule, names.watch, 'journal'),
          },
        ]
      : []),
    ...(renewal === 'off' ? [{ what: 'nothing renews the certificate', fix: again }] : []),
    ...(lingers === false
      ? [
          {
            what: `the units of ${account} end with the last login`,
            fix: `sudo loginctl enable-linger ${account}`,
          },
        ]
      : []),
    ...(lastRenewal && code !== 0
      ? [
          {
            what: `the renewal of ${dayOf(lastRenewal.at)} ended with ${code}: ${why}`,
            fix: lookCommand(schedule, names.renewal, 'journal'),
          },
        ]
      : []),
  ];
}

const managerWords: Readonly<Record<Manager, string>> = {
  system: 'systemd',
  user: 'systemd of the user',
  cron: '/etc/cron.d',
  crontab: 'crontab',
};

/** What looks after the deployment, in one line. */
export function describeSchedule({ schedule, watcher, lastRenewal }: ScheduleReport): string {
  if (!schedule) {
    return watcher
      ? `a watch runs, started by hand (process ${watcher.pid}); nothing starts it at boot or renews the certificate`
      : 'nothing is set up: after a crash of the proxy, and when the certificate is due, somebody has to act';
  }
  const { manager, account, watch, next, copy, program } = schedule;
  const state = {
    running: 'the watch runs',
    failing: 'the watch ends again and again',
    stopped: 'the watch does not run',
    unknown: 'not known whether the watch runs',
  }[watch];
  const ended = lastRenewal?.code === 0 ? 'well' : `with ${lastRenewal?.code}`;
  const last = lastRenewal
    ? `renewal last tried ${minuteOf(lastRenewal.at)}, ended ${ended}`
    : 'renewal not tried yet';
  return [
    `${state} (${managerWords[manager]}, as ${account})`,
    next ? `${last}; next ${minuteOf(next)}` : last,
    ...(copy === 'other'
      ? [`it runs ${program.version} (${shortHash(program.hash)}), which is not this program`]
      : []),
  ].join('; ');
}

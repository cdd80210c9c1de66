import { lchown, readFile, stat } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { commandLine } from '../domain/command-line.ts';
import { Failure } from '../domain/failure.ts';
import type { Account } from '../domain/schedule.ts';
import type { Host } from '../ports/host.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { fileFailure } from './file-failure.ts';

/** systemd’s own sign that it runs a host (sd_booted(3)). */
const booted = '/run/systemd/system';
const limitMs = 120_000;

export interface SchedulerSurroundings {
  readonly host: Pick<Host, 'uid' | 'which'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What systemctl and crontab need of the operator's shell; times and words as we read them. */
function environmentOf({ host, environment }: SchedulerSurroundings): Record<string, string> {
  const passed = ['PATH', 'HOME', 'USER', 'LOGNAME', 'DBUS_SESSION_BUS_ADDRESS'] as const;
  const own = passed.flatMap((name) => {
    const value = environment[name];
    return value ? [[name, value] as const] : [];
  });
  return {
    ...Object.fromEntries(own),
    XDG_RUNTIME_DIR: environment['XDG_RUNTIME_DIR'] || `/run/user/${host.uid}`,
    LC_ALL: 'C',
    TZ: 'UTC',
  };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** `name:x:uid:gid:gecos:home:shell`. */
function readAccount(line: string | undefined): Account | undefined {
  const [name, , uid, gid, , home] = line?.trim().split(':') ?? [];
  if (!name || home === undefined || !/^\d+$/u.test(`${uid}${gid}`)) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home };
}

/** systemd, cron and the accounts of this machine. */
export function systemScheduler(around: SchedulerSurroundings): Scheduler {
  const { host } = around;
  const run = async (argv: readonly string[], input?: string) => {
    const { execa } = await import('execa');
    const [file = '', ...args] = argv;
    return execa(file, args, {
      ...{ env: environmentOf(around), extendEnv: false, reject: false, timeout: limitMs },
      ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
      stripFinalNewline: false,
    });
  };
  const works = async (argv: readonly string[]) => (await run(argv)).exitCode === 0;
  /** A line of passwd or group by number, from wherever this host has its users. */
  const entry = async (database: 'passwd' | 'group', id: number): Promise<string | undefined> => {
    if ((await host.which('getent')) !== undefined) {
      const { exitCode, stdout } = await run(['getent', database, String(id)]);
      return exitCode === 0 ? stdout.split('\n')[0] : undefined;
    }
    const text = await readFile(`/etc/${database}`, 'utf8').catch(() => '');
    return text.split('\n').find((line) => line.split(':')[2] === String(id));
  };
  return {
    root: '',
    async facts() {
      const systemd = await isFolder(booted);
      const cron = [await host.which('cron'), await host.which('crond')];
      return {
        systemd,
        userManager:
          systemd &&
          host.uid !== 0 &&
          (await works(['systemctl', '--user', 'show', '--property=Version'])),
        cronFolder: cron.some((path) => path !== undefined) && (await isFolder('/etc/cron.d')),
        crontab: await host.which('crontab'),
        flock: await host.which('flock'),
        logger: await host.which('logger'),
      };
    },
    account: async (uid) => readAccount(await entry('passwd', uid)),
    group: async (gid) => (await entry('group', gid))?.split(':')[0] || String(gid),
    async command(argv, input) {
      const { exitCode, stdout, stderr, code } = await run(argv, input);
      if (exitCode === 0) return stdout;
      const words = stripVTControlCharacters(`${stderr}${stdout}`).trim();
      throw new Failure('schedule-failed', `${argv[0]} did not do what was asked.`, {
        found: words.split('\n').slice(-8).join('\n') || String(code ?? `exit code ${exitCode}`),
        expected: `exit code 0 of ${commandLine(argv)}`,
        nextSteps: [
          commandLine(argv),
          'Mend what it says, then run the same command again: what was done is found and kept.',
        ],
      });
    },
    async give(path, { uid, gid }) {
      try {
        await lchown(path, uid, gid);
      } catch (error) {
        throw fileFailure('write', path, error);
      }
    },
  };
}

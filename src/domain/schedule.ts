import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * Who starts things by itself on a host: systemd for the whole host or for one user, `/etc/cron.d`,
 * or a user's crontab.
 */
export type Manager = 'system' | 'user' | 'cron' | 'crontab';

/** What a scheduler runs the program as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
  readonly home: string;
}

/** What of a host decides who starts things. */
export interface SchedulerFacts {
  /** systemd runs this host. */
  readonly systemd: boolean;
  /** This user's own systemd answers. */
  readonly userManager: boolean;
  /** A cron daemon that reads /etc/cron.d. */
  readonly cronFolder: boolean;
  /** Absolute paths, where these programs are there. */
  readonly crontab: string | undefined;
  readonly flock: string | undefined;
  readonly logger: string | undefined;
}

/** Systemd where it is, cron where it is not; for root the whole host. Undefined if there is neither. */
export function chooseManager(facts: SchedulerFacts, uid: number): Manager | undefined {
  if (facts.systemd) {
    if (uid === 0) return 'system';
    return facts.userManager ? 'user' : undefined;
  }
  if (uid === 0 && facts.cronFolder) return 'cron';
  return facts.crontab === undefined ? undefined : 'crontab';
}

export interface UnitNames {
  readonly watch: string;
  readonly renewal: string;
  readonly timer: string;
}

/** What units and files of a deployment are named after: several may be on one host. */
export function scheduleName(dir: string): string {
  return `mcp-tunnel-${createHash('sha256').update(dir).digest('hex').slice(0, 6)}`;
}

export function unitNames(dir: string): UnitNames {
  const name = scheduleName(dir);
  return {
    watch: `${name}-watch.service`,
    renewal: `${name}-renew.service`,
    timer: `${name}-renew.timer`,
  };
}

/** Absolute folders that a manager reads units from and runs the program from. */
export function schedulePlaces(manager: Manager, { uid, home }: Pick<Account, 'uid' | 'home'>) {
  const own = manager === 'user' || (manager === 'crontab' && uid !== 0);
  return {
    programs: own ? join(home, '.local/lib/mcp-tunnel') : '/usr/local/lib/mcp-tunnel',
    files: {
      system: '/etc/systemd/system',
      user: join(home, '.config/systemd/user'),
      cron: '/etc/cron.d',
      crontab: undefined,
    }[manager],
  };
}

/** Enough of a hash to tell programs apart by. */
const shownHash = 12;

export function shortHash(hash: string): string {
  return hash.slice(0, shownHash);
}

/** Name of the folder of one version of the program: what lies there never changes. */
export function programFolderName(version: string, hash: string): string {
  return `${version}-${shortHash(hash)}`;
}

/** What such a name says; undefined for another one. */
export function readProgramFolderName(
  name: string,
): { readonly version: string; readonly hash: string } | undefined {
  const found = /^(\d[\w.+-]*)-([0-9a-f]{12})$/u.exec(name);
  return found?.[1] !== undefined && found[2] !== undefined
    ? { version: found[1], hash: found[2] }
    : undefined;
}

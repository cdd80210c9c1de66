import type { Account, SchedulerFacts } from '../domain/schedule.ts';
import type { Owner } from './files.ts';

/** Who starts programs by itself on this host: systemd or cron, and the accounts it starts them as. */
export interface Scheduler {
  /** Put before absolute paths of units and programs: empty but in a rehearsal. */
  readonly root: string;
  facts(): Promise<SchedulerFacts>;
  /** Undefined for a user that this host does not know. */
  account(uid: number): Promise<Account | undefined>;
  /** A group's name, or its number where it has none. */
  group(gid: number): Promise<string>;
  /**
   * Runs systemctl, loginctl or crontab, and gives what it prints, in C's words and UTC.
   * @throws Failure `schedule-failed` with its complaint.
   */
  command(argv: readonly string[], input?: string): Promise<string>;
  /** Gives a file or folder to somebody, as only root may. */
  give(path: string, owner: Owner): Promise<void>;
}

import type { Deployment } from '../../domain/deployment.ts';
import type { Account, Manager, SchedulerFacts } from '../../domain/schedule.ts';
import type { ScheduleWanted } from '../../domain/schedule-files.ts';
import type { ScheduleRecord } from '../../domain/schedule-record.ts';
import type { UnitState } from '../../domain/systemd-show.ts';
import type { InstalledProgram, RunningProgram } from '../../ports/program-store.ts';
import type { ObservedFile } from '../planned-file.ts';

/** A file of a scheduler as it must be, and as it is. */
export interface ScheduleFile {
  /** As the host knows it; in a rehearsal it lies below `root`. */
  readonly path: string;
  readonly text: string;
  readonly observed: ObservedFile;
}

/** What is set up for a deployment, by whoever. */
export interface FoundSchedule {
  readonly manager: Manager;
  /** Files of it that are there. */
  readonly files: readonly string[];
}

/** Everything that is looked at before something is set up or taken away. */
export interface ScheduleWorld {
  readonly deployment: Deployment;
  readonly root: string;
  /** Who this process runs as. */
  readonly uid: number;
  readonly facts: SchedulerFacts;
  /** What would be used; undefined where there is neither systemd nor cron for this user. */
  readonly manager: Manager | undefined;
  /** What the units run as. */
  readonly account: Account;
  readonly found: readonly FoundSchedule[];
  readonly running: RunningProgram;
  readonly wanted: ScheduleWanted;
  /** Where the copy belongs, and whether it needs a Node of its own. */
  readonly folder: string;
  readonly withNode: boolean;
  readonly copy: InstalledProgram | undefined;
  readonly files: readonly ScheduleFile[];
  readonly units: readonly UnitState[];
  readonly crontab: string | undefined;
  /** Whether a user's units run without a login; undefined where that does not matter. */
  readonly lingers: boolean | undefined;
  readonly record: ScheduleRecord | undefined;
  readonly recordFile: ObservedFile;
  /** There is a note on how the last scheduled renewal has ended. */
  readonly hasRenewalNote: boolean;
  /** Folders of programs that other deployments on this host use. */
  readonly usedElsewhere: readonly string[];
  /** Owner of the deployment's own files, where that is not who this process runs as. */
  readonly giveTo: { readonly uid: number; readonly gid: number } | undefined;
}

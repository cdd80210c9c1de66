import type { ProgramStore } from '../../ports/program-store.ts';
import type { Scheduler } from '../../ports/scheduler.ts';
import type { InstallPorts } from '../install/ports.ts';

/** What `schedule` works through. */
export type SchedulePorts = Pick<
  InstallPorts,
  'files' | 'engine' | 'certificates' | 'clock' | 'locks' | 'host'
> & {
  readonly scheduler: Scheduler;
  readonly programs: ProgramStore;
};

/** What `schedule` was pointed at. */
export interface ScheduleSettings {
  readonly toolVersion: string;
  /** argv of this program, for commands to type: `mcp-tunnel` or `mcp-tunnel rehearse`. */
  readonly self: readonly string[];
  readonly rehearsal: boolean;
  /** Where this user's temporary files go. */
  readonly tmpdir: string | undefined;
  /** DOCKER_CONFIG, if the operator has one of their own. */
  readonly dockerConfig: string | undefined;
}

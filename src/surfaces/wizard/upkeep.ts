import type { ScheduleView } from '../../../screens/operation-views.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { switchOffFlow, switchOnFlow } from '../../flows/schedule.ts';
import { showSchedule } from '../../flows/show-schedule.ts';
import type { startInstall } from '../../flows/start-install.ts';
import type { FlowEvent } from '../../runner/events.ts';
import { reportFailure } from '../../runner/report-failure.ts';
import { runFlow } from '../../runner/run-flow.ts';
import { deploymentOnDisk } from '../../steps/deployment-on-disk.ts';
import type { InstallRun } from './install-run.ts';
import { deployedPorts, selfOf, type WizardContext } from './wizard-context.ts';
import type { WizardState } from './wizard-state.ts';
import type { WizardSettings } from './wizard-world.ts';

/** What looks after the deployment by itself, and what is to become of it. */
export interface UpkeepState {
  readonly view: ScheduleView;
  readonly wanted: 'on' | 'off';
}

export const upkeepBefore: UpkeepState = { view: { kind: 'looking' }, wanted: 'on' };

/** `schedule on` or `off`, as without a face. */
export async function* startSchedule(
  { answers: _, ports, ...run }: Omit<Parameters<typeof startInstall>[0], 'flow'>,
  { upkeep }: WizardState,
  { self, toolVersion, rehearsal, surroundings }: WizardSettings,
): AsyncGenerator<FlowEvent> {
  const { scheduler, programs } = ports;
  if (!scheduler || !programs) throw new Failure('bug', 'This world has no scheduler.');
  const deployment = await deploymentOnDisk(ports.files, run.place.dir);
  const flow = upkeep.wanted === 'on' ? switchOnFlow : switchOffFlow;
  yield* runFlow({
    ...run,
    flow: flow(deployment, {
      ...{ toolVersion, rehearsal },
      self: self.slice(0, self.lastIndexOf('install')),
      tmpdir: surroundings?.tmpdir,
      dockerConfig: surroundings?.dockerConfig,
    }),
    answers: {},
    ports: { ...ports, scheduler, programs },
    user: ports.host.username,
    secrets: [],
  });
}

/** The schedule of the deployment, up to the plan that switches it. */
export class Upkeep {
  readonly #context: WizardContext;
  readonly #run: InstallRun;
  /** What was seen by a look that is no longer the last one is dropped. */
  #looks = 0;

  constructor(context: WizardContext, run: InstallRun) {
    this.#context = context;
    this.#run = run;
  }

  #set(change: Partial<UpkeepState>): void {
    this.#context.store.setState(({ upkeep }) => ({ upkeep: { ...upkeep, ...change } }));
  }

  /** Leads to what is set up. */
  open(): void {
    const { store, go } = this.#context;
    store.setState({ way: 'schedule' });
    go('schedule');
  }

  /** Looks what is set up, as `schedule show` does. */
  async look(): Promise<void> {
    this.#looks += 1;
    const mine = this.#looks;
    this.#set({ view: { kind: 'looking' } });
    const view = await this.#see().catch((error: unknown): ScheduleView => {
      return { kind: 'failed', failure: reportFailure(asFailure(error)) };
    });
    if (mine === this.#looks) this.#set({ view });
  }

  async #see(): Promise<ScheduleView> {
    const { dir } = this.#context.world;
    const ports = await deployedPorts(this.#context);
    const self = selfOf(this.#context);
    for await (const event of showSchedule({ dir, ports, self })) {
      if (event.type === 'schedule') return { kind: 'seen', schedule: event };
      if (event.type === 'flow.finished' && event.failure)
        return { kind: 'failed', failure: event.failure };
    }
    throw new Failure('bug', 'The schedule was not told.');
  }

  /** Plans to set it up, or to take it away. */
  plan(wanted: UpkeepState['wanted']): void {
    this.#set({ wanted });
    this.#run.start();
  }
}

import type { HostsView } from '../../../screens/operation-views.ts';
import { asFailure } from '../../domain/failure.ts';
import { rotateThere } from '../../domain/other-hosts.ts';
import { isSwitched } from '../../domain/switched-hosts.ts';
import { installAnswers } from '../../flows/install-answers.ts';
import { startInstall } from '../../flows/start-install.ts';
import { switchedHostsFlow } from '../../flows/switched-hosts.ts';
import { reportFailure } from '../../runner/report-failure.ts';
import { observeHosts } from '../../steps/rotate-token/observe-hosts.ts';
import { deployedAnswers } from './way-flows.ts';
import { deploymentOf, portNeeds, type WizardContext } from './wizard-context.ts';

/** The other hosts of the tunnel: which have the token of the last rotation. */
export class OtherHosts {
  readonly #context: WizardContext;
  /** One thing after the other: notes change the file that is read. */
  #writing: Promise<void> = Promise.resolve();

  constructor(context: WizardContext) {
    this.#context = context;
  }

  #show(change: Partial<HostsView>): void {
    this.#context.store.setState(({ hosts }) => ({ hosts: { ...hosts, ...change } }));
  }

  /** Reads the list and what is noted; a list that cannot be read is shown as the problem it is. */
  load(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#load());
    return this.#writing;
  }

  async #load(): Promise<void> {
    const { store, world } = this.#context;
    const { dir } = world;
    const ports = await world.ports(portNeeds(store.getState().draft));
    try {
      const { others, record } = await observeHosts(ports, deploymentOf(this.#context));
      this.#show({
        problem: undefined,
        token: record?.token,
        rows: others.map((host) => ({
          name: host.name,
          note: host.note,
          command: rotateThere(host, dir),
          done: record !== undefined && isSwitched(record, host.name),
        })),
      });
    } catch (error) {
      this.#show({ rows: [], token: undefined, problem: reportFailure(asFailure(error)) });
    }
  }

  /** A person says that a host has the new token, or has it not. The key press is the consent. */
  tick(name: string, done: boolean): void {
    this.#mark(name, done);
    this.#writing = this.#writing.then(() => this.#note(name, done));
  }

  #mark(name: string, done: boolean): void {
    const { rows } = this.#context.store.getState().hosts;
    this.#show({ rows: rows.map((row) => (row.name === name ? { ...row, done } : row)) });
  }

  async #note(name: string, done: boolean): Promise<void> {
    const { store, world, settings, signal } = this.#context;
    try {
      const answers = installAnswers(deployedAnswers(store.getState().draft), { hasToken: true });
      const ticks = { ticked: done ? [name] : [], unticked: done ? [] : [name] };
      const events = startInstall({
        flow: switchedHostsFlow(world.dir, settings, ticks),
        answers,
        ports: await world.ports(answers),
        place: deploymentOf(this.#context),
        runId: settings.newRunId(),
        version: settings.toolVersion,
        consent: async () => true,
        dryRun: false,
        signal,
      });
      let problem: HostsView['problem'];
      for await (const event of events) if (event.type === 'flow.finished') problem = event.failure;
      if (problem) this.#mark(name, !done);
      this.#show({ problem });
    } catch (error) {
      this.#mark(name, !done);
      this.#show({ problem: reportFailure(asFailure(error)) });
    }
  }

  /** Resolves when the list is read, and everything that was ticked is noted. */
  settled(): Promise<void> {
    return this.#writing;
  }
}

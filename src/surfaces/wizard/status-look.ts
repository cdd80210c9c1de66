import { asFailure } from '../../domain/failure.ts';
import { statusEvents } from '../../flows/status.ts';
import { reportFailure } from '../../runner/report-failure.ts';
import { portNeeds, type WizardContext } from './wizard-context.ts';

/** Between two looks while the status is shown. */
export const lookEverySeconds = 10;

/** How the deployment is, as `status` judges it: once, or again and again while it is shown. */
export class StatusLook {
  readonly #context: WizardContext;
  #stop: AbortController | undefined;

  constructor(context: WizardContext) {
    this.#context = context;
  }

  /** Looks once. */
  once(): void {
    this.#start(false);
  }

  /** Looks until it is stopped. */
  watch(): void {
    this.#start(true);
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = undefined;
  }

  #start(watches: boolean): void {
    this.stop();
    const stop = new AbortController();
    this.#stop = stop;
    const { store, signal } = this.#context;
    const ends = AbortSignal.any([signal, stop.signal]);
    void this.#look(watches, ends).catch((error: unknown) => {
      if (ends.aborted) return;
      store.setState({ look: { kind: 'failed', failure: reportFailure(asFailure(error)) } });
    });
  }

  async #look(watches: boolean, signal: AbortSignal): Promise<void> {
    const { store, world, settings } = this.#context;
    const needs = (await world.deployedNeeds?.()) ?? portNeeds(store.getState().draft);
    const events = statusEvents({
      dir: world.dir,
      ports: await world.ports(needs),
      settings: {
        self: settings.self.slice(0, settings.self.lastIndexOf('install')),
        rehearsal: settings.rehearsal,
      },
      watch: watches ? { intervalMs: lookEverySeconds * 1000 } : undefined,
      notify: undefined,
      prometheus: undefined,
      signal,
    });
    for await (const event of events) {
      if (signal.aborted) return;
      if (event.type === 'status') store.setState({ look: { kind: 'seen', status: event } });
      const failure = event.type === 'flow.finished' ? event.failure : undefined;
      if (failure && store.getState().look.kind === 'looking')
        store.setState({ look: { kind: 'failed', failure } });
    }
  }
}

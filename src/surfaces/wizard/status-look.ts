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
    this.#context.store.setState({ looking: false });
  }

  #start(watches: boolean): void {
    this.#stop?.abort();
    const stop = new AbortController();
    this.#stop = stop;
    const { store, signal } = this.#context;
    const ends = AbortSignal.any([signal, stop.signal]);
    store.setState({ looking: true });
    void this.#look(watches, ends).catch((error: unknown) => {
      if (ends.aborted) return;
      const failure = reportFailure(asFailure(error));
      store.setState({ looking: false, look: { kind: 'failed', failure } });
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
      if (event.type === 'status')
        store.setState({ looking: false, look: { kind: 'seen', status: event } });
      const failure = event.type === 'flow.finished' ? event.failure : undefined;
      // A look that found something amiss fails, too; what it found says more.
      if (failure && store.getState().looking)
        store.setState({ looking: false, look: { kind: 'failed', failure } });
    }
  }
}

import type { FoundDeployment } from './existing-deployment.ts';
import type { StatusLook } from './status-look.ts';
import type { WizardContext } from './wizard-context.ts';
import type { WizardState } from './wizard-state.ts';

/** What was said when this began may be of another CA than the one there is now. */
function asNoted({ existing, ca }: FoundDeployment, { given }: WizardState['draft']) {
  const caRegistered = ca !== undefined && given['caRegistered']?.value === ca.fingerprint;
  return { ...existing, caRegistered: existing.caRegistered || caRegistered };
}

/** The screen of a deployment that is there, from which every way begins. */
export class Home {
  readonly #context: WizardContext;
  readonly #look: StatusLook;
  readonly #find: (() => Promise<FoundDeployment | undefined>) | undefined;
  readonly #settled: () => Promise<void>;
  /** The run that was the last one when the deployment was looked at. */
  #flow: WizardState['flow'];

  /** @param find looks at the directory anew. @param settled when nothing is being written any more. */
  constructor(
    context: WizardContext,
    look: StatusLook,
    find: (() => Promise<FoundDeployment | undefined>) | undefined,
    settled: () => Promise<void>,
  ) {
    this.#context = context;
    this.#look = look;
    this.#find = find;
    this.#settled = settled;
    this.#flow = context.store.getState().flow;
  }

  /** Looks at the deployment; what it was before a run is no news. */
  enter(): void {
    const { store } = this.#context;
    const { flow } = store.getState();
    store.setState({ way: 'install' });
    if (flow !== this.#flow) {
      this.#flow = flow;
      store.setState({ look: { kind: 'looking' } });
      void this.#find?.().then(
        (found) => found && store.setState(({ draft }) => ({ existing: asNoted(found, draft) })),
        // What cannot be looked at now is told by the look at its state.
        () => undefined,
      );
    }
    store.setState({ looking: true });
    void this.#settled().then(() => {
      if (store.getState().page === 'home') this.#look.once();
    });
  }
}

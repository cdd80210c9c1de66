import type { DoctorView } from '../../../screens/operation-views.ts';
import { asFailure } from '../../domain/failure.ts';
import type { FlowEvent } from '../../runner/events.ts';
import { reportFailure } from '../../runner/report-failure.ts';
import type { WizardContext } from './wizard-context.ts';

/** Before anything was examined. */
export const unexamined: DoctorView = {
  running: false,
  layers: [],
  conclusion: undefined,
  failure: undefined,
  self: [],
  dir: '',
};

/** The view after one more event of an examination. Pure; other events leave it as it is. */
export function examinedFurther(view: DoctorView, event: FlowEvent): DoctorView {
  switch (event.type) {
    case 'step.started':
      return { ...view, layers: [...view.layers, { title: event.title, checks: [] }] };
    case 'check': {
      const { type, ...check } = event;
      const [last, ...before] = view.layers.toReversed();
      if (!last) return view;
      return {
        ...view,
        layers: [...before.toReversed(), { ...last, checks: [...last.checks, check] }],
      };
    }
    case 'examined':
      return { ...view, conclusion: event };
    case 'flow.finished':
      return { ...view, running: false, failure: event.failure };
    default:
      return view;
  }
}

/** The doctor: every check in the vendor's order, and what to do first. */
export class Doctor {
  readonly #context: WizardContext;
  #stop: AbortController | undefined;

  constructor(context: WizardContext) {
    this.#context = context;
  }

  /** Examines everything anew. */
  start(): void {
    this.stop();
    const stop = new AbortController();
    this.#stop = stop;
    const { store, world, settings, signal } = this.#context;
    const self = settings.self.slice(0, settings.self.lastIndexOf('install'));
    store.setState({ doctor: { ...unexamined, running: true, self, dir: world.dir } });
    const ends = AbortSignal.any([signal, stop.signal]);
    void this.#examine(ends).catch((error: unknown) => {
      if (ends.aborted) return;
      const failure = reportFailure(asFailure(error));
      store.setState(({ doctor }) => ({ doctor: { ...doctor, running: false, failure } }));
    });
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = undefined;
  }

  async #examine(signal: AbortSignal): Promise<void> {
    const { store, world } = this.#context;
    for await (const event of world.examine(signal)) {
      if (signal.aborted) return;
      store.setState(({ doctor }) => ({ doctor: examinedFurther(doctor, event) }));
    }
  }
}

import type { FlowEvent } from '../../runner/events.ts';
import { type FlowState, reduce, stateBefore } from '../../runner/reduce.ts';

/** What the installation's run has said so far, and what of it was not shown yet. */
export class RunRecord {
  #flow: FlowState = stateBefore;
  #plans = 0;
  #unshown: FlowEvent[] = [];
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** The state of the run, up to its latest event. */
  get flow(): FlowState {
    return this.#flow;
  }

  /** Plans that were made, by all runs: one that stands no more is followed by another. */
  get plans(): number {
    return this.#plans;
  }

  get hasNews(): boolean {
    return this.#unshown.length > 0;
  }

  /** True if steps have begun that nobody was shown. */
  get hasUnshownSteps(): boolean {
    return this.#unshown.some(({ type }) => type === 'step.started');
  }

  add(event: FlowEvent): void {
    if (event.type === 'flow.started') this.#unshown = [];
    this.#flow = reduce(this.#flow, event);
    if (event.type === 'plan') this.#plans += 1;
    this.#unshown.push(event);
    this.#onChange();
  }

  /** What was not shown yet; counts as shown from now on. */
  take(): readonly FlowEvent[] {
    return this.#unshown.splice(0);
  }
}

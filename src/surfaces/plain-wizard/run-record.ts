import type { FlowEvent } from '../../runner/events.ts';
import { type FlowState, reduce, stateBefore } from '../../runner/reduce.ts';

/** What the installation's run has said so far, and what of it was not shown yet. */
export class RunRecord {
  #flow: FlowState = stateBefore;
  #hasUnshownPlan = false;
  #unshown: FlowEvent[] = [];
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** The state of the run, up to its latest event. */
  get flow(): FlowState {
    return this.#flow;
  }

  /** True once the run has a plan that was not shown yet: one that stands no more is followed by another. */
  get hasUnshownPlan(): boolean {
    return this.#hasUnshownPlan;
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
    if (event.type === 'flow.started' || event.type === 'plan')
      this.#hasUnshownPlan = event.type === 'plan';
    this.#unshown.push(event);
    this.#onChange();
  }

  /** The plan; counts as shown from now on. */
  takePlan(): Pick<FlowState, 'changes' | 'differences'> {
    this.#hasUnshownPlan = false;
    return this.#flow;
  }

  /** What was not shown yet; counts as shown from now on. */
  take(): readonly FlowEvent[] {
    return this.#unshown.splice(0);
  }
}

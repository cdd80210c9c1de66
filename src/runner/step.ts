import type { Change } from '../domain/change.ts';
import type { Emit } from './events.ts';
import type { UndoLog } from './undo-log.ts';

/** What a step gets when it runs: the answers, the world its plan was made from, the ports, a voice. */
export interface StepContext<A, W, P> {
  readonly answers: A;
  readonly world: W;
  readonly ports: P;
  readonly emit: Emit;
  /** Aborts on Ctrl-C and the like; waiting steps end at once, others at their end. */
  readonly signal: AbortSignal;
  readonly undo: UndoLog;
}

/**
 * One thing a flow does. `plan` is pure and complete: what it does not list, `run` does not do.
 * `run` may be interrupted anywhere and must then work when planned and run again.
 */
export interface Step<A, W, P> {
  readonly id: string;
  /** A noun phrase: `Server certificate`. */
  readonly title: string;
  /** Runs although it changes nothing: proof and waiting. */
  readonly always?: boolean;
  /** From here on nothing is taken back when a step fails (design 2). */
  readonly pointOfNoReturn?: boolean;
  plan(answers: A, world: W): readonly Change[];
  run(context: StepContext<A, W, P>): Promise<void>;
}

/** What a flow ends in when no step failed. */
export interface Conclusion {
  readonly outcome: 'done' | 'action-needed';
}

/** A recipe: what to look at, what to do in which order, how it ends. */
export interface Flow<A, W, P> {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly Step<A, W, P>[];
  /** Judges this host; throws a Failure if going on makes no sense. */
  check(ports: P, answers: A, emit: Emit): Promise<void>;
  /** Reads what is there; changes nothing. */
  observe(ports: P, answers: A): Promise<W>;
  differences(
    answers: A,
    world: W,
  ): readonly { readonly id: string; readonly what: string; readonly why: string }[];
  conclude(context: Omit<StepContext<A, W, P>, 'undo'>): Promise<Conclusion>;
}

import { type Change, changesAnything } from '../domain/change.ts';
import { asFailure, Failure } from '../domain/failure.ts';
import { redactor } from '../domain/redact.ts';
import type { Secret } from '../domain/secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { HeldLock, Locks } from '../ports/lock.ts';
import { EventQueue } from './event-queue.ts';
import type { Emit, FlowEvent, Outcome } from './events.ts';
import { fileJournal } from './file-journal.ts';
import type { Journal } from './journal.ts';
import { maskEvent } from './mask-event.ts';
import { reportFailure } from './report-failure.ts';
import { makeStateFolders, type Place, removeEmptyState } from './state-folders.ts';
import type { Flow, StepContext } from './step.ts';
import { type UndoEntry, undoAll } from './undo-log.ts';

/** Ports the runner itself needs, whatever the flow. */
export interface RunnerPorts {
  readonly files: Files;
  readonly locks: Locks;
  readonly clock: Clock;
}

/** Asks whether the plan may be carried out. There is no default answer (style rule 9). */
export type Consent = (changes: readonly Change[]) => Promise<boolean>;

export interface RunOptions<A, W, P> {
  readonly flow: Flow<A, W, P>;
  readonly answers: A;
  readonly ports: P & RunnerPorts;
  /** Where the run keeps its lock and journal; made if missing, once consent is given. */
  readonly place: Place;
  readonly runId: string;
  readonly version: string;
  readonly user: string;
  readonly consent: Consent;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Masked in everything that is emitted or journaled. */
  readonly secrets: readonly Secret[];
}

function interrupted(): Failure {
  return new Failure('interrupted', 'Stopped before the next step.', {
    nextSteps: ['Run the same command again: what was done is found and kept.'],
  });
}

interface Plan<W> {
  readonly world: W;
  readonly perStep: readonly (readonly Change[])[];
  readonly all: readonly Change[];
}

function showPlan<A, W, P>(options: RunOptions<A, W, P>, shown: Plan<W>, emit: Emit): void {
  const { flow, answers, dryRun } = options;
  const differences = flow.differences(answers, shown.world);
  emit({ type: 'plan', dryRun, changes: shown.all, differences });
}

async function assertConsent<A, W, P>(
  { consent }: RunOptions<A, W, P>,
  changes: readonly Change[],
): Promise<void> {
  if (await consent(changes)) return;
  throw new Failure('consent-missing', 'Nothing was changed: the plan needs your consent.', {
    nextSteps: [
      'Read the plan, then run the same command with --yes.',
      'To see it again without changing anything: --dry-run',
    ],
  });
}

async function plan<A, W, P>(options: RunOptions<A, W, P>): Promise<Plan<W>> {
  const { flow, answers, ports } = options;
  const world = await flow.observe(ports, answers);
  const perStep = flow.steps.map((step) => step.plan(answers, world));
  return { world, perStep, all: perStep.flat() };
}

async function takeBack(
  files: Files,
  entries: readonly UndoEntry[],
  journal: Journal,
  emit: Emit,
): Promise<void> {
  for await (const what of undoAll(files, entries)) {
    emit({ type: 'step.undone', what });
    // A disk too full for this line is no reason to undo less.
    await journal.append({ type: 'undone', what }).catch(() => undefined);
  }
}

async function execute<A, W, P>(
  options: RunOptions<A, W, P>,
  emit: Emit,
  begun: () => void,
): Promise<{ outcome: Outcome; changed: boolean }> {
  const { flow, answers, ports, place, signal } = options;
  await flow.check(ports, answers, emit);
  const shown = await plan(options);
  const changed = changesAnything(shown.all);
  showPlan(options, shown, emit);
  if (options.dryRun) return { outcome: 'done', changed };
  if (changed) await assertConsent(options, shown.all);
  signal.throwIfAborted();
  if (!changed) {
    await sweepLock(options);
    return runSteps({ ...options, shown, journal: silentJournal, undo: [], emit, begun, changed });
  }

  const made: UndoEntry[] = [];
  try {
    await makeStateFolders(ports.files, place, made);
    return await runLocked({ ...options, shown, made, emit, begun, changed });
  } catch (error) {
    // What the run failed of (a full disk) may fail this too: the first failure is the one to report.
    const undone = await Array.fromAsync(removeEmptyState(ports.files, place, made)).catch(
      () => [],
    );
    for (const what of undone) emit({ type: 'step.undone', what });
    throw error;
  }
}

/** Where nothing is to be done nobody takes over the lock that a killed run left: it is removed here. */
async function sweepLock<A, W, P>({ flow, ports, place }: RunOptions<A, W, P>): Promise<void> {
  if (!(await ports.files.stat(place.lock))) return;
  const held = await ports.locks.acquire(place.lock, flow.id).catch(() => undefined);
  await held?.release();
}

interface Shown<A, W, P> extends RunOptions<A, W, P> {
  readonly shown: Plan<W>;
  readonly emit: Emit;
  /** Told when the first step begins that changes something. */
  readonly begun: () => void;
  readonly changed: boolean;
}

/**
 * Takes the lock and carries the plan out. Where something else (a container that ends again and
 * again, another run that was faster) has changed what it was made from, the new plan is shown and
 * needs consent as the first did; under the lock it then holds.
 */
async function runLocked<A, W, P>(
  options: Shown<A, W, P> & { readonly made: readonly UndoEntry[] },
): Promise<{ outcome: Outcome; changed: boolean }> {
  const { flow, ports, place, made, emit } = options;
  const lock: HeldLock = await ports.locks.acquire(place.lock, flow.id);
  const journal = fileJournal(ports.files, ports.clock, place.journal, options.runId);
  try {
    const now = await plan(options);
    const holds =
      made.length > 0 || JSON.stringify(now.perStep) === JSON.stringify(options.shown.perStep);
    const shown = holds ? options.shown : now;
    if (!holds) {
      showPlan(options, shown, emit);
      if (changesAnything(shown.all)) await assertConsent(options, shown.all);
    }
    await journal.append({
      type: 'run.started',
      flow: flow.id,
      version: options.version,
      user: options.user,
      changes: shown.all.map(({ diff, ...rest }) => rest),
    });
    return await runSteps({ ...options, shown, journal, undo: [] });
  } finally {
    await lock.release();
  }
}

const silentJournal: Journal = { append: async () => undefined };

interface Stage<A, W, P> extends Shown<A, W, P> {
  readonly journal: Journal;
  readonly undo: UndoEntry[];
}

async function runSteps<A, W, P>(
  stage: Stage<A, W, P>,
): Promise<{ outcome: Outcome; changed: boolean }> {
  const { flow, answers, ports, signal, journal, emit, undo, changed } = stage;
  const { world, perStep } = stage.shown;
  const context: StepContext<A, W, P> = {
    answers,
    world,
    ports,
    signal,
    emit,
    undo: {
      async record(entry) {
        await journal.append({ type: 'effect', undo: entry });
        undo.push(entry);
      },
    },
  };
  let committed = false;
  for (const [index, step] of flow.steps.entries()) {
    if (signal.aborted) throw interrupted();
    const hasWork = changesAnything(perStep[index] ?? []);
    if (!hasWork && !step.always) {
      emit({ type: 'step.finished', step: step.id, outcome: 'kept' });
      continue;
    }
    emit({ type: 'step.started', step: step.id, title: step.title });
    await journal.append({ type: 'step.started', step: step.id });
    committed ||= step.pointOfNoReturn === true && hasWork;
    if (hasWork) stage.begun();
    try {
      await step.run(context);
    } catch (error) {
      const failure = asFailure(signal.aborted ? interrupted() : error);
      emit({ type: 'step.failed', step: step.id, code: failure.code });
      const outcome = failure.code === 'interrupted' ? 'interrupted' : 'failed';
      // What made the step fail (a full disk) may fail these too: the first failure is the one to report.
      if (!committed && outcome === 'failed')
        await takeBack(ports.files, undo, journal, emit).catch(() => undefined);
      await journal
        .append({ type: 'run.finished', outcome, code: failure.code })
        .catch(() => undefined);
      throw failure;
    }
    await journal.append({ type: 'step.finished', step: step.id });
    emit({ type: 'step.finished', step: step.id, outcome: hasWork ? 'changed' : 'kept' });
  }
  const { outcome } = await flow.conclude(context);
  await journal.append({ type: 'run.finished', outcome });
  return { outcome, changed };
}

/**
 * Runs a flow from its checks to its end as a stream of events; the last is always `flow.finished`.
 * Never throws for what the flow does: failures are in that last event.
 */
export async function* runFlow<A, W, P>(options: RunOptions<A, W, P>): AsyncGenerator<FlowEvent> {
  const { flow, place } = options;
  const mask = redactor(options.secrets);
  const queue = new EventQueue<FlowEvent>();
  const emit: Emit = (event) => queue.push(maskEvent(event, mask));
  emit({
    type: 'flow.started',
    flow: flow.id,
    title: flow.title,
    dir: place.dir,
    steps: flow.steps.map(({ id, title }) => ({ id, title })),
  });
  let changed = false;
  const begun = () => {
    changed = true;
  };
  const finished = execute(options, emit, begun)
    .then((end) => emit({ type: 'flow.finished', flow: flow.id, ...end, dir: place.dir }))
    .catch((error: unknown) => {
      const failure = asFailure(options.signal.aborted ? interrupted() : error);
      const outcome = failure.code === 'interrupted' ? 'interrupted' : 'failed';
      emit({
        type: 'flow.finished',
        flow: flow.id,
        outcome,
        changed,
        dir: place.dir,
        failure: reportFailure(failure, mask),
      });
    })
    .finally(() => queue.close());
  yield* queue;
  await finished;
}

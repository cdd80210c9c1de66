import { deploymentAt } from '../domain/deployment.ts';
import { asFailure } from '../domain/failure.ts';
import { EventQueue } from '../runner/event-queue.ts';
import type { FlowEvent } from '../runner/events.ts';
import { fileJournal } from '../runner/file-journal.ts';
import { reportFailure } from '../runner/report-failure.ts';
import { assertDeployment } from '../steps/assert-deployment.ts';
import type { WatchPorts } from '../steps/watch/ports.ts';
import { watchLockOf } from '../steps/watch/watch-lock.ts';
import { Watcher } from '../steps/watch/watcher.ts';

export interface WatchRun {
  readonly dir: string;
  readonly ports: WatchPorts;
  readonly runId: string;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** Holds the watch's own lock meanwhile; a dry run changes nothing and takes none. */
async function underLock(run: WatchRun, work: () => Promise<void>): Promise<void> {
  const { stateDir } = deploymentAt(run.dir);
  if (run.dryRun) return work();
  await run.ports.files.makeDirectory(stateDir, 0o700);
  const lock = await run.ports.locks.acquire(watchLockOf(stateDir), 'watch');
  try {
    await work();
  } finally {
    await lock.release();
  }
}

/**
 * Keeps a stack whole until the signal aborts, which is a good end. Killed at any point and started
 * again it goes on: it keeps no notes. Never throws: failures are in the last event.
 */
export async function* watchEvents(run: WatchRun): AsyncGenerator<FlowEvent> {
  const { dir, ports, signal } = run;
  const deployment = deploymentAt(dir);
  const queue = new EventQueue<FlowEvent>();
  const journal = fileJournal(ports.files, ports.clock, deployment.journal, run.runId);
  queue.push({ type: 'flow.started', flow: 'watch', title: 'Watch', dir, steps: [] });
  const end = { type: 'flow.finished', flow: 'watch', changed: false, dir } as const;
  const watching = assertDeployment(ports.files, dir)
    .then(() => {
      const { dryRun } = run;
      const emit = (event: FlowEvent) => queue.push(event);
      const watcher = new Watcher({ deployment, ports, journal, dryRun, emit, signal });
      return underLock(run, () => watcher.run());
    })
    .then(() => queue.push({ ...end, outcome: 'done' }))
    .catch((error: unknown) => {
      const failure = reportFailure(asFailure(error));
      queue.push({ ...end, outcome: 'failed', failure });
    })
    .finally(() => queue.close());
  yield* queue;
  await watching;
}

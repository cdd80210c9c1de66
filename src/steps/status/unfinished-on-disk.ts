import type { Deployment } from '../../domain/deployment.ts';
import type { StatusObservation } from '../../domain/status-observation.ts';
import type { Files } from '../../ports/files.ts';
import { readJournal, unfinishedRun } from '../../runner/journal.ts';

/** The last run of a deployment, if it began and never ended. */
export async function unfinishedOnDisk(
  files: Files,
  { journal }: Deployment,
): Promise<StatusObservation['unfinished']> {
  const run = unfinishedRun(readJournal((await files.readText(journal)) ?? ''));
  return run && { flow: run.flow, at: run.at, step: run.lastStep };
}

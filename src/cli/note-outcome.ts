import { systemFiles } from '../adapters/system-files.ts';
import { deploymentAt } from '../domain/deployment.ts';
import type { ExitCode } from '../domain/failure.ts';
import { renewalNote } from '../domain/schedule-state.ts';
import type { FlowEvent } from '../runner/events.ts';
import { renewalNotePath } from '../steps/schedule/note-paths.ts';

/**
 * Notes in the deployment how a renewal has ended that nobody watched, for `status` and `schedule
 * show`. Never throws: a note that could not be written changes nothing of how it ended.
 */
export async function noteOutcome(
  { dir, failure }: Extract<FlowEvent, { type: 'flow.finished' }>,
  code: ExitCode,
): Promise<void> {
  const { stateDir } = deploymentAt(dir);
  const summary = failure ? { summary: failure.summary } : {};
  const note = renewalNote({ at: new Date(), code, ...summary });
  try {
    if ((await systemFiles.stat(stateDir)) === undefined) return;
    await systemFiles.write(renewalNotePath({ stateDir }), note, 0o600);
  } catch {
    // The exit code says it, too.
  }
}

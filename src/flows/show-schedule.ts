import { commandLine } from '../domain/command-line.ts';
import { deploymentAt } from '../domain/deployment.ts';
import { asFailure } from '../domain/failure.ts';
import { scheduleTroubles } from '../domain/schedule-state.ts';
import type { FlowEvent } from '../runner/events.ts';
import { reportFailure } from '../runner/report-failure.ts';
import { assertDeployment } from '../steps/assert-deployment.ts';
import { type ReportPorts, scheduleReport } from '../steps/schedule/schedule-report.ts';

/**
 * `schedule show`: what is set up, whether it runs, how the last renewal ended and when the next is
 * tried. Changes nothing; ends `action-needed` where something of it has to be mended. Never throws.
 */
export async function* showSchedule(run: {
  readonly dir: string;
  readonly ports: ReportPorts;
  /** argv of this program, for commands to type. */
  readonly self: readonly string[];
}): AsyncGenerator<FlowEvent> {
  const { dir, ports, self } = run;
  yield { type: 'flow.started', flow: 'schedule-show', title: 'Schedule', dir, steps: [] };
  const end = { type: 'flow.finished', flow: 'schedule-show', changed: false, dir } as const;
  try {
    await assertDeployment(ports.files, dir);
    const report = await scheduleReport(ports, deploymentAt(dir));
    const again = commandLine([...self, 'schedule', 'on', '--dir', dir]);
    const troubles = scheduleTroubles(report, dir, again);
    yield { type: 'schedule', ...report, troubles, again };
    yield { ...end, outcome: troubles.length > 0 ? 'action-needed' : 'done' };
  } catch (error) {
    yield { ...end, outcome: 'failed', failure: reportFailure(asFailure(error)) };
  }
}

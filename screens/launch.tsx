import { useRef, useState } from 'react';
import type { FlowState } from '../src/runner/reduce.ts';
import { type Line, span } from './blocks/block.ts';
import { StyledLines } from './blocks/styled-lines.tsx';
import { cutLine, fillText } from './parts/cut-text.ts';
import { Frame, type Room, roomIn } from './parts/frame.tsx';
import { LinesPage } from './parts/lines-page.tsx';
import { tailLines } from './parts/log-lines.ts';
import { stepLine, stepLines } from './parts/step-lines.ts';
import {
  activityLines,
  diagnosesLines,
  endedLines,
  type LaunchView,
  routesIn,
} from './texts/launch-text.ts';
import { useKeys } from './use-keys.ts';
import type { LogLineView, Shell } from './views.ts';

export interface LaunchProps {
  readonly shell: Shell;
  readonly flow: FlowState;
  /** All containers, oldest first; only the latest are looked at. */
  readonly logs: readonly LogLineView[];
  readonly running: boolean;
  readonly stopping: boolean;
  /** Routes that were asked for, to say how many of them the proxy has configured. */
  readonly wantedRoutes?: number | undefined;
  readonly onRetry: () => void;
  readonly onBack: () => void;
}

/** From this width on, steps stand left of what happens. */
const besideFrom = 84;
const stepsWidth = 26;
/** Rows that must be left for what happens below a list of steps. */
const leastBelow = 14;
/** Of the log at least this much; beside a diagnosis one line, with the one above it empty. */
const leastLog = 3;
const leastLogBesideDiagnosis = 2;
/** With less room than this a diagnosis matters more than what the running step does. */
const roomyRows = 14;
/** Lines of the log that are told with a failure. */
const logWithFailure = 20;

/** Steps, and what the running one does. */
function headLines(view: LaunchView, { columns, rows }: Room): readonly Line[] {
  const { steps } = view.flow;
  const list = stepLines(steps);
  if (columns >= besideFrom && rows >= steps.length + leastLog + 2) {
    const right = activityLines(view, columns - stepsWidth, steps.length);
    return list.map((line, index) => [
      ...filled(line, stepsWidth - 2),
      span('  '),
      ...(right[index] ?? []),
    ]);
  }
  const top = rows >= steps.length + leastBelow ? list : [stepLine(steps)];
  const forLog = view.logs.length > 0 ? leastLog + 1 : 0;
  const isTight = rows < roomyRows && view.flow.diagnoses.length > 0;
  const forActivity = isTight ? 0 : Math.max(0, rows - top.length - 1 - forLog);
  const activity = activityLines(view, columns, forActivity);
  return [...top, ...(activity.length > 0 ? [[], ...activity] : [])];
}

function filled(line: Line, width: number): Line {
  const [sign, title] = line;
  return sign && title
    ? [sign, { ...title, text: fillText(title.text, width - sign.text.length) }]
    : line;
}

function runningLines(view: LaunchView, room: Room, notice: string | undefined): readonly Line[] {
  const { columns, rows } = room;
  const told: readonly Line[] = notice === undefined ? [] : [[span(notice, 'warn')]];
  const head = [...told, ...headLines(view, { columns, rows: rows - told.length })];
  const forLog = view.logs.length > 0 ? leastLogBesideDiagnosis : 0;
  const diagnoses = diagnosesLines(view.flow, columns, rows - head.length - 1 - forLog);
  const above = [...head, ...(diagnoses.length > 0 ? [[], ...diagnoses] : [])];
  const log = tailLines(view.logs, columns, rows - above.length - 1);
  return [...above, ...(log.length > 0 ? [[], ...log] : [])].slice(0, rows);
}

function Failed({ shell, onRetry, onBack, view }: LaunchProps & { readonly view: LaunchView }) {
  const { columns } = roomIn(shell);
  const log = tailLines(view.logs, columns, logWithFailure);
  return (
    <LinesPage
      shell={shell}
      lines={[
        stepLine(view.flow.steps),
        [],
        ...endedLines(view.flow, columns),
        ...(log.length > 0 ? [[], [span('The last lines', 'strong')], ...log] : []),
      ]}
      hints={[
        { action: 'retry', label: 'try again' },
        { action: 'back', label: 'back' },
      ]}
      handlers={{ retry: onRetry, back: onBack }}
    />
  );
}

function Running({ shell, stopping, view }: LaunchProps & { readonly view: LaunchView }) {
  const [asked, setAsked] = useState(false);
  const room = roomIn(shell);
  useKeys({ back: () => setAsked(true) });
  const notice = stopping
    ? 'Stopping at the next step edge …'
    : asked
      ? 'Ctrl-C stops at the next step; what is done is kept.'
      : undefined;
  const lines = runningLines(view, room, notice);
  return (
    <Frame
      shell={shell}
      hints={stopping ? [] : [{ action: 'quit', label: 'stop at the next step' }]}
    >
      <StyledLines lines={lines.map((line) => cutLine(line, room.columns))} />
    </Frame>
  );
}

/** The run as it happens: its steps, what the running one does, what goes wrong, and all logs merged. */
export function Launch(props: LaunchProps) {
  const { flow, logs, running, wantedRoutes } = props;
  // Lines pass; a route that was named stays counted.
  const routesSeen = useRef(0);
  routesSeen.current = Math.max(routesSeen.current, routesIn(logs));
  const view: LaunchView = { flow, logs, routesSeen: routesSeen.current, wantedRoutes };
  return !running && flow.failure ? (
    <Failed {...props} view={view} />
  ) : (
    <Running {...props} view={view} />
  );
}

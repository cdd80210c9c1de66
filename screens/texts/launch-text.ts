import { services } from '../../src/domain/deployment.ts';
import { cleanLine } from '../../src/domain/log-line.ts';
import type { FlowState } from '../../src/runner/reduce.ts';
import { type Block, gap, type Line, span } from '../blocks/block.ts';
import { blockLines, pageLines, signs, signTones } from '../blocks/block-lines.ts';
import { cutLine } from '../parts/cut-text.ts';
import { lineWithoutTime } from '../parts/log-lines.ts';
import { pullLines } from '../parts/pull-lines.ts';
import type { LogLineView } from '../views.ts';
import { failureText } from './failure-text.ts';

/** The state of a run, with where the edge answered as far as the run tells. */
export type LaunchFlow = FlowState & {
  readonly connections: { readonly locations?: readonly string[] };
};

export interface LaunchView {
  readonly flow: LaunchFlow;
  readonly logs: readonly LogLineView[];
  /** Routes that the proxy's lines have named so far. */
  readonly routesSeen: number;
  /** Routes that were asked for. */
  readonly wantedRoutes: number | undefined;
}

/** More than arrive between two frames; lines before these are not looked through. */
const searchedLines = 500;

/** How many routes the latest lines say that the proxy has taken; a line that comes twice counts once. */
export function routesIn(logs: readonly LogLineView[]): number {
  const isRoute = ({ service, text }: LogLineView) =>
    service === services.proxy &&
    text.includes('route configured') &&
    !text.includes('no route configured');
  const lines = logs.slice(-searchedLines).filter(isRoute);
  return new Set(lines.map(({ text }) => lineWithoutTime(text))).size;
}

function routesLine({ routesSeen, wantedRoutes }: LaunchView): Line {
  return [
    span(
      wantedRoutes === undefined
        ? `routes configured ${routesSeen}`
        : `routes configured ${Math.min(routesSeen, wantedRoutes)} of ${wantedRoutes}`,
    ),
  ];
}

function connectionLine({ registered, expected, locations = [] }: LaunchFlow['connections']): Line {
  if (expected === 0) return [span('connections '), span('none yet', 'quiet')];
  return [
    span('connections '),
    span(`${registered} of ${expected}`, registered > 0 ? 'good' : 'warn'),
    span(locations.length > 0 ? ` (${locations.join(', ')})` : '', 'quiet'),
  ];
}

/** The latest answers of the routes' upstreams, and of tools called through the tunnel. */
function answerLines({ routes, answered }: LaunchFlow, rows: number): readonly Line[] {
  if (rows < 1) return [];
  return [
    ...routes
      .slice(-rows)
      .map(({ route, status, found }) => [
        span(`${signs[status]} `, signTones[status]),
        span(`route ${route}: ${found}`),
      ]),
    ...answered
      .slice(-rows)
      .map(({ route, tool, text, via }) => [
        span(`${signs.pass} `, 'good'),
        span(`route ${route}: ${tool} answered “${cleanLine(text)}” (${via})`),
      ]),
  ].slice(-rows);
}

function startLines(view: LaunchView, rows: number): readonly Line[] {
  const { flow } = view;
  const counts = [
    connectionLine(flow.connections),
    ...(view.routesSeen === 0 ? [] : [routesLine(view)]),
  ];
  return [...counts, ...answerLines(flow, rows - counts.length)].slice(0, rows);
}

/** References of images that are yet to be pulled. */
function waitingImages({ changes, images }: FlowState): readonly string[] {
  return changes.flatMap(({ command }) => {
    const ref = command?.[1] === 'pull' ? command[2] : undefined;
    return ref === undefined || images.some(({ image }) => image === ref) ? [] : [ref];
  });
}

/** What the running step does, in at most `rows` rows; nothing where that is too quick to be seen. */
export function activityLines(view: LaunchView, width: number, rows: number): readonly Line[] {
  const { flow } = view;
  const running = flow.steps.find(({ status }) => status === 'running')?.id;
  if (running === 'images') return pullLines(flow.images, waitingImages(flow), width, rows);
  if (running !== 'start' && running !== 'verified') return [];
  return startLines(view, rows).map((line) => cutLine(line, width));
}

function diagnosisLines(
  { service, cause, fix, line }: FlowState['diagnoses'][number],
  width: number,
): readonly Line[] {
  const block: Block = { kind: 'finding', sign: 'warn', title: `${service}: ${cause}`, fix };
  return [
    ...blockLines(block, width),
    cutLine([span(`    ${'line'.padEnd(10)}`, 'quiet'), span(line, 'quiet')], width),
  ];
}

/** What known bad lines mean and what helps, the latest at the bottom, in at most `rows` rows. */
export function diagnosesLines(
  { diagnoses }: FlowState,
  width: number,
  rows: number,
): readonly Line[] {
  if (rows < 1) return [];
  const shown: Line[] = [];
  for (let index = diagnoses.length - 1; index >= 0; index -= 1) {
    const diagnosis = diagnoses[index];
    const lines = diagnosis ? diagnosisLines(diagnosis, width) : [];
    if (shown.length + lines.length > rows) {
      if (shown.length === 0) return [...lines.slice(0, rows - 1), [span('    …', 'quiet')]];
      return shown.length < rows
        ? [[span(`! ${index + 1} more before`, 'quiet')], ...shown]
        : shown;
    }
    shown.unshift(...lines);
  }
  return shown;
}

/** Why the run ended early: the failure, then what known lines said that it does not repeat. */
export function endedLines(flow: FlowState, width: number): readonly Line[] {
  const { failure, outcome, diagnoses } = flow;
  if (!failure) return [];
  const told = `${failure.summary}\n${failure.found ?? ''}`;
  const others = diagnoses.filter(({ cause }) => !told.includes(cause));
  return [
    ...pageLines(failureText(failure, outcome), width),
    ...others.flatMap((diagnosis) => [
      ...blockLines(gap, width),
      ...diagnosisLines(diagnosis, width),
    ]),
  ];
}

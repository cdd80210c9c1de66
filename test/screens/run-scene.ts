import { renderToString } from 'ink';
import type { ReactElement } from 'react';
import stringWidth from 'string-width';
import { expect } from 'vitest';
import type { PageId, Shell } from '../../screens/views.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { type FlowState, reduce, stateBefore } from '../../src/runner/reduce.ts';

export const domain = 'abcd1234.tunnel.anthropic.com';

/** The installation's steps, by the names a person reads. */
export const steps = [
  { id: 'directories', title: 'Directories' },
  { id: 'images', title: 'Images' },
  { id: 'certificate-authority', title: 'Certificate authority' },
  { id: 'server-certificate', title: 'Server certificate' },
  { id: 'files', title: 'Files' },
  { id: 'token', title: 'Tunnel token' },
  { id: 'ca-registration', title: 'CA registration' },
  { id: 'start', title: 'Start' },
  { id: 'verified', title: 'Verification' },
] as const;

type StepId = (typeof steps)[number]['id'];

const started: FlowEvent = {
  type: 'flow.started',
  flow: 'install',
  title: 'Installation',
  dir: '/srv/tunnel',
  steps,
};

/** The state while a step runs, all before it being done, after more events. */
export function during(step: StepId, ...events: readonly FlowEvent[]): FlowState {
  const at = steps.findIndex(({ id }) => id === step);
  const before = steps.slice(0, at).flatMap(({ id, title }): readonly FlowEvent[] => [
    { type: 'step.started', step: id, title },
    { type: 'step.finished', step: id, outcome: 'changed' },
  ]);
  return [
    started,
    ...before,
    { type: 'step.started', step, title: step } as const,
    ...events,
  ].reduce(reduce, stateBefore);
}

export function shellAt(page: PageId, columns: number, rows: number, rehearsal = false): Shell {
  return { page, columns, rows, rehearsal, colour: true };
}

/** Sizes at which a person reads frames, and two that must only fit. */
export const readable = [
  [60, 20],
  [80, 24],
  [120, 30],
] as const;
export const sizes = [...readable, [60, 15], [200, 50]] as const;

/** The lines of a frame; fails if it would not fit its terminal. */
export function frame(element: ReactElement, { columns, rows }: Shell): readonly string[] {
  const lines = renderToString(element, { columns }).split('\n');
  expect(lines.length).toBeLessThanOrEqual(rows - 1);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  return lines;
}

/** A frame as one text, its line breaks and indents being single spaces: sentences can be looked for. */
export function flat(lines: readonly string[]): string {
  return lines.join(' ').replaceAll(/\s+/gu, ' ');
}

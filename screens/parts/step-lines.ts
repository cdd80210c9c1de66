import type { StepState, StepStatus } from '../../src/runner/reduce.ts';
import type { Line, Tone } from '../blocks/block.ts';
import { span } from '../blocks/block.ts';

export const stepSigns: Readonly<Record<StepStatus, string>> = {
  waiting: '·',
  running: '▸',
  done: '✓',
  kept: '=',
  failed: '✗',
};

const tones: Readonly<Record<StepStatus, Tone>> = {
  waiting: 'quiet',
  running: 'accent',
  done: 'good',
  kept: 'quiet',
  failed: 'bad',
};

/** One line a step: its sign and title. */
export function stepLines(steps: readonly StepState[]): readonly Line[] {
  return steps.map(({ title, status }) => [
    span(`${stepSigns[status]} `, tones[status]),
    span(title, status === 'running' || status === 'failed' ? 'strong' : 'quiet'),
  ]);
}

/** All steps in one line: their signs, and the place of the one that matters now. */
export function stepLine(steps: readonly StepState[]): Line {
  const at = steps.findIndex(({ status }) => status === 'running' || status === 'failed');
  const strip = steps.map(({ status }) => span(stepSigns[status], tones[status]));
  const current = steps[at];
  if (!current) {
    const done = steps.filter(({ status }) => status === 'done' || status === 'kept').length;
    return [...strip, span(`  ${done} of ${steps.length} steps done`, 'strong')];
  }
  return [...strip, span(`  Step ${at + 1} of ${steps.length} · ${current.title}`, 'strong')];
}

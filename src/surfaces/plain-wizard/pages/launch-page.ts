import { type Block, gap, text } from '../../../../screens/blocks/block.ts';
import { failureText } from '../../../../screens/texts/failure-text.ts';
import type { FlowEvent } from '../../../runner/events.ts';
import { presentEvent } from '../../present-event.ts';
import { plainStyle } from '../../style.ts';
import { choose } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';
import { wrapIndented } from '../plain-lines.ts';

/**
 * Not told here: what the review has shown, what the summary or the failure below tells, and lines of
 * logs, of which the known bad ones are told as diagnoses.
 */
const elsewhere: readonly FlowEvent['type'][] = [
  'flow.started',
  'check',
  'plan',
  'log',
  'verified',
  'action.needed',
  'flow.finished',
];

function eventText(event: FlowEvent, width: number): readonly Block[] {
  if (elsewhere.includes(event.type)) return [];
  return presentEvent(event, { style: plainStyle, verbose: false, diffs: false })
    .flatMap((line) => line.split('\n'))
    .flatMap((line) => wrapIndented(line, width))
    .map((line) => ({ kind: 'lines', lines: [[{ text: line, tone: 'plain' }]] }) as const);
}

/** Tells everything that happens, as it happens, until the run has ended. */
async function follow(face: PlainFace): Promise<void> {
  const { run } = face;
  let ended = false;
  let told = false;
  while (!ended) {
    await face.until((state) => run.hasNews || state.run === 'ended' || (face.over && !told));
    // Looked at first: events come before the end, never after it.
    ended = face.state.run === 'ended';
    for (const event of run.take()) face.show(eventText(event, face.width));
    if (face.over && !told) {
      told = true;
      if (!ended) face.show([text('Stopping at the next step …')]);
    }
  }
}

/** The run as it happens, and where it fails why, and what to do next. */
export async function launchPage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  face.heading('launch');
  await follow(face);
  const { flow, refused } = face.state;
  const failure = refused ?? flow.failure;
  if (face.over || failure === undefined) return;
  face.show([gap, ...failureText(failure, flow.outcome), gap]);
  const choice = await choose(face, {
    enter: 'tries again',
    words: { retry: { does: 'looks at the host again and does what is left', action: 'retry' } },
    back: () => wizard.back(),
  });
  if (choice === undefined) return;
  wizard.retry();
  await face.until((state) => state.run !== 'ended');
}

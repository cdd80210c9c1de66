import { gap, text } from '../../../../screens/blocks/block.ts';
import {
  scheduleDecision,
  scheduleKeys,
  scheduleText,
} from '../../../../screens/texts/schedule-text.ts';
import { choose, type Word } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';

const retry: Word = { does: 'looks again', action: 'retry' };
const off: Word = { does: 'takes away what is set up; shows the plan', action: 'switchOff' };

/** What looks after the deployment by itself, to be switched on and off. */
export async function schedulePage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  face.heading('schedule');
  if (face.state.upkeep.view.kind === 'looking') face.show([text('Looking what is set up …'), gap]);
  await face.until(({ upkeep }) => face.over || upkeep.view.kind !== 'looking');
  if (face.over) return;
  const { view } = face.state.upkeep;
  const keys = scheduleKeys(view);
  face.show([...scheduleText(view), gap, ...scheduleDecision(view), gap]);
  const on: Word = {
    does: keys.off ? 'sets it up anew; shows the plan' : 'sets it up; shows the plan',
    action: 'switchOn',
  };
  const choice = await choose(face, {
    enter: 'goes home',
    words: {
      ...(keys.on ? { on } : {}),
      ...(keys.off ? { off } : {}),
      ...(view.kind === 'failed' ? { retry } : {}),
    },
    back: () => wizard.back(),
  });
  switch (choice?.word) {
    case undefined:
      return;
    case 'on':
    case 'off':
      wizard.upkeep.plan(choice.word);
      // The plan is made in the next turn: until then the page would be asked again.
      await face.until(({ page }) => face.over || page !== 'schedule');
      return;
    case 'retry':
      await wizard.upkeep.look();
      return;
    default:
      wizard.back();
  }
}

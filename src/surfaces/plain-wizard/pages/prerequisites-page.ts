import { gap } from '../../../../screens/blocks/block.ts';
import {
  checksSummary,
  checkText,
  mayGoOn,
  prerequisitesText,
} from '../../../../screens/texts/prerequisites-text.ts';
import { choose } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';

/** Prints each finding once, as soon as it is there, and at the end how it stands. */
async function followChecks(face: PlainFace): Promise<void> {
  const shown = new Set<string>();
  const show = () => {
    for (const check of face.state.checks) {
      if (check.status === 'busy' || shown.has(check.id)) continue;
      shown.add(check.id);
      face.show([checkText(check)]);
    }
  };
  const stop = face.watch(show);
  show();
  await face.until(({ checks }) => face.over || checks.every(({ status }) => status !== 'busy'));
  stop();
  if (!face.over) face.show([checksSummary(face.state.checks), gap]);
}

/** What the machine offers; the way on is open when nothing failed. */
export async function prerequisitesPage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  face.heading('prerequisites');
  face.show(prerequisitesText);
  await followChecks(face);
  for (;;) {
    const choice = await choose(face, {
      enter: 'goes on',
      words: { again: { does: 'looks at everything again', action: 'recheck' } },
      back: () => wizard.back(),
    });
    if (choice === undefined) return;
    if (choice.word === 'again') {
      wizard.recheck(undefined);
      await followChecks(face);
    } else if (mayGoOn(face.state.checks)) {
      wizard.next();
      return;
    } else {
      face.show([checksSummary(face.state.checks, true)]);
    }
  }
}

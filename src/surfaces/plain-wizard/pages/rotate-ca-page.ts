import { gap, text } from '../../../../screens/blocks/block.ts';
import {
  caRotationDecision,
  caRotationText,
  rotationKeys,
} from '../../../../screens/texts/ca-rotation-text.ts';
import { choose, type Word } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';

const again: Word = { does: 'looks again', action: 'retry' };
const cancel: Word = { does: 'takes the new CA back; shows the plan', action: 'cancel' };
const copied: Word = { does: 'puts the PEM into your terminal’s clipboard', action: 'copy' };
const registered: Word = {
  does: 'it is in the Console; the fingerprints match',
  action: 'confirm',
};
const revoked: Word = { does: 'the old CA is revoked in the Console', action: 'confirm' };

/** What a person decides at this stage; true once another page follows, or the wizard is left. */
async function decide(face: PlainFace): Promise<boolean> {
  const { wizard, copy } = face;
  const { view } = face.state.caRotation;
  const { goesOn, confirms, cancels, copies } = rotationKeys(view);
  const choice = await choose(face, {
    enter: view.kind === 'failed' ? 'looks again' : goesOn ? 'shows the plan' : 'goes home',
    words: {
      ...(view.kind === 'failed' ? { again } : {}),
      ...(confirms === 'registered' ? { registered } : {}),
      ...(confirms === 'revoked' ? { revoked } : {}),
      ...(copies && copy ? { copy: copied } : {}),
      ...(cancels ? { cancel } : {}),
    },
    back: () => wizard.back(),
  });
  if (choice === undefined) return true;
  switch (choice.word) {
    case 'copy':
      if (view.kind === 'seen' && view.next) copy?.(view.next.pem);
      face.show(
        caRotationDecision({ view, rehearsal: wizard.settings.rehearsal, copied: true }).slice(
          0,
          1,
        ),
      );
      return false;
    case 'registered':
    case 'revoked':
      await wizard.caRotation.confirm();
      // Refused by the simulated Console, the page says why.
      if (face.state.caRotation.view.kind === 'failed') return true;
      break;
    case 'cancel':
      wizard.caRotation.cancel();
      break;
    default:
      if (view.kind === 'failed') {
        await wizard.caRotation.look();
        return true;
      }
      if (!goesOn) {
        wizard.back();
        return true;
      }
      wizard.next();
  }
  // The plan is made in the next turn: until then the page would be asked again.
  await face.until(({ page }) => face.over || page !== 'rotate-ca');
  return true;
}

/** A CA rotation: where it stands, and what only a person can do next. */
export async function rotateCaPage(face: PlainFace): Promise<void> {
  const { settings } = face.wizard;
  face.heading('rotate-ca');
  if (face.state.caRotation.view.kind === 'looking')
    face.show([text('Looking where it stands …'), gap]);
  await face.until(({ caRotation }) => face.over || caRotation.view.kind !== 'looking');
  if (face.over) return;
  const { view } = face.state.caRotation;
  const { rehearsal, hostname } = settings;
  const domain = face.state.draft.domain.trim();
  const decision = caRotationDecision({ view, rehearsal, copied: false });
  face.show([
    ...caRotationText({ view, domain, hostname }),
    gap,
    ...(decision.length > 0 ? [...decision, gap] : []),
  ]);
  let over = false;
  while (!over && !face.over) over = await decide(face);
}

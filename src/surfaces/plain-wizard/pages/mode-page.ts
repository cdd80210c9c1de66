import { gap } from '../../../../screens/blocks/block.ts';
import { modeText } from '../../../../screens/texts/mode-text.ts';
import { installQuestions } from '../../../questions/install-questions.ts';
import { modes } from '../../wizard/modes.ts';
import { ask } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';

/** Whose tunnel this host serves, and how it gets its credentials. */
export async function modePage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  const { label, help, parse } = installQuestions.mode;
  face.heading('mode');
  face.show([...modeText(modes), gap]);
  const answer = await ask(face, {
    label,
    preset: modes[0].id,
    help,
    judge: (text) => {
      const mode = parse(text);
      return mode.ok ? undefined : mode.problem;
    },
    back: () => wizard.back(),
  });
  if (answer !== undefined) wizard.next();
}

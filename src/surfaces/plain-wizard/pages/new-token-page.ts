import { gap, text } from '../../../../screens/blocks/block.ts';
import { newTokenProblem, newTokenText } from '../../../../screens/texts/new-token-text.ts';
import { installQuestions } from '../../../questions/install-questions.ts';
import { newTokenForm } from '../../wizard/rotation.ts';
import { ask } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';
import { tokenWords } from './tunnel-page.ts';

/** The token that a rotation is to take. */
export async function newTokenPage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  face.heading('new-token');
  await wizard.hosts.settled();
  const { state } = face;
  const form = newTokenForm(state);
  face.show([
    ...newTokenText(form, wizard.settings.rehearsal, state.hosts),
    gap,
    text('Paste the token, then press Enter. It is not shown.', 'quiet'),
  ]);
  const { help, parse } = installQuestions.token;
  const answer = await ask(face, {
    label: 'What is the new token?',
    preset: newTokenProblem(form) === undefined ? tokenWords(form) : undefined,
    help,
    isSecret: true,
    judge: (pasted) => {
      const token = parse(pasted);
      return token.ok ? undefined : token.problem;
    },
    back: () => wizard.back(),
  });
  if (answer === undefined) return;
  if (answer !== '') wizard.rotation.setToken(answer);
  wizard.next();
  // The plan is made in the next turn: until then the page would be asked again.
  await face.until(({ page }) => page !== 'new-token');
}

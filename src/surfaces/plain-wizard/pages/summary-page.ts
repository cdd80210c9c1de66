import { gap, text } from '../../../../screens/blocks/block.ts';
import { failureText } from '../../../../screens/texts/failure-text.ts';
import { choose } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';

/**
 * Asks for what only a person can still do. What was reached is told by whoever closes the wizard:
 * in lines it stays on the screen anyhow.
 */
export async function summaryPage(face: PlainFace): Promise<void> {
  const { wizard, state } = face;
  const { action } = state.flow;
  face.heading('summary');
  if (action?.id !== 'register-ca') {
    wizard.finish();
    return;
  }
  face.show([
    { kind: 'heading', text: `Your turn: ${action.title}` },
    text('Calls through the tunnel fail until this is done. It can be done later, too.'),
    gap,
  ]);
  const choice = await choose(face, {
    enter: 'finishes, and says what is left to do',
    words: {
      registered: { does: 'it is in the Console; the fingerprints match', action: 'confirm' },
    },
    help: action.steps.map((step, index) => `${index + 1}. ${step}`).join('\n'),
  });
  if (choice === undefined) return;
  if (choice.word === 'Enter') {
    wizard.finish();
    return;
  }
  await wizard.confirmCa();
  const { ca } = face.state;
  if (ca.status === 'failed') face.show(failureText(ca.failure));
  else await face.until(({ page }) => page !== 'summary');
}

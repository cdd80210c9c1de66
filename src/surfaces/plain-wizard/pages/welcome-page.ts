import { gap, text } from '../../../../screens/blocks/block.ts';
import { welcomeText } from '../../../../screens/texts/welcome-text.ts';
import { choose, type Word } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';

const rehearse: Word = { does: 'first tries everything with a simulator', action: 'rehearse' };

/** What every question of the wizard takes. */
export const commonWords = text(
  'At every question: back = page before, quit = leave, ? = help.',
  'quiet',
);

/** What will happen, where nothing is yet. */
export async function welcomePage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  const { settings, dir } = wizard;
  const { user, rehearsal } = settings;
  face.heading('welcome');
  face.show([...welcomeText({ dir, user, rehearsal }), commonWords, gap]);
  const choice = await choose(face, { enter: 'begins', words: rehearsal ? {} : { rehearse } });
  if (choice?.word === 'Enter') wizard.next();
  if (choice?.word === 'rehearse') wizard.rehearse();
}

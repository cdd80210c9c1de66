import { gap, text } from '../../../../screens/blocks/block.ts';
import { existingText, welcomeText } from '../../../../screens/texts/welcome-text.ts';
import { choose, type Word } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';

const rehearse: Word = { does: 'first tries everything with a simulator', action: 'rehearse' };
const logs: Word = { does: 'shows what the containers write now', action: 'logs' };
const rotate: Word = { does: 'takes a new token without losing a request', action: 'rotate' };

/** What will happen, or what is already here. */
export async function welcomePage(face: PlainFace): Promise<void> {
  const { wizard, state } = face;
  const { settings, dir } = wizard;
  const { existing } = state;
  face.heading('welcome');
  face.show([
    ...(existing
      ? existingText(dir, existing)
      : welcomeText({ dir, user: settings.user, rehearsal: settings.rehearsal })),
    text('At every question: back = page before, quit = leave, ? = help.', 'quiet'),
    gap,
  ]);
  const choice = await choose(face, {
    enter: existing ? 'checks and repairs' : 'begins',
    words: {
      ...(existing?.services.length ? { logs, rotate } : {}),
      ...(settings.rehearsal ? {} : { rehearse }),
    },
  });
  if (choice === undefined) return;
  if (choice.word === 'Enter') wizard.next();
  if (choice.word === 'logs') wizard.showLogs();
  if (choice.word === 'rotate') await wizard.rotate();
  if (choice.word === 'rehearse') wizard.rehearse();
}

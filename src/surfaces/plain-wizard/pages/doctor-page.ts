import { gap, text } from '../../../../screens/blocks/block.ts';
import { doctorLines } from '../../../../screens/texts/doctor-text.ts';
import { choose } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';

/** What is wrong with the deployment, and what to do first, once all is examined. */
export async function doctorPage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  face.heading('doctor');
  for (;;) {
    face.show([text('Examining, layer by layer …'), gap]);
    await face.until(({ doctor }) => face.over || !doctor.running);
    if (face.over) return;
    // Keys are of the screens: here the commands alone are told.
    face.print(doctorLines(face.state.doctor, [], face.width));
    const choice = await choose(face, {
      enter: 'goes back',
      words: { again: { does: 'examines everything again', action: 'recheck' } },
      back: () => wizard.back(),
    });
    if (choice === undefined) return;
    if (choice.word === 'Enter') {
      wizard.back();
      return;
    }
    wizard.besides.doctor.start();
  }
}

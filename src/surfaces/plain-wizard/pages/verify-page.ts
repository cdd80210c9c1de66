import { gap, text } from '../../../../screens/blocks/block.ts';
import { keyTrouble, verifyText } from '../../../../screens/texts/verify-text.ts';
import type { VerifyView } from '../../../../screens/verify-view.ts';
import { parseApiKey } from '../../../domain/api-key.ts';
import { ask, choose, type Word } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';

const again: Word = { does: 'looks again, and asks before it calls', action: 'retry' };

/** Words for a key that is there already. */
function keyWords({ key, keyFrom }: VerifyView): string {
  const from = keyFrom === undefined ? 'as given before' : `from ${keyFrom}`;
  return `${key?.length} characters, ${from}`;
}

/** The key, and with it consent; false if nothing is to be sent. */
async function askKey(face: PlainFace): Promise<boolean> {
  const { wizard } = face;
  const { verify } = face.state;
  const answer = await ask(face, {
    label: 'API key of the tunnel’s workspace; Enter sends the request',
    preset: keyTrouble(verify) === undefined ? keyWords(verify) : undefined,
    help: 'It is not shown and not kept. Its form is checked here; whether it is good only the API knows.',
    isSecret: true,
    judge: (pasted) => {
      const key = parseApiKey(pasted);
      return key.ok ? undefined : key.problem;
    },
    back: () => wizard.back(),
  });
  if (answer === undefined) return false;
  if (answer !== '') wizard.besides.verification.setKey(answer);
  return true;
}

/** A call from the vendor's side: what is sent, the key, what came of it. */
export async function verifyPage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  const { rehearsal } = wizard.settings;
  const show = () => face.show([...verifyText(face.state.verify, rehearsal), gap]);
  face.heading('verify');
  if (face.state.verify.status === 'looking') {
    face.show([text('Asking the upstreams which tools they have …', 'quiet')]);
    await face.until(({ verify }) => face.over || verify.status !== 'looking');
  }
  if (face.over) return;
  if (face.state.verify.status === 'asking') {
    show();
    if (!(await askKey(face))) return;
    wizard.besides.verification.send();
    face.show([text('Claude is calling …', 'quiet')]);
    await face.until(({ verify }) => face.over || verify.status === 'ended');
  }
  if (face.over) return;
  show();
  const choice = await choose(face, {
    enter: 'goes back',
    words: { again },
    back: () => wizard.back(),
  });
  if (choice?.word === 'Enter') wizard.back();
  if (choice?.word === 'again') wizard.besides.verification.start();
}

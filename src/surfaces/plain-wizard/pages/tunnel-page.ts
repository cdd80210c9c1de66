import { gap, text } from '../../../../screens/blocks/block.ts';
import { tunnelNotes, tunnelText } from '../../../../screens/texts/tunnel-text.ts';
import { misplacedInDomain } from '../../../../screens/tunnel/misplaced-paste.ts';
import type { TunnelForm } from '../../../../screens/views.ts';
import { installQuestions } from '../../../questions/install-questions.ts';
import { tunnelForm } from '../../wizard/forms.ts';
import { ask } from '../ask.ts';
import { exposureText } from '../exposed-secret.ts';
import type { PlainFace } from '../plain-face.ts';

function formOf({ wizard, state }: PlainFace): TunnelForm {
  return tunnelForm(state.draft, wizard.settings.hasToken);
}

/** A token as it may be shown: never a piece of it. */
export function tokenWords({ token }: TunnelForm): string | undefined {
  return token && `${token.length} characters, sha256 ${token.fingerprint}…`;
}

function problemOfDomain(answer: string): string | undefined {
  const misplaced = misplacedInDomain(answer);
  if (misplaced?.kind === 'secret') return misplaced.why;
  if (misplaced) return undefined;
  const domain = installQuestions.domain.parse(answer);
  return domain.ok ? undefined : domain.problem;
}

/** True once there is a domain; what is refused is not kept, for it may be a secret. */
async function askDomain(face: PlainFace): Promise<boolean> {
  const { wizard } = face;
  const { label, help } = installQuestions.domain;
  for (;;) {
    const { domain, domainProblem } = formOf(face);
    const answer = await ask(face, {
      label,
      preset: domain !== '' && domainProblem === undefined ? domain : undefined,
      help,
      judge: problemOfDomain,
      back: () => wizard.back(),
    });
    if (answer === undefined) return false;
    if (answer === '') return true;
    const misplaced = misplacedInDomain(answer);
    if (misplaced?.kind !== 'token') {
      wizard.setDomain(misplaced?.kind === 'domain' ? misplaced.domain : answer);
      return true;
    }
    wizard.setToken(answer);
    face.show([text('That was the tunnel’s token: it is taken as such.', 'warn'), exposureText]);
  }
}

function presetToken(form: TunnelForm): string | undefined {
  if (form.token !== undefined && form.tokenProblem === undefined) return tokenWords(form);
  return form.token === undefined && form.keepsToken ? 'the one that is here' : undefined;
}

async function askToken(face: PlainFace): Promise<boolean> {
  const { wizard } = face;
  const { label, help, parse } = installQuestions.token;
  const form = formOf(face);
  const keeps = form.token === undefined ? tunnelNotes(form).token : undefined;
  face.show([
    ...(keeps === undefined ? [] : [text(keeps)]),
    text('Paste the token, then press Enter. It is not shown.', 'quiet'),
  ]);
  const answer = await ask(face, {
    label,
    preset: presetToken(form),
    help,
    isSecret: true,
    judge: (pasted) => {
      const token = parse(pasted);
      return token.ok ? undefined : token.problem;
    },
    back: () => wizard.back(),
  });
  if (answer === undefined) return false;
  if (answer !== '') wizard.setToken(answer);
  return true;
}

/** The tunnel that ends on this host: its domain, and the token that proves it. */
export async function tunnelPage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  face.heading('tunnel');
  const before = formOf(face);
  face.show(tunnelText(before, wizard.settings.rehearsal));
  for (const problem of [
    before.domain === '' ? undefined : before.domainProblem,
    before.tokenProblem,
  ])
    if (problem !== undefined) face.show([{ kind: 'finding', sign: 'fail', title: problem }]);
  face.show([gap]);
  if (!(await askDomain(face)) || !(await askToken(face))) return;
  const form = formOf(face);
  const told = form.token ? [tokenWords(form), tunnelNotes(form).token] : [];
  face.show(told.flatMap((each) => (each === undefined ? [] : [text(each)])));
  wizard.next();
}

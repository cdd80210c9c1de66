import { gap } from '../../../../screens/blocks/block.ts';
import {
  type CertificateField,
  certificatesDecision,
  certificatesText,
  settingLabels,
  settingsOf,
  settingsText,
} from '../../../../screens/texts/certificates-text.ts';
import type { CertificateForm } from '../../../../screens/views.ts';
import { installQuestions } from '../../../questions/install-questions.ts';
import { certificateForm } from '../../wizard/forms.ts';
import { ask, choose } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';

const questions = {
  keyType: installQuestions.keyType,
  days: installQuestions.certificateDays,
  caDays: installQuestions.caDays,
} as const;

function formOf({ wizard, state }: PlainFace): CertificateForm {
  return certificateForm(state.draft, wizard.knownCa);
}

async function askSetting(face: PlainFace, field: CertificateField): Promise<boolean> {
  const { help, placeholder, parse } = questions[field];
  const form = formOf(face);
  const answer = await ask(face, {
    label: field === 'keyType' ? `${settingLabels[field]} (${placeholder})` : settingLabels[field],
    preset: form.problems[field] === undefined ? form[field] : undefined,
    help,
    judge: (text) => {
      const value = parse(text);
      return value.ok ? undefined : value.problem;
    },
  });
  if (answer !== undefined && answer !== '') face.wizard.setCertificate(field, answer);
  return answer !== undefined;
}

async function edit(face: PlainFace): Promise<void> {
  const form = formOf(face);
  face.show([gap, ...settingsText(form)]);
  for (const field of settingsOf(form)) if (!(await askSetting(face, field))) return;
}

/** The certificates that are made, with defaults one key away from accepted. */
export async function certificatesPage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  face.heading('certificates');
  for (;;) {
    const form = formOf(face);
    face.show([
      ...certificatesText(form, face.state.draft.domain.trim()),
      gap,
      ...certificatesDecision(form, wizard.dir),
      gap,
    ]);
    const isGood = Object.keys(form.problems).length === 0;
    const choice = await choose(face, {
      enter: isGood ? 'accepts' : 'asks for the settings again',
      words: { edit: { does: 'asks for kind of key and days', action: 'edit' } },
      back: () => wizard.back(),
    });
    if (choice === undefined) return;
    if (choice.word === 'Enter' && isGood) {
      wizard.next();
      return;
    }
    await edit(face);
    if (face.over) return;
    face.show([gap]);
  }
}

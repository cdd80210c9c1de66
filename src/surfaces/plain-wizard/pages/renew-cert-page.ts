import { gap } from '../../../../screens/blocks/block.ts';
import {
  firstBroken,
  type RenewalField,
  renewalDecision,
  renewalFields,
  renewalLabels,
  renewalNote,
  renewalSettingsText,
  renewalText,
  usualCaKey,
} from '../../../../screens/texts/renewal-text.ts';
import { installQuestions } from '../../../questions/install-questions.ts';
import { renewalForm } from '../../wizard/renewal-state.ts';
import { type Asked, ask, choose } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';

const { certificateDays, keyType } = installQuestions;

function judgeKey(text: string): string | undefined {
  if (text === 'keep') return undefined;
  const kind = keyType.parse(text);
  return kind.ok ? undefined : `Expected keep, or the kind of a new key. ${kind.problem}`;
}

/** What is asked for a setting, with what there is as its preset. */
function questionOf(face: PlainFace, field: RenewalField): Asked {
  const form = renewalForm(face.state.renewal);
  const label = renewalLabels[field];
  const help = renewalNote(form, field)?.replace(/^[✓!] /u, '') ?? '';
  switch (field) {
    case 'days':
      return {
        ...{ label, help },
        preset: form.problems['days'] === undefined ? form.days : undefined,
        judge: (text) => {
          const days = certificateDays.parse(text);
          return days.ok ? undefined : days.problem;
        },
      };
    case 'key':
      return {
        label: `${label} (keep, or a new one: ${keyType.placeholder})`,
        preset: form.key,
        help: 'keep is as in the vendor’s guide; a new key is for when the old one may be known.',
        judge: judgeKey,
      };
    case 'caKeyFile':
      return {
        ...{ label, help },
        preset: form.caKeyFile === '' ? usualCaKey : form.caKeyFile,
        judge: () => undefined,
      };
    case 'passphrase':
      return {
        ...{ label, help },
        preset: form.passphrase ? 'the one that was typed' : 'none',
        isSecret: true,
        judge: () => undefined,
      };
  }
}

async function edit(face: PlainFace): Promise<void> {
  const { renewal } = face.wizard;
  face.show([gap, ...renewalSettingsText]);
  for (const field of renewalFields) {
    const answer = await ask(face, questionOf(face, field));
    if (answer === undefined) return;
    if (answer === '') continue;
    if (field === 'passphrase') renewal.setPassphrase(answer);
    else renewal.set(field, field === 'caKeyFile' && answer === usualCaKey ? '' : answer);
    await judged(face);
  }
}

/** Once everything that was asked of this host is known. */
function judged(face: PlainFace): Promise<void> {
  return face.until(
    ({ renewal }) => face.over || (renewal.found !== undefined && renewal.caKey.kind !== 'looking'),
  );
}

/** The server certificate that is there, and how another one takes its place. */
export async function renewCertPage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  face.heading('renew-cert');
  while (!face.over) {
    await judged(face);
    if (face.over) return;
    const form = renewalForm(face.state.renewal);
    const isGood = firstBroken(form) === undefined;
    face.show([...renewalText(form), gap, ...renewalDecision, gap]);
    const choice = await choose(face, {
      enter: isGood ? 'shows the plan' : 'asks for the settings',
      words: {
        edit: { does: 'asks for days, private key and the CA’s key', action: 'edit' },
        ...(form.found?.archived
          ? { restore: { does: 'puts the archived pair back', action: 'restore' } as const }
          : {}),
      },
      back: () => wizard.back(),
    });
    if (choice === undefined) return;
    if (choice.word === 'edit' || (choice.word === 'Enter' && !isGood)) {
      await edit(face);
      face.show([gap]);
      continue;
    }
    if (choice.word === 'restore') wizard.renewal.restore();
    else wizard.next();
    // The plan is made in the next turn: until then the page would be asked again.
    await face.until(({ page }) => page !== 'renew-cert');
    return;
  }
}

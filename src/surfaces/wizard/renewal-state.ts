import { resolve } from 'node:path';
import type { CaKeyView, RenewalForm } from '../../../screens/operation-views.ts';
import type { Secret } from '../../domain/secret.ts';
import { installQuestions } from '../../questions/install-questions.ts';
import type { RawAnswers } from '../../questions/question.ts';
import type { RenewalOptions } from '../../steps/renew-cert/options.ts';
import { renewAlways } from '../../steps/renew-cert/options.ts';
import type { Draft } from './draft.ts';

/** How a server certificate is to be renewed, as typed. */
export interface RenewalState {
  /** What is on disk; undefined while it is read. */
  readonly found: RenewalForm['found'];
  readonly days: string;
  /** `keep`, or the kind of a new key. */
  readonly key: string;
  readonly caKeyFile: string;
  readonly caKey: CaKeyView;
  /** In memory until the renewal is done, and nowhere else. */
  readonly passphrase: Secret | undefined;
  /** The archived pair is put back instead. */
  readonly restore: boolean;
}

/** What a renewal begins with, where it was given beforehand. */
export interface RenewalPreset {
  readonly newKey?: boolean;
  readonly restore?: boolean;
}

function given(draft: Draft, id: string): string {
  const value = draft.given[id]?.value;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A renewal that nothing was typed for yet. */
export function renewalBefore(draft: Draft, preset: RenewalPreset = {}): RenewalState {
  const keyType = given(draft, 'keyType') || 'rsa-2048';
  const passphrase = draft.given['caPassphrase']?.value;
  const secret =
    typeof passphrase === 'string' ? installQuestions.caPassphrase.parse(passphrase) : undefined;
  return {
    found: undefined,
    days: given(draft, 'certificateDays') || '90',
    key: preset.newKey ? keyType : 'keep',
    caKeyFile: given(draft, 'caKeyFile'),
    caKey: { kind: 'looking' },
    passphrase: secret?.ok ? secret.value : undefined,
    restore: preset.restore ?? false,
  };
}

function caKeyProblem({ caKey, caKeyFile }: RenewalState): string | undefined {
  const where = caKeyFile.trim() === '' ? 'in data/ca.key' : 'at this path';
  if (caKey.kind === 'missing')
    return `There is nothing ${where}: name the file with the CA’s key.`;
  return caKey.kind === 'refused' ? caKey.why : undefined;
}

/** A renewal as its screen shows it. */
export function renewalForm(state: RenewalState): RenewalForm {
  const { found, days, key, caKeyFile, caKey, passphrase } = state;
  const judged = installQuestions.certificateDays.parse(days);
  const problems = {
    days: judged.ok ? undefined : judged.problem,
    caKeyFile: caKeyProblem(state),
    passphrase:
      caKey.kind === 'encrypted' && !passphrase
        ? 'The CA’s key is encrypted: its passphrase is needed.'
        : undefined,
  };
  return {
    ...{ found, days, key, caKeyFile, caKey },
    // A fingerprint of what people think up would help to guess it.
    passphrase: passphrase && { length: passphrase.length },
    problems: Object.fromEntries(
      Object.entries(problems).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
}

/** True if nothing on the screen stands in the way. */
export function renewalIsGood(form: RenewalForm): boolean {
  return form.found !== undefined && Object.keys(form.problems).length === 0;
}

/** What is asked of the flow. */
export function renewalOptionsOf({ key, restore }: RenewalState): RenewalOptions {
  return { ...renewAlways, newKey: !restore && key !== 'keep', restore };
}

/** The answers that a renewal differs in; they take the way of every flag. */
export function renewalAnswers(
  { days, key, caKeyFile, passphrase }: RenewalState,
  cwd: string,
): RawAnswers {
  const source = 'the wizard';
  const file = caKeyFile.trim();
  return {
    certificateDays: { value: days.trim(), source },
    ...(key === 'keep' ? {} : { keyType: { value: key, source } }),
    ...(file === '' ? {} : { caKeyFile: { value: resolve(cwd, file), source } }),
    ...(passphrase ? { caPassphrase: { value: passphrase.reveal(), source } } : {}),
  };
}

/** Flags that open the wizard with the same again; the passphrase has to be typed anew. */
export function renewalFlags(state: RenewalState, draft: Draft): readonly string[] {
  if (state.restore) return ['--restore'];
  const flag = (id: 'certificateDays' | 'caKeyFile', text: string, otherwise: string) => {
    const known = draft.given[id];
    const isKnown =
      known === undefined ? text === otherwise : known.stored && given(draft, id) === text;
    return isKnown || text === '' ? [] : [`--${installQuestions[id].flag}`, text];
  };
  const file = state.caKeyFile.trim();
  return [
    ...flag('certificateDays', state.days.trim(), '90'),
    ...(state.key === 'keep' ? [] : ['--new-key', `--${installQuestions.keyType.flag}`, state.key]),
    ...flag('caKeyFile', file && resolve(draft.cwd, file), ''),
  ];
}

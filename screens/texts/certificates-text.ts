import type { KeyType } from '../../src/domain/certificate.ts';
import { type Block, type Fact, gap, text } from '../blocks/block.ts';
import type { CertificateForm } from '../views.ts';

export const keyTypeChoices: readonly {
  readonly value: KeyType;
  readonly label: string;
  readonly note: string;
}[] = [
  { value: 'rsa-2048', label: 'RSA-2048', note: 'as in the vendor’s guide' },
  { value: 'rsa-3072', label: 'RSA-3072', note: 'where a policy asks for it' },
  { value: 'rsa-4096', label: 'RSA-4096', note: 'the slowest' },
  { value: 'p-256', label: 'ECDSA P-256', note: 'as strong as RSA-3072, the fastest' },
];

export type CertificateField = 'keyType' | 'days' | 'caDays';

export const settingLabels: Readonly<Record<CertificateField, string>> = {
  keyType: 'Kind of key',
  days: 'Days of the server certificate',
  caDays: 'Days of the CA',
};

/** The settings that there are, top to bottom; those of a CA only where one is made. */
export function settingsOf({ existingCa }: CertificateForm): readonly CertificateField[] {
  return existingCa ? ['keyType', 'days'] : ['keyType', 'days', 'caDays'];
}

/** The key type's name as people write it. */
export function keyTypeLabel(keyType: string): string {
  return keyTypeChoices.find(({ value }) => value === keyType)?.label ?? keyType;
}

/** `3650 days (10 years)`; anything that is no number as it is. */
export function daysText(days: string): string {
  const count = Number(days);
  const years = Math.round(count / 365);
  if (!Number.isInteger(count) || count < 1) return days === '' ? 'no days given' : days;
  const inYears = years > 1 && Math.abs(count - years * 365) <= years ? ` (${years} years)` : '';
  return `${count} day${count === 1 ? '' : 's'}${inYears}`;
}

function caFact({ keyType, caDays, caFrom }: CertificateForm): Fact {
  const kind = `${keyTypeLabel(keyType)}, ${daysText(caDays)}`;
  return {
    label: 'CA',
    value:
      caFrom === undefined
        ? `${kind}. Signs the other. You register it in the Console next; its key stays here, and no container can read it.`
        : `The one you named is used: ${caFrom}. What of it is not there yet is made (${kind}). You register it in the Console next.`,
  };
}

function keptText(existing: NonNullable<CertificateForm['existingCa']>): Block {
  const { fingerprint, daysLeft } = existing;
  const left = daysLeft < 0 ? `expired ${-daysLeft} days ago` : `${daysLeft} days left`;
  return text(
    `The CA that is here is kept: sha256 ${fingerprint.slice(0, 12)}…, ${left}. An installation never replaces it: a new one would have to be registered again.`,
    daysLeft < 30 ? 'warn' : 'plain',
  );
}

/** Which certificates there will be, and why. */
export function certificatesText(form: CertificateForm, domain: string): readonly Block[] {
  const { keyType, days, existingCa, problems } = form;
  return [
    {
      kind: 'heading',
      text: existingCa ? 'A certificate is made here' : 'Two certificates are made here',
    },
    text('Claude and mcp-proxy speak TLS inside the tunnel: nobody on the way reads along.'),
    gap,
    {
      kind: 'facts',
      rows: [
        ...(existingCa ? [] : [caFact(form)]),
        {
          label: 'Server',
          value: `${keyTypeLabel(keyType)}, ${daysText(days)}. mcp-proxy shows it to Claude, for *.${domain}.`,
        },
      ],
    },
    ...(existingCa ? [gap, keptText(existingCa)] : []),
    ...settingsOf(form).flatMap((field): readonly Block[] => {
      const found = problems[field];
      return found === undefined
        ? []
        : [{ kind: 'finding', sign: 'fail', title: settingLabels[field], found }];
    }),
  ];
}

/** Exactly what Enter writes; always in sight. */
export function certificatesDecision(form: CertificateForm, dir: string): readonly Block[] {
  const after = 'The server certificate follows after the review.';
  if (form.existingCa) return [text('Enter goes on; no CA is made.'), text(after, 'quiet')];
  const key = form.caFrom === undefined ? 'data/ca.key' : 'its key';
  const where =
    form.caFrom === undefined ? 'the CA’s private key' : 'where you named it, if not there';
  return [
    text(`Enter writes now, in ${dir}:`),
    {
      kind: 'facts',
      rows: [
        { label: `  ${key}`, value: `0600  ${where}` },
        { label: '  data/ca.crt', value: '0644  the CA’s certificate, public' },
      ],
    },
    text(`Also its folders and its journal (.mcp-tunnel/). ${after}`, 'quiet'),
  ];
}

/** What stands above the settings. */
export function settingsText(form: CertificateForm): readonly Block[] {
  return [
    {
      kind: 'heading',
      text: form.existingCa ? 'Settings of the server certificate' : 'Settings of new certificates',
    },
  ];
}

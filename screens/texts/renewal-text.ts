import { type Block, type Fact, gap, text } from '../blocks/block.ts';
import type { CertificateView, RenewalForm } from '../operation-views.ts';
import { daysText, keyTypeChoices, keyTypeLabel } from './certificates-text.ts';

export const renewalFields = ['days', 'key', 'caKeyFile', 'passphrase'] as const;
export type RenewalField = (typeof renewalFields)[number];

export const renewalLabels: Readonly<Record<RenewalField, string>> = {
  days: 'Days of the new certificate',
  key: 'Private key',
  caKeyFile: 'The CA’s private key',
  passphrase: 'Its passphrase',
};

/** Where the CA's key lies if nothing else is said. */
export const usualCaKey = 'data/ca.key';

/** What may become of the private key. */
export const keyChoices: readonly {
  readonly value: string;
  readonly label: string;
  readonly note?: string;
}[] = [
  { value: 'keep', label: 'the one there is', note: 'as the guide does' },
  ...keyTypeChoices.map(({ value, label, note }) => ({
    value,
    label: `a new one, ${label}`,
    note,
  })),
];

/** What becomes of the private key, in words. */
export function keyWords(key: string): string {
  return key === 'keep' ? 'the one there is' : `a new one, ${keyTypeLabel(key)}`;
}

/** What a field says while nothing is wrong with it. */
export function renewalNote(form: RenewalForm, field: RenewalField): string | undefined {
  switch (field) {
    case 'days':
      return '90 as in the guide. It never outlives the CA.';
    case 'key':
      return undefined;
    case 'caKeyFile':
      if (form.caKey.kind === 'opens') return '✓ the key of this CA';
      if (form.caKey.kind === 'encrypted') return '! It is encrypted: its passphrase is next.';
      return `A path on this host, such as a mounted key drive; empty: ${usualCaKey}.`;
    case 'passphrase':
      return 'Only for an encrypted key. It is kept in memory until the wizard ends, and written nowhere.';
  }
}

function leftWords({ daysLeft, notAfter }: CertificateView): string {
  const day = notAfter.slice(0, 10);
  if (daysLeft < 0) return `expired on ${day}`;
  return `${daysLeft === 1 ? '1 day' : `${daysLeft} days`} left, until ${day}`;
}

const soon = 30;

function presentFact(server: CertificateView | undefined): Fact {
  if (!server) return { label: 'Present', value: 'there is none that can be read', tone: 'warn' };
  const { fingerprint, keyKind, daysLeft } = server;
  return {
    label: 'Present',
    value: `${leftWords(server)}; ${keyKind}, sha256 ${fingerprint.slice(0, 12)}…`,
    tone: daysLeft < 0 ? 'bad' : daysLeft < soon ? 'warn' : 'plain',
  };
}

function newFact({ days, key }: RenewalForm, ca: CertificateView | undefined): Fact {
  const count = Number(days);
  const short =
    ca && count > ca.daysLeft ? `, but not longer than its CA: ${ca.daysLeft} days` : '';
  return { label: 'New', value: `${daysText(days)}${short}; private key: ${keyWords(key)}` };
}

function caFact({ caKeyFile, caKey }: RenewalForm, ca: CertificateView | undefined): Fact {
  const file = caKeyFile.trim() === '' ? usualCaKey : caKeyFile.trim();
  const state = caKey.kind === 'encrypted' ? ' (encrypted)' : '';
  if (!ca) return { label: 'Signed by', value: 'data/ca.crt cannot be read', tone: 'bad' };
  return {
    label: 'Signed by',
    value: `the CA there is (${leftWords(ca)}), by its key in ${file}${state}`,
  };
}

function archiveFacts({ found }: RenewalForm): readonly Fact[] {
  if (!found?.archived) return [];
  const { archived } = found;
  return [
    {
      label: 'Archived',
      value: `${leftWords(archived)}; ${archived.keyKind}, sha256 ${archived.fingerprint.slice(0, 12)}…. b puts it back.`,
    },
  ];
}

/** The certificate that is there, the one that would come, and what it takes. */
export function renewalText(form: RenewalForm): readonly Block[] {
  const { found, problems } = form;
  return [
    { kind: 'heading', text: 'Renew the server certificate' },
    text(
      'mcp-proxy shows it to Claude inside the tunnel. It takes the new file by itself: nothing is restarted.',
    ),
    gap,
    ...(found
      ? [
          {
            kind: 'facts',
            rows: [
              presentFact(found.server),
              newFact(form, found.ca),
              caFact(form, found.ca),
              ...archiveFacts(form),
            ],
          } as const,
        ]
      : [text('Looking at what is there …', 'accent')]),
    ...renewalFields.flatMap((field): readonly Block[] => {
      const problem = problems[field];
      return problem === undefined
        ? []
        : [{ kind: 'finding', sign: 'fail', title: renewalLabels[field], found: problem }];
    }),
  ];
}

/** What Enter does; always in sight. */
export const renewalDecision: readonly Block[] = [
  text(
    'Enter shows the plan; nothing is written yet. The pair there is goes into the archive first.',
  ),
];

/** The first field in whose way something stands. */
export function firstBroken({ problems }: RenewalForm): RenewalField | undefined {
  return renewalFields.find((field) => problems[field] !== undefined);
}

/** What stands above the settings. */
export const renewalSettingsText: readonly Block[] = [
  { kind: 'heading', text: 'How the new certificate is made' },
];

import stringWidth from 'string-width';
import { shellQuote } from '../../src/domain/command-line.ts';
import { formatFingerprint } from '../../src/domain/fingerprint.ts';
import { type Block, gap, text } from '../blocks/block.ts';
import type { CaView } from '../views.ts';
import { failureText } from './failure-text.ts';

/** What the file is called on the operator's own machine. */
export const downloadName = 'mcp-tunnel-ca.crt';

export interface RegisterCaAbout {
  readonly ca: CaView;
  readonly domain: string;
  readonly hostname: string;
  readonly rehearsal: boolean;
  /** Room for what is copied, so that it is not cut where that would spoil it; without, any. */
  readonly columns?: number;
}

type MadeCa = Extract<CaView, { status: 'made' }>;

/** A fingerprint in two rows of sixteen bytes, as one compares it. */
export function fingerprintRows(fingerprint: string): string {
  const bytes = formatFingerprint(fingerprint).split(':');
  return [bytes.slice(0, 16), bytes.slice(16)].map((row) => row.join(':')).join('\n');
}

const heading: Block = { kind: 'heading', text: 'Register the CA in the Console' };
const why = text('Claude trusts mcp-proxy once the Console knows its CA.');

/** Fetches the CA's certificate: in one line, or in two that a shell reads as one. */
export function scpCommand(hostname: string, path: string, columns: number): string {
  const from = `scp ${shellQuote(`${hostname}:${path}`)}`;
  const whole = `${from} ${downloadName}`;
  return stringWidth(whole) <= columns ? whole : `${from} \\\n  ${downloadName}`;
}

/** Even lines where the usual 64 characters do not fit; it stays the same certificate. */
function pemIn(pem: string, columns: number): string {
  const lines = pem.trim().split('\n');
  if (columns >= 64) return lines.join('\n');
  const body =
    lines
      .slice(1, -1)
      .join('')
      .match(/.{1,48}/g) ?? [];
  return [lines[0], ...body, lines.at(-1)].join('\n');
}

/** A step of several that a person takes. */
export function numbered(number: number, content: string): Block {
  return { kind: 'facts', rows: [{ label: `${number}.`, value: content }] };
}

function madeText(about: RegisterCaAbout, ca: MadeCa): readonly Block[] {
  const { domain, hostname, columns = Number.POSITIVE_INFINITY } = about;
  return [
    heading,
    why,
    numbered(1, 'Fetch it: c copies it; or, on your own machine:'),
    { kind: 'copy', text: scpCommand(hostname, ca.path, columns) },
    numbered(
      2,
      `Console > Manage > MCP tunnels > ${domain} > Certificates > Add certificate: that file (.pem, .crt, .cer)`,
    ),
    numbered(3, 'Compare the fingerprint that the Console shows:'),
    { kind: 'copy', text: fingerprintRows(ca.fingerprint) },
    numbered(4, 'The status turns from Needs certificate to Active.'),
  ];
}

function registeredText(ca: MadeCa, rehearsal: boolean): readonly Block[] {
  return [
    { kind: 'heading', text: 'The CA is registered' },
    {
      kind: 'finding',
      sign: 'pass',
      title: rehearsal ? 'The simulated Console knows it.' : 'You said that the Console knows it.',
    },
    text('To compare, its fingerprint:'),
    { kind: 'copy', text: fingerprintRows(ca.fingerprint) },
  ];
}

/** The certificate itself, and how else it can be fetched. */
export function caDetails(
  { pem, path }: Pick<MadeCa, 'pem' | 'path'>,
  columns = Number.POSITIVE_INFINITY,
): readonly Block[] {
  return [
    gap,
    text(
      'c hands it to the clipboard of your terminal (OSC 52): works in most terminals, also over ssh; inside tmux only with set-clipboard on.',
      'quiet',
    ),
    text(`The file: ${path}`, 'quiet'),
    text('The certificate itself; it is public:', 'quiet'),
    { kind: 'copy', text: pemIn(pem, columns) },
  ];
}

/** How the CA comes into the Console (facts 4.7), or why it cannot yet. */
export function registerCaText(about: RegisterCaAbout): readonly Block[] {
  const { ca, rehearsal, columns } = about;
  switch (ca.status) {
    case 'none':
      return [heading, why, gap, text('There is no CA yet. Esc goes back to make it.', 'warn')];
    case 'making':
      return [heading, why, gap, text('The CA is being made …', 'accent')];
    case 'failed':
      return [heading, gap, ...failureText(ca.failure)];
    case 'made':
      return [
        ...(ca.registered ? registeredText(ca, rehearsal) : madeText(about, ca)),
        ...caDetails(ca, columns),
      ];
  }
}

/** What the keys decide; always in sight below the text. */
export function registerCaDecision(about: {
  readonly ca: CaView;
  readonly rehearsal: boolean;
  readonly copied: boolean;
}): readonly Block[] {
  const { ca, rehearsal, copied } = about;
  if (ca.status !== 'made') return [];
  const title = `Sent to your clipboard: save it as ${downloadName}.`;
  const enter = rehearsal
    ? 'Enter: the simulated Console registers it.'
    : 'Enter: I have registered it; the fingerprints match.';
  return [
    ...(copied ? [{ kind: 'finding', sign: 'pass', title } as const] : []),
    ...(ca.registered
      ? []
      : [text(enter), text('s: later; calls from Claude fail until then.', 'quiet')]),
  ];
}

import { type RotationStage, whyNotCancelled } from '../../src/domain/ca-rotation.ts';
import { formatFingerprint } from '../../src/domain/fingerprint.ts';
import { type Block, gap, text } from '../blocks/block.ts';
import type { CaRotationView, NextCaView } from '../operation-views.ts';
import { failureText } from './failure-text.ts';
import {
  caDetails,
  downloadName,
  fingerprintRows,
  numbered,
  scpCommand,
} from './register-ca-text.ts';

export interface CaRotationAbout {
  readonly view: CaRotationView;
  readonly domain: string;
  readonly hostname: string;
  /** Room for what is copied; without, any. */
  readonly columns?: number;
}

type Seen = Extract<CaRotationView, { kind: 'seen' }>;

const what = text(
  'Another CA in the old one’s place: made beside it, registered in the Console by you, proven by a second pair, swapped in; then you revoke the old one. No request is lost, and days may lie in between.',
);

const standings: Readonly<Record<RotationStage, string>> = {
  none: 'Not begun.',
  make: 'Begun; the new CA is not made yet.',
  register:
    'The new CA is made and waits for its registration. Everything goes on with the old one.',
  prove: 'The new CA is registered; it is not in place yet.',
  swap: 'Half in place: a run was stopped between its files. Go on with it.',
  revoke: 'The new CA is in place; it waits for the old one’s revocation.',
};

/** What a person may do at each stage; nothing else is offered there. */
export function rotationKeys(view: CaRotationView): {
  readonly goesOn: boolean;
  readonly confirms: 'registered' | 'revoked' | undefined;
  readonly cancels: boolean;
  readonly copies: boolean;
} {
  if (view.kind !== 'seen')
    return { goesOn: false, confirms: undefined, cancels: false, copies: false };
  const { stage, next } = view;
  const waits = stage === 'register' || stage === 'revoke';
  return {
    goesOn: !waits,
    confirms: !waits ? undefined : stage === 'register' ? 'registered' : 'revoked',
    cancels: stage !== 'none' && whyNotCancelled(stage) === undefined,
    copies: stage === 'register' && next !== undefined,
  };
}

function certificatesOf(domain: string): string {
  return `Console > Manage > MCP tunnels > ${domain} > Certificates`;
}

function registerText(about: CaRotationAbout, next: NextCaView, { old }: Seen): readonly Block[] {
  const { domain, hostname, columns = Number.POSITIVE_INFINITY } = about;
  const keep = old === undefined ? 'the one in use' : `the one in use: ${formatFingerprint(old)}`;
  return [
    numbered(1, 'Fetch the new CA: c copies it; or, on your own machine:'),
    { kind: 'copy', text: scpCommand(hostname, next.path, columns) },
    numbered(2, `${certificatesOf(domain)} > Add certificate: that file.`),
    numbered(3, 'Compare the fingerprint that the Console shows:'),
    { kind: 'copy', text: fingerprintRows(next.fingerprint) },
    numbered(4, `Are both places taken? Revoke the other one first, never ${keep}`),
    ...caDetails(next, columns),
  ];
}

function hostsText({ hosts }: Seen): readonly Block[] {
  const all = 'Every other host of this tunnel first, or its calls fail:';
  return [
    numbered(
      1,
      `${all} copy data/tls.key (owner 65532, mode 0400), tls.crt, ca.crt, and ca.key where there is one, in this order. Its proxy takes them by itself.`,
    ),
    ...(hosts.length === 0
      ? []
      : [{ kind: 'list', items: hosts.map(({ name, dir }) => `${name}: ${dir}/data`) } as const]),
  ];
}

function revokeText({ domain }: CaRotationAbout, seen: Seen): readonly Block[] {
  const { old, next } = seen;
  const which = old === undefined ? 'every certificate but the new one:' : 'this one, the old CA:';
  const shown = old ?? next?.fingerprint;
  return [
    ...hostsText(seen),
    numbered(2, `${certificatesOf(domain)} > Revoke ${which}`),
    ...(shown === undefined ? [] : [{ kind: 'copy', text: fingerprintRows(shown) } as const]),
    ...(old === undefined || next === undefined
      ? []
      : [
          text('Not this one, the new CA:', 'quiet'),
          { kind: 'copy', text: fingerprintRows(next.fingerprint) } as const,
        ]),
    gap,
    text('The old CA stays in .mcp-tunnel/backups.', 'quiet'),
  ];
}

function noneText({ old, oldDaysLeft }: Seen): readonly Block[] {
  const rest = oldDaysLeft === undefined ? '' : `, ${oldDaysLeft} days left`;
  return [
    ...(old === undefined
      ? [text('The CA there is cannot be read; only the new one has to sign.', 'warn')]
      : [
          text(`The CA there is${rest}:`),
          { kind: 'copy', text: fingerprintRows(old) } as const,
          gap,
        ]),
    text(
      'Another kind of key, other days, or a key off data/: mcp-tunnel rotate-ca --help',
      'quiet',
    ),
  ];
}

function stageText(about: CaRotationAbout, seen: Seen): readonly Block[] {
  const { stage, next } = seen;
  if (stage === 'register' && next) return registerText(about, next, seen);
  if (stage === 'revoke') return revokeText(about, seen);
  return stage === 'none' ? noneText(seen) : [];
}

/** What a rotation does, where it stands, and what only a person can do next (facts 4.5, 4.7). */
export function caRotationText(about: CaRotationAbout): readonly Block[] {
  const { view } = about;
  const heading: Block = { kind: 'heading', text: 'Replace the CA' };
  switch (view.kind) {
    case 'looking':
      return [heading, what, gap, text('Looking where it stands …', 'accent')];
    case 'failed':
      return [heading, gap, ...failureText(view.failure)];
    case 'seen': {
      const standing = text(standings[view.stage], 'strong');
      return view.stage === 'none'
        ? [heading, what, gap, standing, ...stageText(about, view)]
        : [heading, standing, gap, ...stageText(about, view)];
    }
  }
}

const goingOn: Readonly<Record<RotationStage, string>> = {
  none: 'Enter shows the plan: it makes a new CA, and touches nothing that runs.',
  make: 'Enter shows the plan: it makes the new CA, and touches nothing that runs.',
  register: '',
  prove: 'Enter shows the plan: it proves the new CA and puts it in place.',
  swap: 'Enter shows the plan: it puts the rest in place.',
  revoke: '',
};

/** What the keys decide; always in sight below the text. */
export function caRotationDecision(about: {
  readonly view: CaRotationView;
  readonly rehearsal: boolean;
  readonly copied: boolean;
}): readonly Block[] {
  const { view, rehearsal, copied } = about;
  if (view.kind !== 'seen') return [];
  const keys = rotationKeys(view);
  const by = rehearsal ? 'the simulated Console' : undefined;
  const says =
    keys.confirms === 'registered'
      ? `y: ${by ? `${by} registers it` : 'I have registered it, the fingerprints match'}; shows the plan.`
      : `y: ${by ? `${by} revokes the old one` : 'I have revoked the old one'}; shows the plan.`;
  const title = `Sent to your clipboard: save it as ${downloadName}.`;
  return [
    ...(copied && keys.copies ? [{ kind: 'finding', sign: 'pass', title } as const] : []),
    ...(keys.goesOn ? [text(goingOn[view.stage])] : [text(says)]),
    ...(keys.cancels ? [text('x: take the new CA back; nothing uses it yet.', 'quiet')] : []),
  ];
}

import { commandLine } from '../../src/domain/command-line.ts';
import type { FlowState } from '../../src/runner/reduce.ts';
import { type Block, gap, text } from '../blocks/block.ts';
import {
  actionText,
  callText,
  commandOf,
  levelText,
  routeText,
  type SummaryView,
} from './summary-parts.ts';

function hasChanged({ changes }: Pick<FlowState, 'changes'>): boolean {
  return changes.some(({ action }) => action !== 'keep');
}

function noticesText(notices: readonly string[]): readonly Block[] {
  return notices.flatMap((notice): readonly Block[] => [text(notice), gap]);
}

function servedText({
  served,
  seenBy,
  servedFingerprint,
}: NonNullable<FlowState['certificate']>): Block {
  switch (served) {
    case 'yes':
      return {
        kind: 'finding',
        sign: 'pass',
        title: `served by the proxy: the same fingerprint, seen by ${seenBy}`,
      };
    case 'no':
      return {
        kind: 'finding',
        sign: 'fail',
        title: `the proxy goes on with another one, seen by ${seenBy}`,
        ...(servedFingerprint === undefined ? {} : { found: servedFingerprint }),
      };
    default:
      return {
        kind: 'finding',
        sign: 'warn',
        title: 'whether the proxy serves it could not be seen',
      };
  }
}

const headings = {
  yes: 'The proxy serves this certificate',
  no: 'The certificate is there, but the proxy does not serve it yet',
  unseen: 'The certificate is there; that the proxy serves it was not seen',
} as const;

/** The certificate that is there now, whether it was seen served, and how to check or go back. */
export function renewalSummary(view: SummaryView): readonly Block[] {
  const { flow, action, rehearsal } = view;
  const { certificate, notices } = flow;
  if (!certificate) return [...noticesText(notices), text('No certificate was told of.', 'warn')];
  const { path, fingerprint, notAfter, daysLeft, served = 'unseen' } = certificate;
  return [
    { kind: 'heading', text: headings[served] },
    servedText(certificate),
    gap,
    {
      kind: 'facts',
      rows: [
        { label: 'File', value: path },
        {
          label: 'Valid',
          value: `${daysLeft === 1 ? '1 day' : `${daysLeft} days`}, until ${notAfter.slice(0, 10)}`,
        },
        { label: 'SHA-256', value: fingerprint },
      ],
    },
    gap,
    ...(rehearsal ? [text('This was a rehearsal: no real proxy was asked.', 'warn'), gap] : []),
    ...noticesText(notices),
    ...(action ? actionText(action) : []),
    ...(hasChanged(flow)
      ? [
          { kind: 'heading', text: 'Later' } as const,
          text('To put the pair back that was there before; it lies in .mcp-tunnel/backups:'),
          {
            kind: 'copy',
            text: `${commandLine(commandOf(view, 'renew-cert'))} --restore`,
          } as const,
        ]
      : []),
    text('To renew it only when it is due, from a script:'),
    {
      kind: 'copy',
      text: `${commandLine(commandOf(view, 'renew-cert'))} --renew-before 720h --yes`,
    },
  ];
}

function changedText({ changed, flow }: SummaryView): readonly Block[] {
  if (!hasChanged(flow)) return [{ kind: 'heading', text: 'The routes are as they were' }, gap];
  const removed = changed?.removed ?? [];
  return [
    { kind: 'heading', text: 'The routes are changed' },
    ...(removed.length > 0 ? [text(`Taken away: ${removed.join(', ')}`)] : []),
    gap,
  ];
}

/** The routes that there are now, those that were set first, with what proves each. */
export function routesSummaryText(view: SummaryView): readonly Block[] {
  const { routes, changed, flow } = view;
  const set = routes.filter(({ name }) => changed?.set.includes(name));
  const others = routes.filter(({ name }) => !changed?.set.includes(name));
  return [
    ...changedText(view),
    ...levelText(view),
    ...(set.length > 0
      ? [{ kind: 'heading', text: set.length === 1 ? 'The new route' : 'The new routes' } as const]
      : []),
    ...set.flatMap((route) => routeText(route, view)),
    ...(others.length > 0
      ? [{ kind: 'heading', text: set.length > 0 ? 'The other routes' : 'The routes' } as const]
      : []),
    ...others.flatMap((route) => routeText(route, view)),
    ...(hasChanged(flow)
      ? [
          text(
            'Other hosts of this tunnel need the same change: calls are spread over all of them.',
            'warn',
          ),
          gap,
        ]
      : []),
    ...callText(view),
    { kind: 'heading', text: 'Later' },
    text('Every route, and what its server answers:'),
    { kind: 'copy', text: commandLine([...commandOf(view, 'routes'), 'list']) },
  ];
}

import { commandLine } from '../../src/domain/command-line.ts';
import { type Block, gap, text } from '../blocks/block.ts';
import { hostsSummary } from './hosts-text.ts';
import {
  actionText,
  callText,
  commandOf,
  levelText,
  routeText,
  type SummaryView,
} from './summary-parts.ts';
import { caRotationSummary, scheduleSummary } from './upkeep-summaries.ts';
import { renewalSummary, routesSummaryText } from './way-summaries.ts';

export {
  type CertificateDue,
  exampleCall,
  type SummaryRoute,
  type SummaryView,
} from './summary-parts.ts';

const renewalSoon = 30;

function registerText({ caRegistered, action }: SummaryView): readonly Block[] {
  if (caRegistered) return [];
  const why = 'Calls through the tunnel fail until this is done.';
  if (action) return actionText(action, why);
  return [{ kind: 'heading', text: 'Your turn: register the CA' }, text(why, 'warn'), gap];
}

function certificateText(view: SummaryView): readonly Block[] {
  const { certificateDue } = view;
  if (certificateDue === undefined) return [];
  const { notAfter, daysLeft } = certificateDue;
  return [
    text(
      `The server certificate is due on ${notAfter.slice(0, 10)}, in ${daysLeft} days`,
      daysLeft < renewalSoon ? 'warn' : 'strong',
    ),
    text('Renew it before that day, for calls fail from then on; nothing is restarted:'),
    { kind: 'copy', text: commandLine(commandOf(view, 'renew-cert')) },
    gap,
  ];
}

function laterText(view: SummaryView): readonly Block[] {
  return [
    ...certificateText(view),
    ...view.flow.notices.flatMap((notice): readonly Block[] => [text(notice), gap]),
    { kind: 'heading', text: 'Later' },
    text(
      'After “Rotate token” in the Console, before this host restarts; without it it cannot connect again:',
    ),
    { kind: 'copy', text: `${commandLine(commandOf(view, 'rotate-token'))} --token-file FILE` },
    text('To see how it is, what is due and what has drifted, and mend it after you agree:'),
    { kind: 'copy', text: commandLine(view.self) },
    text(
      `To start, stop, reload by hand: the lines at the top of ${view.dir}/docker-compose.yaml.`,
    ),
  ];
}

function rotatedText(view: SummaryView): readonly Block[] {
  const { hosts } = view;
  const heading: Block = { kind: 'heading', text: 'This host runs with the new token' };
  const open = hosts?.rows.filter(({ done }) => !done) ?? [];
  if (!hosts || hosts.rows.length === 0) {
    const why =
      'Another host of this tunnel that restarts with the old one cannot connect again: give each the new token before it restarts.';
    return [heading, text(why, 'warn'), gap];
  }
  if (open.length === 0) return [heading, hostsSummary(hosts), gap];
  return [
    heading,
    hostsSummary(hosts),
    text('A host that restarts with the old token cannot connect again. Still to do:', 'warn'),
    ...open.map(({ command }): Block => ({ kind: 'copy', text: command })),
    text('To tick them off later, over days if need be, key h on the home screen:'),
    { kind: 'copy', text: commandLine(view.self) },
    gap,
  ];
}

/**
 * What was reached, how to use it, and what to do next and when. Shown at the end, and printed to the
 * main screen when the wizard has left.
 */
export function summaryText(view: SummaryView): readonly Block[] {
  if (view.way === 'renew-cert') return renewalSummary(view);
  if (view.way === 'routes') return routesSummaryText(view);
  if (view.way === 'rotate-ca') return caRotationSummary(view);
  if (view.way === 'schedule') return scheduleSummary(view);
  return [
    ...(view.way === 'rotate-token' ? rotatedText(view) : []),
    ...levelText(view),
    ...registerText(view),
    { kind: 'heading', text: view.routes.length === 1 ? 'Your route' : 'Your routes' },
    ...view.routes.flatMap((route) => routeText(route, view)),
    ...callText(view),
    ...laterText(view),
  ];
}

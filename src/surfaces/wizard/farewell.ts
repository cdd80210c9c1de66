import { type Block, gap, span, text } from '../../../screens/blocks/block.ts';
import { entriesFor } from '../../../screens/texts/home-entries.ts';
import { homeHeading, homeState } from '../../../screens/texts/home-text.ts';
import { summaryText } from '../../../screens/texts/summary-text.ts';
import type { PageId } from '../../../screens/views.ts';
import { commandLine } from '../../domain/command-line.ts';
import { resumeCommand, resumeWay } from './resume-command.ts';
import { summaryView } from './summary-view.ts';
import type { Wizard, WizardEnd } from './wizard.ts';
import type { WizardState } from './wizard-state.ts';

/** True once something lies in the directory that a later start finds and keeps. */
function hasBegun({ state }: Wizard): boolean {
  return state.ca.status === 'made' || state.flow.outcome !== undefined || state.run === 'running';
}

/** What has to be typed again, for it is a secret and was kept nowhere. */
function toTypeAgain({ way, draft, rotation, renewal }: WizardState): string {
  const typed = way === 'rotate-token' ? rotation.token : draft.token;
  if (typed && typed.reveal() !== draft.given['token']?.value)
    return ' (the token has to be pasted again)';
  const passphrase = way === 'renew-cert' ? renewal.passphrase : undefined;
  return passphrase ? ' (the passphrase has to be typed again)' : '';
}

/** How to go on after leaving early, with everything that was typed but the secrets. */
function leftText(wizard: Wizard): readonly Block[] {
  const { state } = wizard;
  const { failure } = state.flow;
  const begun = hasBegun(wizard);
  const { reopen, openAnew } = wizard.settings;
  const command =
    state.way === 'install'
      ? resumeCommand(begun ? reopen : openAnew, state.draft)
      : resumeWay(reopen, state);
  return [
    ...(failure && failure.code !== 'interrupted'
      ? [
          { kind: 'finding', sign: 'fail', title: failure.summary } as const,
          ...(failure.nextSteps.length > 0
            ? [{ kind: 'list', items: failure.nextSteps } as const]
            : []),
          gap,
        ]
      : []),
    text(
      begun ? `Stopped. What was done in ${wizard.dir} is kept.` : 'Stopped. Nothing was changed.',
      'strong',
    ),
    text(`To go on${toTypeAgain(state)}:`),
    gap,
    { kind: 'copy', text: commandLine(command) },
  ];
}

/** How the deployment was when somebody only looked, and how to come back. */
function lookedText(wizard: Wizard): readonly Block[] {
  const { state, settings } = wizard;
  const { existing, look } = state;
  if (!existing) return leftText(wizard);
  const entries = entriesFor(existing, settings.rehearsal);
  return [
    text(homeHeading(existing), 'strong'),
    ...(look.kind === 'looking' ? [] : homeState({ existing, look, entries })).map(
      ({ sign, text: title }): Block => ({ kind: 'finding', sign, title }),
    ),
    text('Nothing was changed. To come back:'),
    gap,
    { kind: 'copy', text: commandLine(settings.reopen) },
  ];
}

/** Pages on which the last run is over and nothing else is begun. */
const ends: readonly PageId[] = ['summary', 'hosts', 'home', 'status', 'logs'];

/** On the main screen the terminal itself wraps, and gives back what is copied in one piece. */
function unbroken(block: Block): Block {
  if (block.kind !== 'copy') return block;
  return { kind: 'lines', lines: block.text.split('\n').map((line) => [span(line, 'accent')]) };
}

/** What stays on the main screen when the wizard has left it. */
export function farewell(wizard: Wizard, end: WizardEnd): readonly Block[] {
  const { state } = wizard;
  const done = state.flow.outcome === 'done' || state.flow.outcome === 'action-needed';
  if (end === 'rehearse') return [];
  const waits = state.page === 'rotate-ca' && state.ran === 'rotate-ca';
  if (done && state.run === 'ended' && (waits || ends.includes(state.page)))
    return summaryText(summaryView(wizard, state)).map(unbroken);
  if (end === 'finished') return lookedText(wizard).map(unbroken);
  return leftText(wizard).map(unbroken);
}

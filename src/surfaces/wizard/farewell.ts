import { type Block, gap, span, text } from '../../../screens/blocks/block.ts';
import { summaryText } from '../../../screens/texts/summary-text.ts';
import { commandLine } from '../../domain/command-line.ts';
import { resumeCommand } from './resume-command.ts';
import { summaryView } from './summary-view.ts';
import type { Wizard, WizardEnd } from './wizard.ts';

/** True once something lies in the directory that a later start finds and keeps. */
function hasBegun({ state }: Wizard): boolean {
  return state.ca.status === 'made' || state.flow.outcome !== undefined || state.run === 'running';
}

/** How to go on after leaving early, with everything that was typed but the secrets. */
function leftText(wizard: Wizard): readonly Block[] {
  const { draft, flow } = wizard.state;
  const { failure } = flow;
  const begun = hasBegun(wizard);
  const { reopen, openAnew } = wizard.settings;
  const rotates = wizard.state.way === 'rotate-token';
  const command = rotates
    ? reopen.map((word) => (word === 'install' ? 'rotate-token' : word))
    : resumeCommand(begun ? reopen : openAnew, draft);
  const typed = draft.token && draft.token.reveal() !== draft.given['token']?.value;
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
    text(`To go on${typed ? ' (the token has to be pasted again)' : ''}:`),
    gap,
    { kind: 'copy', text: commandLine(command) },
  ];
}

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
  if (done && state.run === 'ended') return summaryText(summaryView(wizard, state)).map(unbroken);
  return leftText(wizard).map(unbroken);
}

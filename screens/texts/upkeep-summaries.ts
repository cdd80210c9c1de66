import { commandLine } from '../../src/domain/command-line.ts';
import { type Block, gap, text } from '../blocks/block.ts';
import { actionText, commandOf, type SummaryView } from './summary-parts.ts';

function hasChanged({ flow }: SummaryView): boolean {
  return flow.changes.some(({ action }) => action !== 'keep');
}

function noticesText({ flow }: SummaryView): readonly Block[] {
  return flow.notices.flatMap((notice): readonly Block[] => [text(notice), gap]);
}

function rehearsedText({ rehearsal }: SummaryView, what: string): readonly Block[] {
  return rehearsal ? [text(`This was a rehearsal: ${what}.`, 'warn'), gap] : [];
}

/** Where a CA rotation has come to, and what only a person can do next. */
export function caRotationSummary(view: SummaryView): readonly Block[] {
  const { action, flow } = view;
  const heading = action ? 'The CA rotation goes on later' : flow.title || 'CA rotation';
  return [
    { kind: 'heading', text: hasChanged(view) || action ? heading : 'No CA rotation is under way' },
    gap,
    ...rehearsedText(view, 'no real Console knows of it'),
    ...(action ? actionText(action) : []),
    ...noticesText(view),
    text('Where a rotation stands, and what comes next, now or in some days:'),
    { kind: 'copy', text: commandLine(commandOf(view, 'rotate-ca')) },
  ];
}

/** What was switched, and how to look at it. */
export function scheduleSummary(view: SummaryView): readonly Block[] {
  const { action, switched } = view;
  const changed = switched === 'off' ? 'It is switched off' : 'It is switched on';
  const before = switched === 'off' ? 'It was off before' : 'It was on before, as it should be';
  return [
    { kind: 'heading', text: hasChanged(view) ? changed : before },
    text(
      switched === 'off'
        ? 'Nothing renews the certificate or watches the stack by itself any more.'
        : 'The watch starts at boot, and the renewal is tried each day.',
    ),
    gap,
    ...rehearsedText(view, 'no real scheduler was touched'),
    ...(action ? actionText(action) : []),
    ...noticesText(view),
    text('What is set up, last and next renewal:'),
    { kind: 'copy', text: commandLine(scheduleCommand(view, 'show')) },
  ];
}

function scheduleCommand({ self }: SummaryView, word: string): readonly string[] {
  return self.flatMap((each) => (each === 'install' ? ['schedule', word] : [each]));
}

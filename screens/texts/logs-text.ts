import { type Block, type Line, span } from '../blocks/block.ts';
import { pageLines, wrapText } from '../blocks/block-lines.ts';
import type { HoldMode, LogOutcome, Meaning, TailView } from '../logs/log-entry.ts';
import { isFiltered, type LogFilter, levelWords } from '../logs/log-filter.ts';

/** What is looked at: which containers, which levels, which text. */
export function scopeLine({ service, level, find }: LogFilter & { readonly find: string }): Line {
  const scope = `${service ?? 'All containers'}, ${levelWords[level]}`;
  const looked = find === '' ? [] : [span('   looking for ', 'quiet'), span(find, 'match')];
  return [span(scope, isFiltered({ service, level }) ? 'accent' : 'quiet'), ...looked];
}

/** What stands where no line is in sight. */
export function emptyText({ entries }: TailView): string {
  if (entries.length === 0) return 'No lines yet.';
  return `None of the ${entries.length.toLocaleString('en')} lines that are kept is wanted: c and l change what is.`;
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

/** Whether the page moves, how much came since, why the last key did nothing. */
export function stateLine(
  mode: HoldMode,
  newer: number,
  { dropped }: TailView,
  said: string | undefined,
): Line {
  const more = newer > 0 ? `, ${counted(newer, 'newer line')}` : '';
  const state = {
    following: span('following', 'good'),
    held: span(`held${more}`, 'warn'),
    paused: span(`paused, the engine keeps what comes${more}`, 'warn'),
  }[mode];
  if (said !== undefined) return [state, span(`   ${said}`, 'warn')];
  return [state, span(dropped > 0 ? `   ${dropped} earlier: mcp-tunnel logs` : '', 'quiet')];
}

/** What is asked before a fix: what it is for, what will run, what that means. */
export function consentBlocks({ cause, remedy }: Meaning, command: string): readonly Block[] {
  const isRestart = remedy !== undefined && 'restart' in remedy;
  const effect = isRestart
    ? `Runs at once. Calls fail until ${remedy.restart.join(' and ')} is connected again, some seconds.`
    : 'The wizard leads through it: nothing is changed before you agree to its plan.';
  return [
    { kind: 'text', text: cause, tone: 'warn' },
    { kind: 'copy', text: command },
    { kind: 'text', text: effect },
    { kind: 'text', text: 'Run this? Enter: yes. Esc: no.', tone: 'strong' },
  ];
}

/** What came of a save or a fix, in a few rows. */
export function outcomeLines(outcome: LogOutcome, width: number): readonly Line[] {
  if (outcome.kind !== 'failed') {
    const sign = outcome.kind === 'done' ? span('✓ ', 'good') : span('… ', 'accent');
    return wrapText(outcome.text, width - 2).map((row, index) => [
      index === 0 ? sign : span('  '),
      span(row),
    ]);
  }
  const { summary, found, nextSteps } = outcome.failure;
  const [next] = nextSteps;
  const title = found === undefined ? summary : `${summary} (${found})`;
  return pageLines(
    [{ kind: 'finding', sign: 'fail', title, ...(next === undefined ? {} : { fix: next }) }],
    width,
  );
}

import type { Change, ChangeAction } from '../../src/domain/change.ts';
import type { CheckResult } from '../../src/domain/check.ts';
import { commandLine } from '../../src/domain/command-line.ts';
import type { GuideDifference } from '../../src/domain/guide-differences.ts';
import { cleanLine } from '../../src/domain/log-line.ts';
import type { FailureReport } from '../../src/runner/events.ts';
import { type Block, type Fact, gap, type Line, span, text } from '../blocks/block.ts';
import type { Way } from '../views.ts';
import { failureText } from './failure-text.ts';

const signs: Readonly<Record<ChangeAction, string>> = {
  create: '+',
  change: '~',
  keep: '=',
  remove: '-',
  run: '>',
};

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function isPull({ command }: Change): boolean {
  return command?.[1] === 'pull';
}

/** `Creates 3 folders and 12 files, pulls 3 images, starts the stack.` */
export function summaryOf(changes: readonly Change[]): string {
  const of = (action: ChangeAction) => changes.filter((change) => change.action === action);
  const things = (verb: string, those: readonly Change[]) => {
    const folders = those.filter(({ what }) => what.endsWith('/')).length;
    const files = those.length - folders;
    const counts = [
      ...(folders > 0 ? [counted(folders, 'folder', 'folders')] : []),
      ...(files > 0 ? [counted(files, 'file', 'files')] : []),
    ];
    return counts.length === 0 ? [] : [`${verb} ${listed(counts)}`];
  };
  const runs = of('run');
  const pulls = runs.filter(isPull).length;
  const parts = [
    ...things('creates', of('create')),
    ...things('changes', of('change')),
    ...things('removes', of('remove')),
    ...(pulls > 0 ? [`pulls ${counted(pulls, 'image', 'images')}`] : []),
    ...runs
      .filter((change) => !isPull(change))
      // The verb of `start the stack`, as the sentence needs it.
      .map(({ what }) => what.replace(/^\w+/u, (verb) => `${verb}s`)),
  ];
  const sentence = parts.join(', ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

/** The names of the file stand in the line above; of a new file every line is new. */
function isHeader(line: string, index: number, action: ChangeAction): boolean {
  return (
    (index < 2 && /^(?:---|\+\+\+) /u.test(line)) ||
    (action === 'create' && line.startsWith('@@ -0,0 '))
  );
}

function diffLine(line: string): Line {
  const tone = line.startsWith('+') ? 'good' : line.startsWith('-') ? 'bad' : 'quiet';
  return [span('   '), span(cleanLine(line), tone)];
}

function diffLines({ diff, action }: Change): readonly Block[] {
  if (diff === undefined || diff === '') return [];
  const lines = diff.split('\n').filter((line, index) => !isHeader(line, index, action));
  return [{ kind: 'lines', lines: lines.map(diffLine) }];
}

function changeText(change: Change): readonly Block[] {
  const { action, what, mode, owner, why, undoable, command } = change;
  const modes = mode ? [`mode ${mode}${owner ? `, owner ${owner}` : ''}`] : [];
  const notes = [
    ...(why ? [why] : []),
    ...(undoable || action === 'run' ? [] : ['stays if the run fails']),
  ];
  const inOneLine = notes.length === 0 && !what.endsWith(')');
  const below = inOneLine ? [] : [...modes, ...notes];
  const rows: readonly Fact[] = [
    {
      label: signs[action],
      value: inOneLine && modes.length > 0 ? `${what} (${modes.join('')})` : what,
      tone: 'strong',
    },
    ...(below.length === 0 ? [] : [{ label: '', value: below.join('; '), tone: 'quiet' } as const]),
    ...(command ? [{ label: '', value: `$ ${commandLine(command)}` }] : []),
  ];
  const diff = diffLines(change);
  return [{ kind: 'facts', rows }, ...diff, ...(diff.length > 0 ? [gap] : [])];
}

function keptText(changes: readonly Change[]): readonly Block[] {
  const names = changes
    .filter(({ action }) => action === 'keep')
    .map(({ what }) => what.split(', ')[0] ?? what);
  return names.length === 0 ? [] : [text(`Kept as they are: ${names.join(', ')}`, 'quiet'), gap];
}

const ifItFails: Readonly<Record<Way, string>> = {
  install:
    'If a step fails before the stack’s first start, what was made is taken back, except what “stays if the run fails”.',
  'rotate-token':
    'If the second pair does not prove itself it is removed again, and what runs was never touched.',
  'renew-cert':
    'The pair there is lies in the archive before it is replaced; mcp-proxy is not restarted.',
  'rotate-ca':
    'Up to the swap what runs is not touched; a rotation that stops goes on where it stopped.',
  routes:
    'If the second pair does not prove itself it is removed again, and what runs was never touched.',
  schedule: 'What is made is noted first, so that switching off takes away all of it.',
};

/** Everything that will be done, in order, and where it is not what the vendor's guide does. */
export function reviewText(plan: {
  readonly changes: readonly Change[];
  readonly differences: readonly GuideDifference[];
  readonly user: string;
  /** Without it: the installation. */
  readonly way?: Way | undefined;
  /** What carries the plan out. */
  readonly begins?: 'Enter' | 'Typing yes';
}): readonly Block[] {
  const { changes, differences, user, way = 'install', begins = 'Enter' } = plan;
  return [
    { kind: 'heading', text: summaryOf(changes) },
    text(
      `Nothing of this is done yet. ${begins} does everything that stands here, in this order. ${ifItFails[way]}`,
    ),
    ...(user === 'root' && way === 'install' ? [text('Files will belong to root.', 'warn')] : []),
    gap,
    ...changes.filter(({ action }) => action !== 'keep').flatMap(changeText),
    gap,
    ...keptText(changes),
    ...(differences.length === 0
      ? []
      : [
          { kind: 'heading', text: 'Where this leaves the vendor’s guide, and why' } as const,
          ...differences.flatMap(({ what, why }): readonly Block[] => [
            {
              kind: 'facts',
              rows: [
                { label: '•', value: what },
                { label: '', value: why, tone: 'quiet' },
              ],
            },
          ]),
        ]),
  ];
}

function troubles(checks: readonly CheckResult[]): readonly Block[] {
  return checks
    .filter(({ status }) => status === 'warn' || status === 'fail')
    .map(({ status, title, found, expected, fix }) => ({
      kind: 'finding',
      sign: status,
      title,
      found,
      expected,
      ...(fix === undefined ? {} : { fix }),
    }));
}

/** While the plan is being made. */
export function planningText(checks: readonly CheckResult[]): readonly Block[] {
  return [
    { kind: 'heading', text: 'Looking at this host …' },
    text(
      'What is here is compared with what you answered. The plan comes next; nothing is changed before you have seen it.',
    ),
    gap,
    ...troubles(checks),
  ];
}

/** Where no plan could be made. */
export function noPlanText(
  failure: FailureReport | undefined,
  checks: readonly CheckResult[],
): readonly Block[] {
  return [
    { kind: 'heading', text: 'There is no plan yet' },
    text('Looking changed nothing. Once what stands here is mended, r looks again.'),
    gap,
    ...(failure === undefined ? [] : [...failureText(failure), gap]),
    ...troubles(checks),
  ];
}

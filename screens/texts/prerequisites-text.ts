import { type Block, gap, type Sign, text } from '../blocks/block.ts';
import type { CheckRow } from '../views.ts';

/** What the page is for. */
export const prerequisitesText: readonly Block[] = [
  { kind: 'heading', text: 'Can the tunnel run on this machine?' },
  text(
    'Nothing is written yet: this only looks. What fails here would stop the installation later; a warning would not.',
    'quiet',
  ),
  gap,
];

/** One check as far as it is known. */
export function checkText({ title, status, found, expected, fix }: CheckRow): Block {
  if (status === 'busy') return { kind: 'finding', sign: 'busy', title, found: 'looking' };
  const finding = { kind: 'finding', sign: status, title, found } as const;
  if (status === 'pass' || status === 'skip') return finding;
  return { ...finding, expected, ...(fix === undefined ? {} : { fix }) };
}

function amount(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** More names than this make no sentence. */
const namedFailures = 2;

function namesOf(failed: readonly CheckRow[]): string {
  const rest = failed.length - namedFailures;
  const names = failed.slice(0, namedFailures).map(({ title }) => title);
  return [...names, ...(rest > 0 ? [`${rest} more`] : [])].join(rest > 0 ? ', ' : ' and ');
}

/** Whether the way on is open: every check was made, and none failed. */
export function mayGoOn(checks: readonly CheckRow[]): boolean {
  return checks.length > 0 && checks.every(({ status }) => status !== 'busy' && status !== 'fail');
}

/** True once something stands in the way. */
export function hasFailed(checks: readonly CheckRow[]): boolean {
  return checks.length === 0 || checks.some(({ status }) => status === 'fail');
}

function verdict(
  checks: readonly CheckRow[],
  refused: boolean,
  goesOn: boolean,
): readonly [Sign, string] {
  const total = checks.length;
  const having = (status: CheckRow['status']) => checks.filter((row) => row.status === status);
  const busy = having('busy').length;
  const failed = having('fail');
  const warned = having('warn').length;
  const skipped = having('skip').length;
  if (total === 0)
    return ['busy', `Nothing has been looked at yet${refused ? '; Enter waits for it' : ''}.`];
  if (busy > 0) {
    const failures = failed.length > 0 ? `, ${amount(failed.length, 'failure')} so far` : '';
    const running = `${busy} of ${total} still running${failures}`;
    if (goesOn) return ['busy', `${running}; goes on when they are done.`];
    return ['busy', refused ? `Enter has to wait: ${running}.` : running];
  }
  if (failed.length > 0) {
    const [mend, stop] = [
      failed.length === 1 ? 'mend it, then press r.' : 'mend them, then press r.',
      `the installation would stop at ${namesOf(failed)}`,
    ];
    return [
      'fail',
      refused
        ? `Going on is not possible: ${stop}. First ${mend}`
        : `${amount(failed.length, 'failure')}: ${mend} Going on is not possible because ${stop}.`,
    ];
  }
  if (warned === 0 && skipped === 0) return ['pass', 'All good.'];
  const parts = [
    ...(warned > 0 ? [amount(warned, 'warning')] : []),
    ...(skipped > 0 ? [`${skipped} not judged`] : []),
  ];
  return [warned > 0 ? 'warn' : 'skip', `${parts.join(', ')}: you can go on.`];
}

/** How it stands in one sentence; `refused`: somebody wanted to go on and could
 * not; `goesOn`: it will by itself. */
export function checksSummary(checks: readonly CheckRow[], refused = false, goesOn = false): Block {
  const [sign, title] = verdict(checks, refused, goesOn);
  return { kind: 'finding', sign, title };
}

import type { Hint } from '../key-map.ts';
import type { LogEntry } from './log-entry.ts';
import type { LogView } from './log-view.ts';

const inField: Readonly<Record<'search' | 'save' | 'consent', readonly Hint[]>> = {
  search: [
    { action: 'continue', label: 'show' },
    { action: 'back', label: 'out of the field' },
  ],
  save: [
    { action: 'continue', label: 'save' },
    { action: 'back', label: 'out of the field' },
  ],
  consent: [
    { action: 'continue', label: 'yes, run it' },
    { action: 'back', label: 'no' },
  ],
};

/** The keys that matter most now. */
export function hintsFor({ open, mode }: LogView, target: LogEntry | undefined): readonly Hint[] {
  if (open) return inField[open.part];
  const isHeld = mode !== 'following';
  return [
    { action: 'back', label: 'back' },
    { action: 'pause', label: isHeld ? 'follow' : 'pause' },
    ...(target?.meaning?.remedy ? ([{ action: 'fix', label: 'fix' }] as const) : []),
    { action: 'previousProblem', label: 'problem' },
    { action: 'pageUp', label: 'earlier' },
    ...(isHeld
      ? ([
          { action: 'nextProblem', label: 'next' },
          { action: 'pageDown', label: 'later' },
          { action: 'bottom', label: 'latest' },
        ] as const)
      : []),
  ];
}

/** The others, in a line of their own. */
export function moreHints({ find, wrap }: LogView): readonly Hint[] {
  return [
    { action: 'search', label: 'look for' },
    ...(find === ''
      ? []
      : ([
          { action: 'nextMatch', label: 'next' },
          { action: 'previousMatch', label: 'before' },
        ] as const)),
    { action: 'container', label: 'container' },
    { action: 'level', label: 'level' },
    { action: 'wrap', label: wrap ? 'cut' : 'wrap' },
    { action: 'save', label: 'save' },
  ];
}

import { Box } from 'ink';
import { type Line, span } from './blocks/block.ts';
import { pageLines } from './blocks/block-lines.ts';
import { StyledLines } from './blocks/styled-lines.tsx';
import { TextField } from './fields/text-field.tsx';
import type { Hint } from './key-map.ts';
import { layOut, targetOf } from './logs/layout.ts';
import type { HoldMode, LogEntry, Remedy, TailView } from './logs/log-entry.ts';
import { hintsFor, moreHints } from './logs/log-hints.ts';
import { type LogAction, type LogView, logViewAfter, viewBefore } from './logs/log-view.ts';
import { cutLine } from './parts/cut-text.ts';
import { Frame, roomIn } from './parts/frame.tsx';
import { hintLine } from './parts/hint-line.ts';
import { useNewest } from './parts/use-newest.ts';
import { consentBlocks, emptyText, outcomeLines, scopeLine, stateLine } from './texts/logs-text.ts';
import { useKeys } from './use-keys.ts';
import type { Shell } from './views.ts';

export interface LogsProps {
  readonly shell: Shell;
  readonly tail: TailView;
  /** What a remedy runs, as it would be typed. */
  readonly commandOf: (remedy: Remedy) => string;
  /** A name for a file that is free, most likely. */
  readonly suggestedPath: () => string;
  /** The page follows, stands still, or is paused from now on. */
  readonly onHold: (mode: HoldMode) => void;
  readonly onSave: (path: string, entries: readonly LogEntry[]) => void;
  /** Consent was given. */
  readonly onFix: (remedy: Remedy) => void;
  /** What came of the last save or fix was seen. */
  readonly onSeen: () => void;
  readonly onBack: () => void;
}

/** What is looked at above; the state and more keys below. */
const ownRows = 3;
/** Of the log at least so much stays above what asks. */
const leastLog = 2;
const fieldRows = 2;

function partLines(
  { open }: LogView,
  { tail, commandOf }: LogsProps,
  columns: number,
): readonly Line[] {
  if (open?.part === 'consent') {
    const { meaning } = open.entry;
    return meaning?.remedy
      ? pageLines(consentBlocks(meaning, commandOf(meaning.remedy)), columns)
      : [];
  }
  return tail.outcome ? outcomeLines(tail.outcome, columns) : [];
}

/** All containers' logs, merged as they come: searched, filtered, held, kept in a file, and mended from. */
export function Logs(props: LogsProps) {
  const { shell, tail, suggestedPath, onHold, onSave, onFix, onSeen, onBack } = props;
  const { columns, rows } = roomIn(shell);
  const view = useNewest<LogView>(viewBefore);
  const { shown: looked } = view;
  const { open } = looked;
  const field = open && open.part !== 'consent' ? open : undefined;

  const forPart = Math.max(0, rows - ownRows - leastLog);
  const asked = partLines(looked, props, columns);
  // Of what asks, the question and what will run matter most: they stand last.
  const part = open ? asked.slice(-forPart) : asked.slice(0, forPart);
  const forLog = Math.max(1, rows - ownRows - part.length - (field ? fieldRows : 0));
  const layoutOf = (of: LogView) => layOut(of, tail, { columns, rows: forLog });
  const layout = layoutOf(looked);

  const act = (action: LogAction) => {
    const before = view.get();
    const next = logViewAfter(before, action, layoutOf(before).facts);
    if (tail.outcome && tail.outcome.kind !== 'busy') onSeen();
    view.set(next);
    if (next.mode !== before.mode) onHold(next.mode);
  };
  const fix = () => {
    const entry = targetOf(view.get(), layoutOf(view.get()));
    if (!entry) act({ type: 'say', text: 'No known problem is in sight: p looks for one.' });
    else if (!entry.meaning?.remedy)
      act({ type: 'say', text: 'Nothing that a key could do: what to do stands below it.' });
    else act({ type: 'open', open: { part: 'consent', entry } });
  };
  const take = () => {
    const { open: taken } = view.get();
    const { entries } = layoutOf(view.get()).facts;
    act({ type: 'take' });
    if (taken?.part === 'save' && taken.text.trim() !== '') onSave(taken.text.trim(), entries);
    if (taken?.part === 'consent' && taken.entry.meaning?.remedy) onFix(taken.entry.meaning.remedy);
  };
  useKeys(
    open
      ? { back: () => act({ type: 'leave' }), continue: take }
      : {
          back: onBack,
          pause: () => act({ type: 'pause' }),
          up: () => act({ type: 'move', by: -1 }),
          down: () => act({ type: 'move', by: 1 }),
          pageUp: () => act({ type: 'move', by: '-page' }),
          pageDown: () => act({ type: 'move', by: 'page' }),
          top: () => act({ type: 'top' }),
          bottom: () => act({ type: 'bottom' }),
          search: () => act({ type: 'open', open: { part: 'search', text: view.get().find } }),
          nextMatch: () => act({ type: 'match', towards: 1 }),
          previousMatch: () => act({ type: 'match', towards: -1 }),
          previousProblem: () => act({ type: 'problem', towards: -1 }),
          nextProblem: () => act({ type: 'problem', towards: 1 }),
          container: () => act({ type: 'service' }),
          level: () => act({ type: 'level' }),
          wrap: () => act({ type: 'wrap' }),
          save: () => act({ type: 'open', open: { part: 'save', text: suggestedPath() } }),
          fix,
        },
  );

  const { window, newer } = layout;
  const log = window.lines.length === 0 ? [[span(emptyText(tail))]] : window.lines;
  const filler = Array.from({ length: Math.max(0, forLog - log.length) }, (): Line => []);
  const hints: readonly Hint[] = hintsFor(looked, targetOf(looked, layout));
  const lines: readonly Line[] = [
    scopeLine(looked),
    ...log.slice(0, forLog),
    ...filler,
    ...part,
    ...(field ? [] : [stateLine(looked.mode, newer, tail, looked.said)]),
    ...(field ? [] : [hintLine(open ? [] : moreHints(looked), columns)]),
  ];
  return (
    <Frame shell={shell} hints={hints}>
      <StyledLines lines={lines.map((line) => cutLine(line, columns))} />
      {field ? (
        <Box flexDirection="column" flexShrink={0}>
          <TextField
            label={
              field.part === 'search'
                ? 'Look for'
                : `Save ${layout.facts.entries.length.toLocaleString('en')} lines to a new file`
            }
            value={field.text}
            onChange={(text) => act({ type: 'type', text })}
            active
            width={columns}
            messageRows={ownRows - 1 + fieldRows - 2}
          />
        </Box>
      ) : null}
    </Frame>
  );
}

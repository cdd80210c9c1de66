import { useRef, useState } from 'react';
import { type Line, span } from './blocks/block.ts';
import { StyledLines } from './blocks/styled-lines.tsx';
import { cutLine } from './parts/cut-text.ts';
import { Frame, roomIn } from './parts/frame.tsx';
import { explainedLogLines } from './parts/log-lines.ts';
import { useKeys } from './use-keys.ts';
import type { LogLineView, Shell } from './views.ts';

export interface LogsProps {
  readonly shell: Shell;
  /** The lines that are kept, oldest first; it may grow while paused. */
  readonly logs: readonly LogLineView[];
  readonly paused: boolean;
  /** How many lines came before `logs` and are no longer kept. */
  readonly dropped: number;
  /** Changes `paused`. */
  readonly onPause: () => void;
  readonly onBack: () => void;
}

/** Title of the page and its state, below it. */
const ownRows = 2;

interface Window {
  readonly lines: readonly Line[];
  /** How many log lines are (partly) in it. */
  readonly count: number;
}

/** As many of the lines before index `end` as fit; the others are not looked at. */
function windowBefore(
  logs: readonly LogLineView[],
  end: number,
  width: number,
  rows: number,
): Window {
  const lines: Line[] = [];
  let count = 0;
  while (lines.length < rows && count < end) {
    count += 1;
    const line = logs[end - count];
    if (line) lines.unshift(...explainedLogLines(line, width));
  }
  // Of a line with its meaning that does not fit whole, the beginning is what has gone.
  return { lines: lines.slice(-rows), count };
}

/** Index behind the last line that fits when the first is at the top. */
function firstEnd(logs: readonly LogLineView[], width: number, rows: number): number {
  let used = 0;
  let end = 0;
  for (const line of logs) {
    used += explainedLogLines(line, width).length;
    if (used > rows) break;
    end += 1;
  }
  return Math.max(1, end);
}

function stateLine(paused: boolean, newer: number, dropped: number): Line {
  const state = paused
    ? span(
        newer > 0 ? `paused, ${newer} newer ${newer === 1 ? 'line' : 'lines'}` : 'paused',
        'warn',
      )
    : span('following', 'good');
  return [state, span(dropped > 0 ? `   ${dropped} earlier: docker compose logs` : '', 'quiet')];
}

/** All containers' logs, merged as they arrive; scrolling up stops following them. */
export function Logs({ shell, logs, paused, dropped, onPause, onBack }: LogsProps) {
  const { columns, rows } = roomIn(shell);
  const forLog = Math.max(1, rows - ownRows);
  const total = dropped + logs.length;
  // Lines are counted from the first ever: what is dropped meanwhile does not move the window.
  const [heldAt, setHeldAt] = useState(total);
  const lowest = Math.min(logs.length, firstEnd(logs, columns, forLog));
  const end = paused ? Math.max(lowest, Math.min(logs.length, heldAt - dropped)) : logs.length;
  const shown = windowBefore(logs, end, columns, forLog);

  // Keys may arrive faster than frames: each goes on from the one before.
  const now = useRef({ paused, end });
  now.current = { paused, end };
  const switchTo = (next: { paused: boolean; end: number }) => {
    const isChange = next.paused !== now.current.paused;
    now.current = next;
    setHeldAt(dropped + next.end);
    if (isChange) onPause();
  };
  const follow = () => switchTo({ paused: false, end: logs.length });
  const move = (by: number) => {
    const to = now.current.end + by;
    if (to >= logs.length) follow();
    else if (logs.length > lowest) switchTo({ paused: true, end: Math.max(lowest, to) });
  };
  const page = Math.max(1, shown.count - 2);
  useKeys({
    back: onBack,
    pause: () => (now.current.paused ? follow() : switchTo({ paused: true, end: logs.length })),
    up: () => move(-1),
    pageUp: () => move(-page),
    top: () => move(-logs.length),
    down: () => move(1),
    pageDown: () => move(page),
    bottom: follow,
  });
  const lines: readonly Line[] = [
    [span('All containers’ lines, merged as they arrive', 'quiet')],
    ...(logs.length === 0 ? [[span('No lines yet.')]] : shown.lines),
  ];
  return (
    <Frame
      shell={shell}
      hints={[
        { action: 'back', label: 'back' },
        { action: 'pause', label: paused ? 'follow' : 'pause' },
        { action: 'pageUp', label: 'earlier' },
        ...(paused
          ? ([
              { action: 'pageDown', label: 'later' },
              { action: 'bottom', label: 'latest' },
            ] as const)
          : []),
      ]}
    >
      <StyledLines
        lines={[
          ...lines,
          ...Array.from({ length: rows - 1 - lines.length }, (): Line => []),
          stateLine(paused, logs.length - end, dropped),
        ].map((line) => cutLine(line, columns))}
      />
    </Frame>
  );
}

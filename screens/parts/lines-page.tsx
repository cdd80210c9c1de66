import type { Line } from '../blocks/block.ts';
import { StyledLines } from '../blocks/styled-lines.tsx';
import type { Hint } from '../key-map.ts';
import { type KeyHandlers, useKeys } from '../use-keys.ts';
import type { Shell } from '../views.ts';
import { cutLine } from './cut-text.ts';
import { Frame, roomIn } from './frame.tsx';
import { useScroll, windowLines } from './scroll.tsx';

/**
 * A page of lines, perhaps thousands, that were made beforehand: only those in the window are
 * drawn, each cut at the edge.
 */
export function LinesPage({
  shell,
  lines,
  hints,
  handlers,
}: {
  readonly shell: Shell;
  readonly lines: readonly Line[];
  readonly hints: readonly Hint[];
  readonly handlers: KeyHandlers;
}) {
  const room = roomIn(shell);
  const scroll = useScroll(lines.length, room.rows);
  useKeys({ ...handlers, ...scroll.handlers });
  const shown = windowLines(lines, scroll.top, room.rows);
  return (
    <Frame
      shell={shell}
      hints={lines.length > room.rows ? [...hints, { action: 'pageDown', label: 'more' }] : hints}
    >
      <StyledLines lines={shown.map((line) => cutLine(line, room.columns))} />
    </Frame>
  );
}

import { Box } from 'ink';
import { useState } from 'react';
import type { Line } from '../blocks/block.ts';
import { span } from '../blocks/block.ts';
import { StyledLines } from '../blocks/styled-lines.tsx';
import type { KeyHandlers } from '../use-keys.ts';

export interface Scroll {
  /** Index of the first line shown. */
  readonly top: number;
  readonly handlers: KeyHandlers;
}

/** Where a text of `total` lines stands in a window of `rows`; never past its end, also after a resize. */
export function useScroll(total: number, rows: number, arrows = true): Scroll {
  const [wanted, setWanted] = useState(0);
  const last = Math.max(0, total - rows);
  const top = Math.min(wanted, last);
  const go = (to: number) => setWanted(Math.max(0, Math.min(last, to)));
  return {
    top,
    handlers: {
      pageUp: () => go(top - Math.max(1, rows - 2)),
      pageDown: () => go(top + Math.max(1, rows - 2)),
      ...(arrows
        ? {
            up: () => go(top - 1),
            down: () => go(top + 1),
            top: () => go(0),
            bottom: () => go(last),
          }
        : {}),
    },
  };
}

/** The lines in the window; where more lie above or below, the edge says how many. */
export function windowLines(lines: readonly Line[], top: number, rows: number): readonly Line[] {
  if (lines.length <= rows || rows < 3) return lines.slice(top, top + rows);
  const shown = lines.slice(top, top + rows);
  const above = top;
  const below = lines.length - top - rows;
  const first: Line = above > 0 ? [span(`↑ ${above + 1} more lines`, 'quiet')] : (shown[0] ?? []);
  const last: Line =
    below > 0 ? [span(`↓ ${below + 1} more lines (PgDn)`, 'quiet')] : (shown.at(-1) ?? []);
  return [first, ...shown.slice(1, -1), last];
}

/** A window of `rows` rows on lines. */
export function ScrollView({
  lines,
  top,
  rows,
}: {
  readonly lines: readonly Line[];
  readonly top: number;
  readonly rows: number;
}) {
  return (
    <Box height={Math.min(rows, Math.max(lines.length, 0))} flexShrink={0} overflow="hidden">
      <StyledLines lines={windowLines(lines, top, rows)} />
    </Box>
  );
}

import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { Block } from '../blocks/block.ts';
import { pageLines } from '../blocks/block-lines.ts';
import type { Hint } from '../key-map.ts';
import { type KeyHandlers, useKeys } from '../use-keys.ts';
import type { Shell } from '../views.ts';
import { Frame, roomIn } from './frame.tsx';
import { ScrollView, useScroll } from './scroll.tsx';

/** Of the text at least this much stays visible above a form. */
const leastText = 3;

/**
 * A screen of text with, below it, at most one thing to operate. The text scrolls when it does not
 * fit; what is operated always stays in sight.
 */
export function Page({
  shell,
  blocks,
  hints,
  handlers,
  children,
  childRows = 0,
  keysActive = true,
  arrowsScroll = children === undefined,
}: {
  readonly shell: Shell;
  readonly blocks: readonly Block[];
  readonly hints: readonly Hint[];
  readonly handlers: KeyHandlers;
  readonly children?: ReactNode;
  /** Rows that `children` take. */
  readonly childRows?: number;
  readonly keysActive?: boolean;
  readonly arrowsScroll?: boolean;
}) {
  const room = roomIn(shell);
  const lines = pageLines(blocks, room.columns);
  const forText = Math.max(
    Math.min(leastText, room.rows),
    room.rows - (childRows && childRows + 1),
  );
  const scroll = useScroll(lines.length, forText, arrowsScroll);
  useKeys({ ...handlers, ...scroll.handlers }, keysActive);
  const scrolls = lines.length > forText;
  return (
    <Frame
      shell={shell}
      hints={scrolls ? [...hints, { action: 'pageDown', label: 'more' }] : hints}
    >
      <ScrollView lines={lines} top={scroll.top} rows={forText} />
      {children === undefined ? null : (
        <Box flexDirection="column" marginTop={1} flexShrink={0}>
          {children}
        </Box>
      )}
    </Frame>
  );
}

import { Box } from 'ink';
import type { ReactNode } from 'react';
import stringWidth from 'string-width';
import type { Line } from '../blocks/block.ts';
import { span } from '../blocks/block.ts';
import { StyledLine } from '../blocks/styled-lines.tsx';
import type { Hint } from '../key-map.ts';
import { colourTheme, plainTheme, ThemeContext } from '../theme.ts';
import type { PageId, Shell } from '../views.ts';
import { hintLine } from './hint-line.ts';
import { placeText, Rail, railWidth } from './rail.tsx';

/**
 * Below this the rail costs more than it tells; the place is then said in the first line. Where there
 * is something to copy there is none: whoever marks several lines would mark it, too.
 */
const railFrom = 78;
const railFromOn: Partial<Record<PageId, number>> = {
  'register-ca': Number.POSITIVE_INFINITY,
  review: 100,
  launch: 110,
  summary: Number.POSITIVE_INFINITY,
  logs: Number.POSITIVE_INFINITY,
  hosts: Number.POSITIVE_INFINITY,
  // Beside the way: there are no steps.
  home: Number.POSITIVE_INFINITY,
  status: Number.POSITIVE_INFINITY,
  doctor: Number.POSITIVE_INFINITY,
  verify: Number.POSITIVE_INFINITY,
};
/** Text in longer lines is hard to read. */
const widestBody = 120;
/** Title, rule above, rule below, keys. */
const chromeRows = 4;

/** Room for what a screen shows between title and keys. */
export interface Room {
  readonly columns: number;
  readonly rows: number;
}

function hasRail({ columns, page }: Shell): boolean {
  return columns >= (railFromOn[page] ?? railFrom);
}

/** The room that a screen has; a row stays free, for a frame as high as the terminal would scroll it. */
export function roomIn(shell: Shell): Room {
  const width = shell.columns - 2 - (hasRail(shell) ? railWidth + 2 : 0);
  const wide = shell.page === 'logs' || shell.page === 'launch' || shell.page === 'review';
  return {
    columns: Math.max(10, wide ? width : Math.min(width, widestBody)),
    rows: Math.max(1, shell.rows - 1 - chromeRows),
  };
}

function titleLine(shell: Shell): Line {
  const { page, way, columns, rehearsal } = shell;
  const place = hasRail(shell) ? 'mcp-tunnel' : `mcp-tunnel · ${placeText(page, way)}`;
  if (!rehearsal) return [span(place, 'strong')];
  const long = 'REHEARSAL: a simulator plays Docker and the vendor';
  const room = columns - 2 - stringWidth(place) - 2;
  const banner = stringWidth(long) <= room ? long : 'REHEARSAL';
  const filler = ' '.repeat(Math.max(1, columns - 2 - stringWidth(place) - stringWidth(banner)));
  return [span(place, 'strong'), span(filler), span(banner, 'warn')];
}

function rule(columns: number): Line {
  return [span('─'.repeat(Math.max(0, columns - 2)), 'quiet')];
}

function Row({ line }: { readonly line: Line }) {
  return (
    <Box height={1} flexShrink={0} overflow="hidden">
      <StyledLine line={line} />
    </Box>
  );
}

/**
 * Title, steps on the left, the screen's own part, keys at the bottom. Exactly one row less than the
 * terminal, whatever is in it.
 */
export function Frame({
  shell,
  hints,
  children,
}: {
  readonly shell: Shell;
  readonly hints: readonly Hint[];
  readonly children: ReactNode;
}) {
  const { columns, rows } = shell;
  const room = roomIn(shell);
  return (
    <ThemeContext value={shell.colour ? colourTheme : plainTheme}>
      <Box
        flexDirection="column"
        width={columns}
        height={Math.max(1, rows - 1)}
        overflow="hidden"
        paddingLeft={1}
      >
        <Row line={titleLine(shell)} />
        <Row line={rule(columns)} />
        <Box height={room.rows} flexShrink={0} overflow="hidden">
          {hasRail(shell) ? (
            <Box flexShrink={0} width={railWidth + 2}>
              <Rail page={shell.page} way={shell.way} />
            </Box>
          ) : null}
          <Box flexDirection="column" width={room.columns} height={room.rows} overflow="hidden">
            {children}
          </Box>
        </Box>
        <Row line={rule(columns)} />
        <Row line={hintLine(hints, columns - 2)} />
      </Box>
    </ThemeContext>
  );
}

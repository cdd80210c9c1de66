import { Box } from 'ink';
import { useState } from 'react';
import type { Line } from './blocks/block.ts';
import { blockLines, pageLines } from './blocks/block-lines.ts';
import { StyledLines } from './blocks/styled-lines.tsx';
import { type Hint, keyMap } from './key-map.ts';
import { Frame, roomIn } from './parts/frame.tsx';
import { marginWidth, useRowList } from './parts/row-list.ts';
import { ScrollView } from './parts/scroll.tsx';
import {
  checksSummary,
  checkText,
  hasFailed,
  prerequisitesText,
} from './texts/prerequisites-text.ts';
import { useKeys } from './use-keys.ts';
import type { CheckRow, Shell } from './views.ts';

export interface PrerequisitesProps {
  readonly shell: Shell;
  /** In reading order; those that are not finished are `busy`. */
  readonly checks: readonly CheckRow[];
  /** One check again, or all of them. */
  readonly onRecheck: (id: string | undefined) => void;
  /** True if Enter was pressed already, and the page goes on by itself when the checks are made. */
  readonly goesOn: boolean;
  /** Called when nothing has failed so far. */
  readonly onContinue: () => void;
  readonly onBack: () => void;
}

/** With less room than this the list matters more than what is said above it. */
const roomyRows = 12;

/** What is fine takes one line; the rest of a long one is there for whoever selects it. */
function checkLines(check: CheckRow, width: number, isSelected: boolean): readonly Line[] {
  const block = checkText(check);
  const isShort = !isSelected && check.status !== 'warn' && check.status !== 'fail';
  return isShort
    ? blockLines(block, Number.POSITIVE_INFINITY).slice(0, 1)
    : blockLines(block, width);
}

/** Until a person selects something: what has to be mended first. */
function mostUrgent(checks: readonly CheckRow[]): number {
  const failed = checks.findIndex(({ status }) => status === 'fail');
  const warned = checks.findIndex(({ status }) => status === 'warn');
  return Math.max(0, failed >= 0 ? failed : warned);
}

/** What the machine offers, as it is found out; the way on is open when nothing failed. */
export function Prerequisites(props: PrerequisitesProps) {
  const { shell, checks, goesOn, onRecheck, onContinue, onBack } = props;
  const [refused, setRefused] = useState(false);
  const room = roomIn(shell);
  const summary = blockLines(checksSummary(checks, refused, goesOn), room.columns).slice(
    0,
    Math.max(1, room.rows - 4),
  );
  const height = Math.max(1, room.rows - summary.length - 1);
  const list = useRowList({
    head: pageLines(
      room.rows < roomyRows ? prerequisitesText.slice(0, 1) : prerequisitesText,
      room.columns,
    ),
    keys: checks.map(({ id }) => id),
    linesOf: (index, isSelected) => {
      const check = checks[index];
      return check ? checkLines(check, room.columns - marginWidth, isSelected) : [];
    },
    height,
    preferred: mostUrgent(checks),
  });

  useKeys({
    ...list.handlers,
    continue: () => (hasFailed(checks) ? setRefused(true) : onContinue()),
    back: onBack,
    recheck: () => {
      setRefused(false);
      onRecheck(undefined);
    },
    recheckOne: () => {
      const index = list.current();
      const id = checks[index]?.id;
      if (id !== undefined) list.choose(id, index);
      setRefused(false);
      onRecheck(id);
    },
  });

  const hints: readonly Hint[] = [
    { action: 'continue', label: 'go on' },
    { action: 'back', label: 'back' },
    { action: 'recheck', label: 'check all again' },
    { action: 'recheckOne', label: 'this one' },
    ...(list.lines.length > height ? [{ action: 'pageDown', label: 'more' } as const] : []),
    { action: 'up', label: `${keyMap.down.shown} select` },
  ];
  return (
    <Frame shell={shell} hints={hints}>
      <Box height={height} flexShrink={0} overflow="hidden">
        <ScrollView lines={list.lines} top={list.top} rows={height} />
      </Box>
      <StyledLines lines={[[], ...summary]} />
    </Frame>
  );
}

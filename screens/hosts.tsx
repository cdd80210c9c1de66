import { Box } from 'ink';
import { blockLines, pageLines } from './blocks/block-lines.ts';
import { StyledLines } from './blocks/styled-lines.tsx';
import { type Hint, keyMap } from './key-map.ts';
import type { HostsView } from './operation-views.ts';
import { cutLine } from './parts/cut-text.ts';
import { Frame, roomIn } from './parts/frame.tsx';
import { marginWidth, useRowList } from './parts/row-list.ts';
import { ScrollView } from './parts/scroll.tsx';
import { hostLines, hostsSummary, hostsText } from './texts/hosts-text.ts';
import { useKeys } from './use-keys.ts';
import type { Shell } from './views.ts';

export interface HostsProps {
  readonly shell: Shell;
  readonly hosts: HostsView;
  readonly onTick: (name: string, done: boolean) => void;
  /** Gives a host's command to the terminal's clipboard. */
  readonly onCopy: (command: string) => void;
  readonly onContinue: () => void;
  readonly onBack: () => void;
}

/** The other hosts of the tunnel, ticked off as they get the new token. */
export function Hosts({ shell, hosts, onTick, onCopy, onContinue, onBack }: HostsProps) {
  const room = roomIn(shell);
  const { rows, token } = hosts;
  const foot = blockLines(hostsSummary(hosts), room.columns).slice(0, 2);
  const height = Math.max(1, room.rows - foot.length - 1);
  const firstOpen = rows.findIndex(({ done }) => !done);
  const list = useRowList({
    head: pageLines(hostsText(hosts), room.columns),
    keys: rows.map(({ name }) => name),
    linesOf: (index) => {
      const row = rows[index];
      const width = room.columns - marginWidth;
      return row ? hostLines(row, width).map((line) => cutLine(line, width)) : [];
    },
    height,
    preferred: Math.max(0, firstOpen),
  });
  const mayTick = token !== undefined && rows.length > 0;
  useKeys({
    ...list.handlers,
    continue: onContinue,
    back: onBack,
    ...(mayTick
      ? {
          toggle: () => {
            const index = list.current();
            const row = rows[index];
            if (!row) return;
            list.choose(row.name, index);
            onTick(row.name, !row.done);
          },
        }
      : {}),
    ...(rows.length > 0
      ? {
          copy: () => {
            const row = rows[list.current()];
            if (row) onCopy(row.command);
          },
        }
      : {}),
  });
  const hints: readonly Hint[] = [
    { action: 'continue', label: 'go on' },
    ...(mayTick ? [{ action: 'toggle', label: 'has it' } as const] : []),
    { action: 'back', label: 'back' },
    ...(rows.length > 0
      ? ([
          { action: 'copy', label: 'copy the command' },
          { action: 'up', label: `${keyMap.down.shown} select` },
        ] as const)
      : []),
  ];
  return (
    <Frame shell={shell} hints={hints}>
      <Box height={height} flexShrink={0} overflow="hidden">
        <ScrollView lines={list.lines} top={list.top} rows={height} />
      </Box>
      <StyledLines lines={[[], ...foot]} />
    </Frame>
  );
}

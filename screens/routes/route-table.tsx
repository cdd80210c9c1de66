import { Box } from 'ink';
import { gap, type Line, span } from '../blocks/block.ts';
import { blockLines, pageLines } from '../blocks/block-lines.ts';
import { StyledLines } from '../blocks/styled-lines.tsx';
import { type Hint, keyMap } from '../key-map.ts';
import { Frame, type Room, roomIn } from '../parts/frame.tsx';
import { marginWidth, type RowList, useRowList } from '../parts/row-list.ts';
import { ScrollView } from '../parts/scroll.tsx';
import { introOf, routesSettings, routesSummary, settingsProblems } from '../texts/routes-text.ts';
import type { RoutesForm, Shell } from '../views.ts';
import { routeLines, tableHead, tableShape } from './route-lines.ts';

/** With less room than this the table matters more than what stands around it. */
const roomyRows = 12;

export interface TableView extends RowList {
  readonly height: number;
  readonly foot: readonly Line[];
  readonly hasRoutes: boolean;
  /** True where routes that run are changed. */
  readonly isDeployed: boolean;
}

/** Settings of one row each, what is wrong with them, and how it stands. */
function footLines(form: RoutesForm, refused: boolean, { columns, rows }: Room): readonly Line[] {
  const oneRow = Number.POSITIVE_INFINITY;
  const summary = blockLines(routesSummary(form, refused), columns);
  return [
    ...(rows < roomyRows ? [] : [[]]),
    ...blockLines({ kind: 'facts', rows: routesSettings(form) }, oneRow),
    ...settingsProblems(form).flatMap((block) => blockLines(block, oneRow).slice(0, 1)),
    ...summary.slice(0, Math.max(1, rows - 7)),
  ];
}

/** Whether all rows may tell all they have to say. */
function allFit(
  room: number,
  count: number,
  linesOf: (index: number, whole: boolean) => readonly Line[],
): boolean {
  let left = room;
  for (let index = 0; index < count && left >= 0; index += 1) left -= linesOf(index, true).length;
  return left >= 0;
}

/** The table as it stands, also while something else is on the screen. */
export function useRouteTable(shell: Shell, form: RoutesForm, refused: boolean): TableView {
  const room = roomIn(shell);
  const foot = footLines(form, refused, room);
  const height = Math.max(1, room.rows - foot.length);
  const width = room.columns - marginWidth;
  const shape = tableShape(form, width);
  const hasRoutes = form.routes.length > 0;
  const head = [
    ...(room.rows < roomyRows && hasRoutes ? [] : pageLines([...introOf(form), gap], room.columns)),
    ...(hasRoutes ? tableHead(shape) : [])
      .slice(0, room.rows < roomyRows ? 1 : undefined)
      .map((line) => [span(' '.repeat(marginWidth)), ...line]),
  ];
  const linesOf = (index: number, whole: boolean) => {
    const row = form.routes[index];
    return row ? routeLines(row, form.domain, shape, { width, whole }) : [];
  };
  const allWhole = allFit(height - head.length, form.routes.length, linesOf);
  const list = useRowList({
    head,
    keys: form.routes.map(({ name }) => name),
    linesOf: (index, isSelected) => linesOf(index, allWhole || isSelected),
    height,
  });
  return { ...list, height, foot, hasRoutes, isDeployed: form.deployed !== undefined };
}

/** Routes with their upstreams’ answers, what holds for all of them, and how it stands. */
export function RouteTable({ shell, table }: { readonly shell: Shell; readonly table: TableView }) {
  const { lines, top, height, foot, hasRoutes, isDeployed } = table;
  const hints: readonly Hint[] = [
    { action: 'continue', label: isDeployed ? 'show the plan' : 'go on' },
    { action: 'back', label: 'back' },
    { action: 'add', label: 'add' },
    ...(hasRoutes
      ? ([
          { action: 'edit', label: 'edit' },
          { action: 'remove', label: 'remove' },
          ...(lines.length > height ? [{ action: 'pageDown', label: 'more' } as const] : []),
          { action: 'up', label: `${keyMap.down.shown} select` },
          { action: 'probe', label: 'ask again' },
        ] as const)
      : []),
  ];
  return (
    <Frame shell={shell} hints={hints}>
      <Box height={height} flexShrink={0} overflow="hidden">
        <ScrollView lines={lines} top={top} rows={height} />
      </Box>
      <StyledLines lines={foot} />
    </Frame>
  );
}

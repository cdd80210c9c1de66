import { Box } from 'ink';
import { type Line, span } from './blocks/block.ts';
import { signs, signTones, wrapText } from './blocks/block-lines.ts';
import { StyledLines } from './blocks/styled-lines.tsx';
import { type Hint, keyMap } from './key-map.ts';
import type { LookView } from './operation-views.ts';
import { cutLine, fillText, textWidth } from './parts/cut-text.ts';
import { Frame, type Room, roomIn } from './parts/frame.tsx';
import { marginWidth, useRowList } from './parts/row-list.ts';
import { ScrollView } from './parts/scroll.tsx';
import { entriesFor, type HomeEntry, type HomeEntryId } from './texts/home-entries.ts';
import { homeHeading, homeState, type StateLine } from './texts/home-text.ts';
import { type KeyHandlers, useKeys } from './use-keys.ts';
import type { ExistingDeployment, Shell } from './views.ts';

export interface HomeProps {
  readonly shell: Shell;
  readonly dir: string;
  readonly existing: ExistingDeployment;
  readonly look: LookView;
  readonly onChoose: (id: HomeEntryId) => void;
  readonly onLeave: () => void;
}

/** Rows of the state: at least these, and no more, so that the menu never moves. */
const leastState = 3;
const mostState = 7;
/** With less the groups stand close together. */
const roomyState = 6;
const widths = { group: 10, key: 3, title: 23 } as const;
/** With fewer cells the notes would be cut. */
const notesFrom = 70;

interface Layout {
  readonly state: number;
  readonly list: number;
  /** An empty line between two groups. */
  readonly airy: boolean;
}

function layOut(entries: readonly HomeEntry[], { rows }: Room): Layout {
  const gaps = new Set(entries.map(({ group }) => group)).size - 1;
  const rest = rows - 1 - entries.length;
  const airy = rest - gaps >= roomyState;
  const state = Math.max(leastState, Math.min(mostState, rest - (airy ? gaps : 0)));
  return { state, list: Math.max(1, rows - 1 - state), airy };
}

/** A line of its own for each finding, the key that leads out of it at its end. */
function stateLine({ sign, text, remedy }: StateLine, width: number): Line {
  const press = remedy ? `  press ${keyMap[remedy.action].shown}` : '';
  return [
    span(`${signs[sign]} `, signTones[sign]),
    ...cutLine([span(text)], width - 2 - textWidth(press)),
    span(press, 'accent'),
  ];
}

/** The verdict, which may take the rows that nothing else needs, then what presses. */
function bodyLines(lines: readonly StateLine[], width: number, room: number): readonly Line[] {
  const [first, ...rest] = lines;
  if (!first) return [];
  const pressing = rest.map((line) => stateLine(line, width));
  // Where there is hardly room the signs of what presses say enough.
  if (room < leastState && pressing.length > 0) return pressing;
  const verdict = wrapText(first.text, width - 2).slice(0, Math.max(1, room - rest.length));
  return [
    ...verdict.map(
      (text, index): Line => [
        index === 0 ? span(`${signs[first.sign]} `, signTones[first.sign]) : span('  '),
        span(text),
      ],
    ),
    ...pressing,
  ];
}

/** Exactly `rows` lines: heading, directory where there is room, and as much of the state as fits. */
function stateLines({ existing, look, dir, shell }: HomeProps, rows: number): readonly Line[] {
  const { columns } = roomIn(shell);
  const entries = entriesFor(existing, shell.rehearsal);
  const head: Line[] = [cutLine([span(homeHeading(existing), 'strong')], columns)];
  if (rows >= leastState + 2) head.push(cutLine([span(dir, 'quiet')], columns));
  const room = rows - head.length;
  const body = bodyLines(homeState({ existing, look, entries }), columns, room);
  const more = `  ${body.length - room + 1} more: press ${keyMap.status.shown}`;
  const shown =
    body.length > room ? [...body.slice(0, room - 1), [span(more, 'quiet')]] : [...body];
  const lines = [...head, ...shown];
  return [...lines, ...Array.from({ length: rows - lines.length }, (): Line => [])];
}

function entryLine(entry: HomeEntry, isFirst: boolean, isSelected: boolean, width: number): Line {
  return cutLine(
    [
      span(fillText(isFirst ? entry.group : '', widths.group), 'quiet'),
      span(fillText(keyMap[entry.action].shown, widths.key), 'accent'),
      span(fillText(entry.title, widths.title), isSelected ? 'strong' : 'plain'),
      ...(width < notesFrom ? [] : [span(entry.note, 'quiet')]),
    ],
    width,
  );
}

/** The first screen where a deployment is: how it is, and what can be done. */
export function Home(props: HomeProps) {
  const { shell, existing, onChoose, onLeave } = props;
  const room = roomIn(shell);
  const entries = entriesFor(existing, shell.rehearsal);
  const layout = layOut(entries, room);
  const list = useRowList({
    head: [],
    keys: entries.map(({ id }) => id),
    linesOf: (index, isSelected) => {
      const entry = entries[index];
      if (!entry) return [];
      const isFirst = entries[index - 1]?.group !== entry.group;
      const isLast = entries[index + 1]?.group !== entry.group;
      const line = entryLine(entry, isFirst, isSelected, room.columns - marginWidth);
      return layout.airy && isLast && index < entries.length - 1 ? [line, []] : [line];
    },
    height: layout.list,
  });
  const chosen: KeyHandlers = Object.fromEntries(
    entries.map(({ id, action }) => [action, () => onChoose(id)]),
  );
  useKeys({
    ...list.handlers,
    ...chosen,
    continue: () => {
      const entry = entries[list.current()];
      if (entry) onChoose(entry.id);
    },
    finish: onLeave,
  });
  const hints: readonly Hint[] = [
    { action: 'continue', label: entries[list.selected]?.title.toLowerCase() ?? '' },
    { action: 'up', label: `${keyMap.down.shown} select` },
    { action: 'finish', label: 'leave' },
  ];
  return (
    <Frame shell={shell} hints={hints}>
      <StyledLines lines={[...stateLines(props, layout.state), []]} />
      <Box height={layout.list} flexShrink={0} overflow="hidden">
        <ScrollView lines={list.lines} top={list.top} rows={layout.list} />
      </Box>
    </Frame>
  );
}

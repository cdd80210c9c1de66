import { type Line, span } from '../blocks/block.ts';
import type { KeyHandlers } from '../use-keys.ts';
import { useNewest } from './use-newest.ts';

/** Cells at the left edge where the selected row is marked. */
export const marginWidth = 2;

export interface RowList {
  /** All lines with their margin, text above the rows included. */
  readonly lines: readonly Line[];
  /** Index of the first line in the window. */
  readonly top: number;
  readonly selected: number;
  readonly handlers: KeyHandlers;
  /** The selected row now, also between a key and the frame that it makes. */
  readonly current: () => number;
  /** Selects a row, which may be about to appear: by its key, or where it is not there, by its place. */
  readonly choose: (key: string, index: number) => void;
}

interface Place {
  /** Undefined until a person has chosen. */
  readonly key: string | undefined;
  readonly index: number;
  readonly top: number;
}

/** Lines of one row: from `first` to before `after`. */
interface Extent {
  readonly first: number;
  readonly after: number;
}

interface Window {
  readonly rows: number;
  readonly total: number;
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.max(lowest, Math.min(highest, value));
}

/** A window's first and last line tell how much lies beyond them, where something does. */
function edgeOf({ rows }: Window): number {
  return rows < 3 ? 0 : 1;
}

/**
 * The top nearest to `top` with the whole extent in sight; of one that is higher than the window, at
 * least a line.
 */
export function keepInSight(top: number, { first, after }: Extent, window: Window): number {
  const { rows, total } = window;
  const edge = edgeOf(window);
  const last = Math.max(0, total - rows);
  const lowest = Math.min(last, after - rows + edge);
  const highest = Math.max(0, first - edge);
  const [from, to] =
    lowest <= highest ? [lowest, highest] : [first - rows + 1 + edge, after - 1 - edge];
  return clamp(clamp(top, from, to), 0, last);
}

/** Like `keepInSight`, but shows the beginning of an extent that is higher than the window. */
function reveal(top: number, extent: Extent, window: Window): number {
  const edge = edgeOf(window);
  if (extent.after - extent.first <= window.rows - 2 * edge)
    return keepInSight(top, extent, window);
  return clamp(extent.first - edge, 0, Math.max(0, window.total - window.rows));
}

interface Layout {
  readonly lines: readonly Line[];
  readonly extents: readonly Extent[];
  readonly window: Window;
}

function marked(lines: readonly Line[], isSelected: boolean): readonly Line[] {
  return lines.map((line, index) => [
    isSelected && index === 0 ? span('▸ ', 'accent') : span(' '.repeat(marginWidth)),
    ...line,
  ]);
}

function layOut(head: readonly Line[], rows: readonly (readonly Line[])[], selected: number) {
  const lines = [...head];
  const extents = rows.map((row, index): Extent => {
    const first = lines.length;
    lines.push(...marked(row, index === selected));
    return { first, after: lines.length };
  });
  return { lines, extents };
}

export interface RowListInput {
  /** Text above the rows, which scrolls with them. */
  readonly head: readonly Line[];
  /** One for each row; it stays the row's own while others come and go. */
  readonly keys: readonly string[];
  /** The lines of a row without margin; the selected one may tell more. */
  readonly linesOf: (index: number, isSelected: boolean) => readonly Line[];
  /** Rows of the window. */
  readonly height: number;
  /** Selected until a person chooses. */
  readonly preferred?: number;
}

/**
 * A list of rows of any height in a window: arrows, Home and End select, paging reads on and selects
 * what it comes to; the selected row stays in sight whatever grows or vanishes around it.
 */
export function useRowList({ head, keys, linesOf, height, preferred = 0 }: RowListInput): RowList {
  const place = useNewest<Place>({ key: undefined, index: 0, top: 0 });
  const last = Math.max(0, keys.length - 1);

  const indexOf = ({ key, index }: Place): number => {
    if (key === undefined) return Math.min(preferred, last);
    if (keys[index] === key) return index;
    const found = keys.indexOf(key);
    return found >= 0 ? found : Math.min(index, last);
  };
  const layoutWith = (selected: number): Layout => {
    const rows = keys.map((_, index) => linesOf(index, index === selected));
    const { lines, extents } = layOut(head, rows, selected);
    return { lines, extents, window: { rows: height, total: lines.length } };
  };
  const extentIn = ({ extents, window }: Layout, index: number): Extent => {
    const extent = extents[index] ?? { first: 0, after: window.total };
    // What stands above the rows is seen again with the first of them, if there is room for both.
    return index === 0 && extent.after < height ? { ...extent, first: 0 } : extent;
  };

  const shown = indexOf(place.shown);
  const layout = layoutWith(shown);
  const topIn = (at: Layout, top: number, index: number) =>
    keepInSight(top, extentIn(at, index), at.window);
  const topOf = (at: Place): number =>
    at.key === undefined
      ? reveal(at.top, extentIn(layout, indexOf(at)), layout.window)
      : topIn(layout, at.top, indexOf(at));
  const topNow = () => topOf(place.get());

  const go = (index: number, top: number) => {
    place.set({ key: keys[index], index, top });
  };
  const select = (wanted: number, from = topNow()) => {
    const index = clamp(wanted, 0, last);
    const next = layoutWith(index);
    go(index, reveal(from, extentIn(next, index), next.window));
  };
  const page = (direction: 1 | -1) => {
    const { extents, window } = layout;
    const farthest = Math.max(0, window.total - height);
    const top = clamp(topNow() + direction * Math.max(1, height - 2), 0, farthest);
    const line = direction === 1 ? top + edgeOf(window) : top + height - 1 - edgeOf(window);
    const index = extents.findIndex(({ first, after }) => first <= line && line < after);
    const ends = direction === 1 ? top === farthest : top === 0;
    if (ends || index < 0) {
      const end = direction === 1 ? last : 0;
      return go(end, topIn(layoutWith(end), top, end));
    }
    go(index, topIn(layoutWith(index), top, index));
  };

  return {
    lines: layout.lines,
    top: topOf(place.shown),
    selected: shown,
    handlers: {
      up: () => select(indexOf(place.get()) - 1),
      down: () => select(indexOf(place.get()) + 1),
      top: () => select(0, 0),
      bottom: () => select(last),
      pageUp: () => page(-1),
      pageDown: () => page(1),
    },
    current: () => indexOf(place.get()),
    choose: (key, index) => place.set({ key, index, top: topNow() }),
  };
}

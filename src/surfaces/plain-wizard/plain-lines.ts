import stringWidth from 'string-width';
import { type Block, type Line, type Span, span } from '../../../screens/blocks/block.ts';
import { blockLines, lineText, wrapText } from '../../../screens/blocks/block-lines.ts';

const graphemes = new Intl.Segmenter();

function leadingSpaces(text: string): number {
  return /^ */u.exec(text)?.[0].length ?? 0;
}

interface Cell extends Span {
  readonly width: number;
}

function cellsOf(line: Line): readonly Cell[] {
  return line.flatMap(({ text, tone }) =>
    Array.from(graphemes.segment(text), ({ segment }) => ({
      text: segment,
      tone,
      width: stringWidth(segment),
    })),
  );
}

/** How many of the cells go into a row: up to a space where there is one in its second half. */
function rowLength(cells: readonly Cell[], width: number): number {
  let used = 0;
  const end = cells.findIndex((cell) => {
    used += cell.width;
    return used > width;
  });
  if (end < 0) return cells.length;
  const space = cells.slice(0, end).findLastIndex(({ text }) => text === ' ');
  return Math.max(1, space >= end / 2 ? space + 1 : end);
}

/** A line that was made for any width, in lines of this one; what follows is indented below it. */
function foldLine(line: Line, width: number): readonly Line[] {
  const text = lineText(line);
  if (stringWidth(text) <= width) return [line];
  const indent = Math.min(leadingSpaces(text) + 2, Math.floor(width / 2));
  const rows: Line[] = [];
  for (let rest = cellsOf(line); rest.length > 0; ) {
    const head = rows.length === 0 ? [] : [span(' '.repeat(indent))];
    const length = rowLength(rest, width - (rows.length === 0 ? 0 : indent));
    const row = rest.slice(0, rest[length - 1]?.text === ' ' ? length - 1 : length);
    rows.push([...head, ...row.map((cell) => span(cell.text, cell.tone))]);
    rest = rest.slice(length);
  }
  return rows;
}

/**
 * The lines of a page for a terminal that only prints: nothing is cut, and what is to be copied stays
 * in lines of its own, however long.
 */
export function plainLines(blocks: readonly Block[], width: number): readonly Line[] {
  return blocks.flatMap((block): readonly Line[] => {
    if (block.kind === 'copy') return block.text.split('\n').map((line) => [span(line, 'accent')]);
    return blockLines(block, width).flatMap((line) => foldLine(line, width));
  });
}

/** An indented text wrapped at `width`; what follows is indented below it. */
export function wrapIndented(line: string, width: number): readonly string[] {
  if (stringWidth(line) <= width) return [line];
  const indent = ' '.repeat(leadingSpaces(line));
  const [first = '', ...rest] = wrapText(line.trimStart(), width - indent.length - 2);
  return [indent + first, ...rest.map((row) => `${indent}  ${row}`)];
}

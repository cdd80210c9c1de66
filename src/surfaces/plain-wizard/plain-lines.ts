import stringWidth from 'string-width';
import { type Block, type Line, type Span, span } from '../../../screens/blocks/block.ts';
import { blockLines, lineText, wrapText } from '../../../screens/blocks/block-lines.ts';

const graphemes = new Intl.Segmenter();

function leadingSpaces(text: string): number {
  return /^ */u.exec(text)?.[0].length ?? 0;
}

/** A line that was made for any width, in lines of this one; what follows is indented below it. */
function foldLine(line: Line, width: number): readonly Line[] {
  const text = lineText(line);
  if (stringWidth(text) <= width) return [line];
  const indent = Math.min(leadingSpaces(text) + 2, Math.floor(width / 2));
  const rows: Span[][] = [[]];
  let used = 0;
  for (const { text: part, tone } of line) {
    let piece = '';
    for (const { segment } of graphemes.segment(part)) {
      const cells = stringWidth(segment);
      if (used + cells > width) {
        rows.at(-1)?.push(span(piece, tone));
        rows.push([span(' '.repeat(indent))]);
        piece = '';
        used = indent;
      }
      piece += segment;
      used += cells;
    }
    rows.at(-1)?.push(span(piece, tone));
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

import stringWidth from 'string-width';
import type { Line } from '../blocks/block.ts';

/** Code units read for one cell: letters with their marks, or an emoji. The rest of a long text stays unread. */
const unitsForCell = 8;
const graphemes = new Intl.Segmenter();

/**
 * Characters that stand alone and whose width is known without measuring, which for a screen full of
 * log lines would be too slow: Latin letters, dashes and quotes, arrows, lines and blocks; kana, Han
 * and Hangul are two cells wide.
 */
const alone =
  /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2190-\u2193\u2500-\u259f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*$/u;
const wideFrom = 0x3041;

function cellsOf(text: string): number {
  let cells = 0;
  for (let at = 0; at < text.length; at += 1) cells += text.charCodeAt(at) < wideFrom ? 1 : 2;
  return cells;
}

/** The beginning of a text of characters that stand alone. */
function firstAlone(text: string, width: number): string {
  let left = width;
  let end = 0;
  while (end < text.length) {
    left -= text.charCodeAt(end) < wideFrom ? 1 : 2;
    if (left < 0) break;
    end += 1;
  }
  return text.slice(0, end);
}

/** `head` is the beginning of a text, or all of it. */
function cutGraphemes(head: string, isAll: boolean, width: number): string {
  let read = 0;
  let kept = 0;
  let left = width;
  for (const { segment } of graphemes.segment(head)) {
    left -= stringWidth(segment);
    if (left < 0) break;
    read += segment.length;
    // A cell stays for the mark of the cut.
    if (left >= 1) kept = read;
  }
  if (isAll && read === head.length) return head;
  // What was read may end within a pair.
  return `${head.slice(0, kept).replace(/[\ud800-\udbff]$/u, '')}…`;
}

/** How many cells a line of text takes. */
export function textWidth(text: string): number {
  return alone.test(text) ? cellsOf(text) : stringWidth(text);
}

/** `text` in at most `width` cells, with `…` where something was cut off. Its work is bounded by `width`. */
export function cutText(text: string, width: number): string {
  if (width < 1) return '';
  // A cell has at least one unit: if these stand alone, the cut lies among them.
  const near = text.slice(0, width + 1);
  if (alone.test(near)) {
    const fits = near.length === text.length && cellsOf(near) <= width;
    return fits ? text : `${firstAlone(near, width - 1)}…`;
  }
  const head = text.slice(0, (width + 1) * unitsForCell);
  return cutGraphemes(head, head.length === text.length, width);
}

/** `text` in exactly `width` cells. */
export function fillText(text: string, width: number): string {
  const shown = cutText(text, width);
  return shown + ' '.repeat(Math.max(0, width - textWidth(shown)));
}

/** A line that is nowhere wider than `width` cells. */
export function cutLine(line: Line, width: number): Line {
  let left = width;
  return line.flatMap(({ text, tone }) => {
    const shown = cutText(text, left);
    left -= textWidth(shown);
    return shown === '' ? [] : [{ text: shown, tone }];
  });
}

/** The beginning of a text that fits in `width` cells, at least one character of it, without a mark. */
function headOf(text: string, width: number): string {
  const near = text.slice(0, width);
  const end = alone.test(near) ? firstAlone(near, width).length : fittingUnits(text, width);
  return text.slice(0, Math.max(1, end));
}

function fittingUnits(text: string, width: number): number {
  let read = 0;
  let left = width;
  for (const { segment } of graphemes.segment(text.slice(0, (width + 1) * unitsForCell))) {
    left -= stringWidth(segment);
    if (left < 0 && read > 0) break;
    read += segment.length;
    if (left < 0) break;
  }
  return read;
}

/**
 * `text` in rows of at most `width` cells, broken anywhere: joined they are the text, or its beginning
 * with `…` where more than `most` rows would be needed. Its work is bounded by what is shown.
 */
export function wrapCells(text: string, width: number, most: number): readonly string[] {
  const rows: string[] = [];
  let rest = text;
  while (rest !== '' && rows.length < most - 1) {
    const row = headOf(rest, Math.max(1, width));
    rows.push(row);
    rest = rest.slice(row.length);
  }
  return rest === '' && rows.length > 0 ? rows : [...rows, cutText(rest, width)];
}

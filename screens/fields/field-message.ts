import { type Line, type Span, span } from '../blocks/block.ts';
import { wrapText } from '../blocks/block-lines.ts';

/** What stands below a field. */
export interface FieldMessage {
  readonly problem?: string | undefined;
  /** Shown without a problem; a sign at its beginning, `✓ ` or `! `, gets its colour. */
  readonly note?: string | undefined;
}

/** Rows that a problem or note may take unless a screen says otherwise. */
export const mostMessageRows = 3;

/** Below the value, which stands below the label's text. */
export const fieldIndent = 2;

function signOf(note: string): { readonly sign: Span | undefined; readonly rest: string } {
  if (note.startsWith('✓ ')) return { sign: span('✓ ', 'good'), rest: note.slice(2) };
  if (note.startsWith('! ')) return { sign: span('! ', 'warn'), rest: note.slice(2) };
  return { sign: undefined, rest: note };
}

/** The words in at most `most` lines; `…` where more would follow. */
function wrapped(content: string, width: number, most: number): readonly string[] {
  const lines = wrapText(content, width);
  if (lines.length <= most) return lines;
  const last = wrapText(lines[most - 1] ?? '', Math.max(1, width - 2))[0] ?? '';
  return [...lines.slice(0, most - 1), `${last} …`];
}

/** The lines below a field of this width, none wider. */
export function messageLines(
  { problem, note }: FieldMessage,
  width: number,
  most = mostMessageRows,
): readonly Line[] {
  const { sign, rest } =
    problem === undefined ? signOf(note ?? '') : { sign: span('✗ ', 'bad'), rest: problem };
  if (rest === '' || most < 1) return [];
  const tone = problem === undefined ? 'quiet' : 'bad';
  const head = [span(' '.repeat(fieldIndent)), ...(sign ? [sign] : [])];
  const hang = [span(' '.repeat(fieldIndent + (sign ? 2 : 0)))];
  return wrapped(rest, width - fieldIndent - (sign ? 2 : 0), most).map((line, index) => [
    ...(index === 0 ? head : hang),
    span(line, tone),
  ]);
}

/** Rows that a field takes: label, value, and what stands below it. */
export function textFieldRows(message: FieldMessage, width: number, most?: number): number {
  return 2 + messageLines(message, width, most).length;
}

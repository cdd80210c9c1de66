import {
  isMap,
  isNode,
  isPair,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import {
  childOf,
  column,
  contentEnd,
  entryOf,
  isCommentLine,
  lineBefore,
  lineEnd,
  lineStart,
  nodeStart,
} from './yaml-layout.ts';

/**
 * Replacements of a stretch of a YAML text, worked out from the parsed nodes. `undefined`: the text is
 * written in a way that is not edited here (explicit keys, a null inside braces, …).
 */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

type Collection = YAMLMap | YAMLSeq;

/** Line break that a text uses. */
export function lineBreak(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** From the key or dash of an entry or item of a block collection to the end of its last line. */
export function entrySpan(
  text: string,
  parent: Node,
  step: string | number,
): { readonly start: number; readonly end: number } | undefined {
  const entry = isMap(parent) ? entryOf(parent, step) : childOf(parent, step);
  let start = nodeStart(isPair(entry) ? entry.key : entry);
  const end = entry === undefined ? undefined : contentEnd(entry);
  if (start === undefined || end === undefined) return undefined;
  if (isSeq(parent)) {
    do start -= 1;
    while (start > 0 && /\s/.test(text[start] ?? ''));
    if (text[start] !== '-') return undefined;
  }
  return { start, end: lineEnd(text, end) };
}

/** Start of the comment lines directly above the line at `start` for which `claims` holds. */
export function commentsAbove(
  text: string,
  start: number,
  claims: (line: string) => boolean,
): number {
  let from = lineStart(text, start);
  while (
    from > 0 &&
    isCommentLine(lineBefore(text, from)) &&
    claims(lineBefore(text, from).trim())
  ) {
    from = lineStart(text, from - 1);
  }
  return from;
}

/** Another scalar in the place of one. */
export function overScalar(text: string, scalar: Node, source: string): Splice | undefined {
  const start = nodeStart(scalar);
  const end = contentEnd(scalar);
  if (start === undefined || end === undefined || start === end) return undefined;
  return { start, end, text: source + (text[end - 1] === '\n' ? lineBreak(text) : '') };
}

/** Other lines in the place of a map entry; comments above it stay, those in `lines` are left out. */
export function overEntry(
  text: string,
  map: YAMLMap,
  entry: Pair,
  lines: readonly string[],
  value: unknown,
): Splice | undefined {
  if (map.flow === true) {
    const start = nodeStart(entry.value);
    const end = contentEnd(entry);
    if (start === undefined || end === undefined) return undefined;
    return { start, end, text: JSON.stringify(value) };
  }
  const start = nodeStart(entry.key);
  const end = contentEnd(entry);
  if (start === undefined || end === undefined) return undefined;
  const body = lines.slice(lines.findIndex((line) => !isCommentLine(line)));
  const margin = ' '.repeat(column(text, start));
  return {
    start,
    end: lineEnd(text, end),
    text: body.map((line, index) => (index === 0 ? '' : margin) + line + lineBreak(text)).join(''),
  };
}

/** Lines of a new last entry or item of a block collection, in the column of the others. */
export function intoBlock(
  text: string,
  into: Collection,
  lines: readonly string[],
  blankAbove: boolean,
): Splice {
  const [first] = into.items;
  const indent = column(text, nodeStart(isPair(first) ? first.key : into) ?? 0);
  const at = lineEnd(text, contentEnd(into) ?? 0);
  const br = lineBreak(text);
  const unended = at > 0 && text[at - 1] !== '\n' ? br : '';
  const block = lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line) + br).join('');
  return { start: at, end: at, text: unended + (blankAbove ? br : '') + block };
}

/** A new last entry (`key` given) or item of a collection in brackets, as JSON, which is YAML. */
export function intoBrackets(
  into: Collection,
  key: string | undefined,
  value: unknown,
): Splice | undefined {
  const addition = (key === undefined ? '' : `${JSON.stringify(key)}: `) + JSON.stringify(value);
  const last: unknown = into.items.at(-1);
  if (isPair(last) || isNode(last)) {
    const at = contentEnd(last);
    return at === undefined ? undefined : { start: at, end: at, text: `, ${addition}` };
  }
  const start = nodeStart(into);
  const end = contentEnd(into);
  if (start === undefined || end === undefined) return undefined;
  return { start, end, text: key === undefined ? `[${addition}]` : `{ ${addition} }` };
}

/** The lines of an entry or item of a block collection taken out, with comments above that `claims` accepts. */
export function outOfBlock(
  text: string,
  from: Collection,
  step: string | number,
  claims: (comment: string) => boolean,
): Splice | undefined {
  const span = entrySpan(text, from, step);
  if (span === undefined || text.slice(lineStart(text, span.start), span.start).trim() !== '')
    return undefined;
  let start = commentsAbove(text, span.start, claims);
  if (start > 0 && lineBefore(text, start).trim() === '') start = lineStart(text, start - 1);
  return { start, end: span.end, text: '' };
}

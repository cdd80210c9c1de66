import {
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';

/** Where things lie in the text of a parsed YAML document, in UTF-16 offsets. */

/** Offset of the first character of the line that holds `offset`. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset after the line that ends at or holds `end`; a block scalar's range has its line break already. */
export function lineEnd(text: string, end: number): number {
  if (end > 0 && text[end - 1] === '\n') return end;
  const at = text.indexOf('\n', end);
  return at < 0 ? text.length : at + 1;
}

/** The line above the one that starts at `start`, without its line feed. */
export function lineBefore(text: string, start: number): string {
  return text.slice(lineStart(text, start - 1), start - 1);
}

/** Column of `offset` in its line, counted from 0. */
export function column(text: string, offset: number): number {
  const start = lineStart(text, offset);
  return offset - (text[start] === '\uFEFF' ? start + 1 : start);
}

/** Start of a node's own text, after its anchor and tag; undefined if the parser noted none. */
export function nodeStart(node: unknown): number | undefined {
  return rangeOf(node)?.[0];
}

/**
 * End of the last value inside a node, without comments that follow it (yaml counts those below a
 * block collection as its own).
 */
export function contentEnd(node: Node | Pair): number | undefined {
  if (isPair(node)) {
    const value = rangeOf(node.value) === undefined ? node.key : node.value;
    return contentEndOf(value);
  }
  return contentEndOf(node);
}

function contentEndOf(node: unknown): number | undefined {
  if (isCollection(node) && node.flow !== true) {
    const last = node.items.at(-1);
    if (isPair(last)) return contentEnd(last);
    if (last !== undefined) return contentEndOf(last);
  }
  return rangeOf(node)?.[1];
}

function rangeOf(node: unknown): readonly [number, number, number] | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  const { range } = node;
  if (!Array.isArray(range)) return undefined;
  const [start, end, outer] = range;
  if (typeof start !== 'number' || typeof end !== 'number' || typeof outer !== 'number') {
    return undefined;
  }
  return [start, end, outer];
}

/** Number, from 1, of the line that holds `offset`. */
export function lineNumber(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** True for a line that holds nothing but a comment. */
export function isCommentLine(line: string): boolean {
  return line.trimStart().startsWith('#');
}

/** The entry of a map by its key, merged ones left out. */
export function entryOf(map: YAMLMap, key: string | number): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
}

/** The node one step down; undefined where there is none (an alias has no steps). */
export function childOf(node: unknown, step: string | number): Node | undefined {
  const child = isMap(node)
    ? entryOf(node, step)?.value
    : isSeq(node) && typeof step === 'number'
      ? node.items[step]
      : undefined;
  return isNode(child) ? child : undefined;
}

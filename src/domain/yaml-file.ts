import { isDeepStrictEqual } from 'node:util';
import { isAlias, isCollection, isMap, isScalar, isSeq, type Node } from 'yaml';
import { Failure } from './failure.ts';
import { valueAt } from './plain-data.ts';
import { childOf, column, entryOf, lineNumber, nodeStart } from './yaml-layout.ts';
import { type ParsedYaml, parseYaml } from './yaml-parse.ts';
import {
  commentsAbove,
  entrySpan,
  intoBlock,
  intoBrackets,
  outOfBlock,
  overEntry,
  overScalar,
  type Splice,
} from './yaml-splice.ts';

export type YamlPath = readonly (string | number)[];

/** A map entry or list item to write: its lines from column 0, comments above it included, and its meaning. */
export interface YamlPiece {
  readonly lines: readonly string[];
  readonly value: unknown;
}

/**
 * A YAML file that is edited in its text: each edit replaces only the characters it is about, so that
 * everything else (comments, blank lines, quoting, indentation, line ends) stays byte for byte.
 * Every edit is proven by reading the result back: it must mean what was there plus this one change.
 * What is shared by anchor, alias or merge key is read, never edited. All edits throw Failure
 * `file-malformed`, naming the line, where the file is written in a way they cannot handle.
 */
export class YamlFile {
  /** As the operator knows it, for messages: `docker-compose.yaml`. */
  readonly name: string;
  #text: string;
  #parsed: ParsedYaml;
  #edited = false;

  /** @throws Failure `file-malformed`, with the line, if the text is not one YAML document. */
  constructor(name: string, text: string) {
    this.name = name;
    this.#text = text;
    this.#parsed = parseYaml(name, text);
  }

  get text(): string {
    return this.#text;
  }

  get edited(): boolean {
    return this.#edited;
  }

  /** The meaning at a path, with aliases and merge keys resolved; undefined where nothing is. */
  value(path: YamlPath = []): unknown {
    return valueAt(this.#parsed.data, path);
  }

  /** Line, from 1, of the deepest thing that exists on a path. */
  lineOf(path: YamlPath): number {
    let at = 0;
    let node: Node | undefined = this.#parsed.contents ?? undefined;
    for (const step of path) {
      const next = childOf(node, step);
      at = nodeStart(isMap(node) ? entryOf(node, step)?.key : next) ?? at;
      node = next;
    }
    return lineNumber(this.#text, at);
  }

  /** The entry or item at a path, with the comments directly above it, to put elsewhere. */
  piece(path: YamlPath): YamlPiece {
    const parent = this.#editable(path.slice(0, -1));
    const step = path.at(-1) ?? '';
    const value = this.value(path);
    if (isCollection(parent) && parent.flow === true) {
      const source = JSON.stringify(value);
      return { lines: [isMap(parent) ? `${step}: ${source}` : `- ${source}`], value };
    }
    const span = parent && entrySpan(this.#text, parent, step);
    if (span === undefined) throw this.refusal(path, 'it cannot be read here');
    const indent = column(this.#text, span.start);
    const from = commentsAbove(this.#text, span.start, () => true);
    const lines = this.#text.slice(from, span.end).trimEnd().split(/\r?\n/);
    return { lines: lines.map((line) => line.slice(indent)), value };
  }

  /** The scalar at a path as it is written, quotes included. */
  scalarSource(path: YamlPath): string {
    const node = this.#editable(path);
    const at = nodeStart(node);
    if (!isScalar(node) || at === undefined) throw this.refusal(path, 'a single value is expected');
    return this.#text.slice(at, node.range?.[1]).trimEnd();
  }

  /** Replaces a scalar; a comment beside it stays. `source` is written as it is and means `value`. */
  setScalar(path: YamlPath, source: string, value: unknown): void {
    const node = this.#editable(path);
    if (!isScalar(node)) throw this.refusal(path, 'a single value is expected');
    this.#apply(path, overScalar(this.#text, node, source), this.#with(path, value));
  }

  /** Gives the entry of a map at `path` another key, in its place; its value stays as it is written. */
  rename(path: YamlPath, key: string): void {
    const parentPath = path.slice(0, -1);
    const map = this.#editable(parentPath);
    const entry = isMap(map) ? entryOf(map, path.at(-1) ?? '') : undefined;
    if (!isMap(map) || !isScalar(entry?.key)) throw this.refusal(path, 'it cannot be renamed');
    if (entryOf(map, key)) throw this.refusal(path, `there is a ${key} already`);
    const data: unknown = structuredClone(this.#parsed.data);
    const parent = Object(valueAt(data, parentPath));
    parent[key] = parent[path.at(-1) ?? ''];
    Reflect.deleteProperty(parent, path.at(-1) ?? '');
    this.#apply([...parentPath, key], overScalar(this.#text, entry.key, key), data);
  }

  /** Sets an entry of the map at `path`: in place if it is there, else after the last one. */
  put(path: YamlPath, key: string, piece: YamlPiece, blankLineAbove = false): void {
    const target = [...path, key];
    const map = this.#editable(path);
    if (!isMap(map)) throw this.refusal(path, 'a map is expected', piece);
    this.#editable(target);
    const present = entryOf(map, key);
    let splice: Splice | undefined;
    if (present) splice = overEntry(this.#text, map, present, piece.lines, piece.value);
    else if (map.flow === true) splice = intoBrackets(map, key, piece.value);
    else splice = intoBlock(this.#text, map, piece.lines, blankLineAbove);
    this.#apply(target, splice, this.#with(target, piece.value), piece);
  }

  /** Appends an item to the list at `path`. */
  add(path: YamlPath, piece: YamlPiece): void {
    const list = this.#editable(path);
    if (!isSeq(list)) throw this.refusal(path, 'a list is expected', piece);
    const splice =
      list.flow === true
        ? intoBrackets(list, undefined, piece.value)
        : intoBlock(this.#text, list, piece.lines, false);
    this.#apply(path, splice, this.#with([...path, list.items.length], piece.value), piece);
  }

  /**
   * Removes an entry or item, with its lines and the comment lines directly above that `isOurs`
   * claims. A collection that would be left empty goes as well.
   */
  remove(path: YamlPath, isOurs: (comment: string) => boolean): void {
    const parentPath = path.slice(0, -1);
    const step = path.at(-1) ?? '';
    this.#editable(path);
    const parent = this.#editable(parentPath);
    if (!isMap(parent) && !isSeq(parent)) throw this.refusal(path, 'it cannot be removed');
    if (parent.items.length === 1 && parentPath.length > 0) {
      this.remove(parentPath, isOurs);
      return;
    }
    const expected = this.#without(path);
    const splice =
      parent.flow === true
        ? overScalar(this.#text, parent, JSON.stringify(valueAt(expected, parentPath)))
        : outOfBlock(this.#text, parent, step, isOurs);
    this.#apply(path, splice, expected);
  }

  /** The failure for something at a path that we do not edit; `wanted` is what to write there by hand. */
  refusal(path: YamlPath, what: string, wanted?: YamlPiece): Failure {
    const place = `${this.name}, line ${this.lineOf(path)}`;
    return new Failure('file-malformed', `${place}: ${path.join('.')}: ${what}`, {
      ...(wanted === undefined ? {} : { expected: wanted.lines.join('\n') }),
      nextSteps: [`Change ${place} by hand, then run the same command again.`],
    });
  }

  /** The node at a path, undefined where none is; throws if it or something around it is shared. */
  #editable(path: YamlPath): Node | undefined {
    let node = this.#parsed.contents ?? undefined;
    for (let depth = 0; node !== undefined; depth += 1) {
      if (isAlias(node) || ('anchor' in node && node.anchor !== undefined)) {
        throw this.#shared(path.slice(0, depth));
      }
      const step = path[depth];
      if (step === undefined) return node;
      const merged = isMap(node) && entryOf(node, step) === undefined;
      if (merged && this.value(path.slice(0, depth + 1)) !== undefined) {
        throw this.#shared(path.slice(0, depth + 1));
      }
      node = childOf(node, step);
    }
    return undefined;
  }

  #shared(path: YamlPath): Failure {
    const what =
      'has to change, but is shared by a YAML anchor, alias or merge key: write it out in full';
    return this.refusal(path, what);
  }

  #with(path: YamlPath, value: unknown): unknown {
    const data: unknown = structuredClone(this.#parsed.data);
    Object.assign(Object(valueAt(data, path.slice(0, -1))), { [path.at(-1) ?? '']: value });
    return data;
  }

  #without(path: YamlPath): unknown {
    const data: unknown = structuredClone(this.#parsed.data);
    const parent = valueAt(data, path.slice(0, -1));
    const step = path.at(-1) ?? '';
    if (Array.isArray(parent) && typeof step === 'number') parent.splice(step, 1);
    else Reflect.deleteProperty(Object(parent), step);
    return data;
  }

  #apply(path: YamlPath, splice: Splice | undefined, expected: unknown, wanted?: YamlPiece): void {
    const text =
      splice && this.#text.slice(0, splice.start) + splice.text + this.#text.slice(splice.end);
    const parsed = text === undefined ? undefined : this.#tryParse(text);
    if (text === undefined || parsed === undefined || !isDeepStrictEqual(parsed.data, expected)) {
      throw this.refusal(path, 'it is written in a way that cannot be edited safely', wanted);
    }
    this.#text = text;
    this.#parsed = parsed;
    this.#edited = true;
  }

  #tryParse(text: string): ParsedYaml | undefined {
    try {
      return parseYaml(this.name, text);
    } catch (error) {
      if (error instanceof Failure) return undefined;
      throw error;
    }
  }
}

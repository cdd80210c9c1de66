import { type Parsed, parsed, problem } from './result.ts';

/** One `NAME=value` of a `.env` file, with its place in the text (UTF-16 offsets). */
export interface EnvStatement {
  readonly name: string;
  /** Quotes and escapes undone; `${OTHER}` is not filled in. */
  readonly value: string;
  /** From the start of its first line to the start of the line after it. */
  readonly start: number;
  readonly end: number;
  /** Of the value as written, quotes included; empty for a NAME without a value. */
  readonly valueStart: number;
  readonly valueEnd: number;
}

const head = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*[=:][ \t]*/y;

/**
 * Finds the assignments of a `.env` file as Compose v1 and v2 read it: `export` before the name, quoted
 * values over several lines, comments after ` #`. Other lines are passed over. The problem names the
 * line and never quotes it.
 */
export function readEnvStatements(text: string): Parsed<readonly EnvStatement[]> {
  const statements: EnvStatement[] = [];
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  while (start < text.length) {
    head.lastIndex = start;
    const found = head.exec(text);
    let valueEnd = found === null ? start : head.lastIndex;
    if (found !== null) {
      const valueStart = valueEnd;
      const read = readValue(text, valueStart);
      if (read === undefined) {
        const line = text.slice(0, start).split('\n').length;
        return problem(`line ${line}: the quote that opens the value is not closed`);
      }
      valueEnd = read.end;
      const end = nextLine(text, valueEnd);
      statements.push({
        name: found[1] ?? '',
        value: read.value,
        start,
        end,
        valueStart,
        valueEnd,
      });
    }
    start = nextLine(text, valueEnd);
  }
  return parsed(statements);
}

function nextLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at + 1;
}

function readValue(text: string, start: number): { value: string; end: number } | undefined {
  const quote = text[start];
  if (quote !== '"' && quote !== "'") {
    const line = text.slice(start, nextLine(text, start)).replace(/\r?\n$/, '');
    const value = line.replace(/(^|\s)#.*$/, '').trimEnd();
    return { value, end: start + value.length };
  }
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) {
      const inner = text.slice(start + 1, at);
      return { value: quote === '"' ? inner.replace(/\\(.)/gs, unescaped) : inner, end: at + 1 };
    }
  }
  return undefined;
}

function unescaped(_: string, character: string): string {
  return { n: '\n', r: '\r', t: '\t' }[character] ?? character;
}

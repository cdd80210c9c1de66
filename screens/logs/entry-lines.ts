import { type Line, type Span, span, type Tone } from '../blocks/block.ts';
import { wrapText } from '../blocks/block-lines.ts';
import { keyMap } from '../key-map.ts';
import { fillText, wrapCells } from '../parts/cut-text.ts';
import { serviceTone, shownLine } from '../parts/log-lines.ts';
import type { LogEntry } from './log-entry.ts';

/** As wide as `cloudflared`; a longer name is cut. */
const serviceWidth = 11;

/** How entries are drawn. */
export interface EntryStyle {
  readonly width: number;
  /** Rows of the window: nothing needs more. */
  readonly rows: number;
  readonly wrap: boolean;
  /** Text to be marked; empty: none. */
  readonly find: string;
  /** The entry that was jumped to: shown whole, with its meaning. */
  readonly focus: number | undefined;
}

function toneOf({ kind, level, isProblem, meaning }: LogEntry): Tone {
  if (kind === 'note') return 'accent';
  if (isProblem) return meaning ? 'warn' : 'bad';
  if (level === 'debug') return 'quiet';
  return level === 'warning' ? 'warn' : 'plain';
}

/** Signs differ in shape: nothing depends on colour. */
function signOf(entry: LogEntry, isFocus: boolean): Span {
  if (isFocus) return span('▸│ ', 'accent');
  return entry.isProblem ? span('!│ ', 'warn') : span(' │ ', 'quiet');
}

/** A row in its tone, with what is looked for marked; `from` is where it begins in `text`. */
function marked(
  row: string,
  from: number,
  matches: readonly number[],
  length: number,
  tone: Tone,
): Line {
  const spans: Span[] = [];
  let at = 0;
  for (const match of matches) {
    const [begin, end] = [Math.max(at, match - from), Math.min(row.length, match - from + length)];
    if (end <= begin) continue;
    spans.push(span(row.slice(at, begin), tone), span(row.slice(begin, end), 'match'));
    at = end;
  }
  return [...spans, span(row.slice(at), tone)];
}

function matchesIn(text: string, find: string): readonly number[] {
  const [lower, wanted] = [text.toLowerCase(), find.toLowerCase()];
  // Lowering some letters changes a text's length: places would not agree.
  if (wanted === '' || lower.length !== text.length || wanted.length !== find.length) return [];
  const found: number[] = [];
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + wanted.length))
    found.push(at);
  return found;
}

function textLines(entry: LogEntry, style: EntryStyle, width: number): readonly Line[] {
  const tone = toneOf(entry);
  const isWhole = style.wrap || entry.id === style.focus;
  const most = isWhole ? Math.max(1, style.rows) : 1;
  const text = entry.kind === 'note' ? `── ${entry.text}` : shownLine(entry.text, width * most);
  const matches = entry.kind === 'note' ? [] : matchesIn(text, style.find);
  let from = 0;
  return wrapCells(text, width, most).map((row) => {
    const line = marked(row, from, matches, style.find.length, tone);
    from += row.length;
    return line;
  });
}

function meaningLines({ meaning }: LogEntry, width: number, isFocus: boolean): readonly Line[] {
  if (!meaning) return [];
  const { cause, fix, remedy } = meaning;
  const rows = (text: string, indent: string) =>
    wrapText(text, width - indent.length).map((row, index) => (index === 0 ? row : indent + row));
  const toned = (texts: readonly string[], tone: Tone) => texts.map((text) => [span(text, tone)]);
  const fixes = fix
    .split('\n')
    .flatMap((line, index) => rows(`${index === 0 ? 'fix: ' : '     '}${line}`, '     '));
  return [
    ...toned(rows(`→ ${cause}`, '  '), 'warn'),
    ...toned(
      fixes.map((row) => `  ${row}`),
      'plain',
    ),
    ...(isFocus && remedy
      ? [[span('  '), span(keyMap.fix.shown, 'strong'), span(' does it, after you agree')]]
      : []),
  ];
}

/** The rows of an entry: its service in a column, its text, and below what it means where it says so. */
export function entryLines(entry: LogEntry, style: EntryStyle): readonly Line[] {
  const isFocus = entry.id === style.focus;
  const sign = signOf(entry, isFocus);
  const width = Math.max(1, style.width - serviceWidth - sign.text.length);
  const below = entry.isExplained || isFocus ? meaningLines(entry, width - 2, isFocus) : [];
  const indent: Line = [span(' '.repeat(serviceWidth)), span(' │ ', 'quiet')];
  return [
    ...textLines(entry, style, width).map((line, index) =>
      index === 0
        ? [
            span(fillText(entry.service ?? '', serviceWidth), serviceTone(entry.service)),
            sign,
            ...line,
          ]
        : [...indent, ...line],
    ),
    ...below.map((line) => [...indent, ...line]),
  ];
}

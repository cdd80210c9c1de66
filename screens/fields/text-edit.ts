/** Longest text that a field keeps, in UTF-16 code units; longer than any answer that fits in one line. */
export const longestInput = 4096;

/** Text beyond this is dropped unread, so that a paste of a megabyte costs nothing. */
const longestRead = 16 * longestInput;

/** A one-line text; the cursor stands before the grapheme cluster of that index, or at the end. */
export interface TextEdit {
  readonly value: string;
  readonly cursor: number;
}

export type TextAction =
  | { readonly type: 'insert'; readonly text: string }
  | {
      readonly type:
        | 'left'
        | 'right'
        | 'home'
        | 'end'
        | 'backspace'
        | 'delete'
        | 'clear'
        | 'word-back';
    };

const segmenter = new Intl.Segmenter();

/** What a person sees as single characters: a letter with its marks, an emoji with its modifiers. */
export function graphemesOf(text: string): readonly string[] {
  if (/^[ -~]*$/.test(text)) return text.split('');
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** OSC, DCS, SOS, PM and APC with their terminator; then CSI; then the other escape sequences. */
const sequences = [
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
  /(?:\x1b[P\]X^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)/g,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]/g,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
  /\x1b[ -/]*[0-~]/g,
];

/** Controls, line separators, and what hides or reorders the text around it; joiners stay, emoji need them. */
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
  /[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffd\u{e0000}-\u{e007f}]/gu;

/** Text as a one-line field keeps it: line breaks, controls and escape sequences are gone. */
export function cleanInput(text: string): string {
  return sequences
    .reduce((rest, sequence) => rest.replace(sequence, ''), text.slice(0, longestRead))
    .toWellFormed()
    .replace(hidden, '');
}

function insert({ value, cursor }: TextEdit, text: string): TextEdit {
  const room = Math.max(0, longestInput - value.length);
  const added = cleanInput(text)
    .slice(0, room)
    .toWellFormed()
    .replace(/\ufffd$/, '');
  const at = graphemesOf(value).slice(0, cursor).join('').length;
  const next = value.slice(0, at) + added + value.slice(at);
  // A mark joins the character before it: what counts is where the clusters of the new text begin.
  let begin = 0;
  let clusters = 0;
  for (const cluster of graphemesOf(next)) {
    if (begin >= at + added.length) break;
    begin += cluster.length;
    clusters += 1;
  }
  return { value: next, cursor: clusters };
}

/** Clusters without those from `from` to before `to`; the cursor stands where they were. */
function without(clusters: readonly string[], from: number, to: number): TextEdit {
  const before = clusters.slice(0, from).join('');
  const value = before + clusters.slice(to).join('');
  return { value, cursor: Math.min(from, graphemesOf(value).length) };
}

function wordStart(clusters: readonly string[], cursor: number): number {
  const isWord = (index: number) => /[\p{L}\p{N}_]/u.test(clusters[index] ?? '');
  let start = cursor;
  while (start > 0 && !isWord(start - 1)) start -= 1;
  while (start > 0 && isWord(start - 1)) start -= 1;
  return start;
}

/** The text after a key. Pure; never longer than `longestInput`. */
export function editText(edit: TextEdit, action: TextAction): TextEdit {
  if (action.type === 'insert') return insert(edit, action.text);
  const clusters = graphemesOf(edit.value);
  const cursor = Math.min(edit.cursor, clusters.length);
  switch (action.type) {
    case 'left':
      return { ...edit, cursor: Math.max(0, cursor - 1) };
    case 'right':
      return { ...edit, cursor: Math.min(clusters.length, cursor + 1) };
    case 'home':
      return { ...edit, cursor: 0 };
    case 'end':
      return { ...edit, cursor: clusters.length };
    case 'backspace':
      return without(clusters, Math.max(0, cursor - 1), cursor);
    case 'delete':
      return without(clusters, cursor, cursor + 1);
    case 'clear':
      return { value: '', cursor: 0 };
    case 'word-back':
      return without(clusters, wordStart(clusters, cursor), cursor);
  }
}

import { stripVTControlCharacters } from 'node:util';

/** Longest text that `cleanLine` returns, in UTF-16 code units, the mark of the cut included. */
export const longestLine = 8192;

/** Text beyond this is dropped unread, so that the work per line is bounded whatever a program prints. */
const longestRead = 8 * longestLine;

/** OSC, DCS, SOS, PM and APC with their terminator. C1 bytes end the scan too: that keeps it linear. */
const stringSequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
  /(?:\x1b[P\]X^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)/g;
/** The start of such a sequence that never ends. Left in, `stripVTControlCharacters` takes quadratic time. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
const openSequence = /[\x1b\x9b](?=[P\]X^_])/g;

/** Most lines: nothing in them needs a second look. */
const plain = /^[\x20-\x7e]*$/;

/**
 * What must not reach a terminal as it is: C0 and C1 controls, line separators, and characters that
 * reorder or hide the text around them (bidi marks and overrides, zero-width, tag characters).
 */
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
  /[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

function visible(character: string): string {
  if (character === '\t') return '    ';
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

function cut(text: string, dropped: number): string {
  if (text.length <= longestLine && dropped === 0) return text;
  // The mark's own length varies with the number; 48 is more than it can ever need.
  const kept = text
    .slice(0, longestLine - 48)
    .toWellFormed()
    .replace(/\ufffd$/, '');
  return `${kept} [cut: ${text.length - kept.length + dropped} more characters]`;
}

/**
 * Makes any text that a program printed harmless for a terminal and for a line of a file: complete
 * escape sequences (colours, titles, links, device strings) are removed; what remains of controls,
 * incomplete sequences and direction overrides is shown as `\x1b` or `\u202e`; a tab is four spaces;
 * a lone surrogate is U+FFFD. Never longer than `longestLine`: what is cut off is counted at the end.
 * Takes linear time. Cleaning a cleaned line changes nothing.
 */
export function cleanLine(text: string): string {
  if (text.length <= longestLine && plain.test(text)) return text;
  const read = text.slice(0, longestRead).replace(/\r?\n?$/, '');
  const dropped = Math.max(0, text.length - longestRead);
  const stripped = stripVTControlCharacters(
    read.replace(stringSequence, '').replace(openSequence, visible),
  );
  return cut(stripped.toWellFormed().replace(hidden, visible), dropped);
}

const esc = '\u001b';
const pasteStart = `${esc}[200~`;
const pasteEnd = `${esc}[201~`;

/** More than this, in one read and one line, was not typed by hand. */
const longForTyping = 24;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A complete CSI or SS3 sequence, or ESC with the character it modifies. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this looks for.
const sequence = /^\u001b(?:\[[\u0020-\u003f]*[\u0040-\u007e]|O[\u0040-\u007e]|[^\u001b])/u;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
const control = /[\u0000-\u001f\u007f]/u;

/**
 * An unmarked paste of several lines: its line ends are not key presses. A short first line is an
 * answer, and what follows was typed ahead.
 */
function isBarePaste(chunk: string): boolean {
  const first = /^([^\r\n]+)[\r\n]+[^\r\n]/u.exec(chunk)?.[1] ?? '';
  return !chunk.includes(esc) && first.replaceAll(/\s/gu, '').length >= longForTyping;
}

/**
 * What one read of the terminal holds, key by key: single characters, escape sequences, whole
 * bracketed pastes, and runs of characters that are longer than anybody types at once. Nothing is
 * lost: joined they are the input, but that an unmarked paste over several lines gets the marks of one.
 */
export function splitKeys(chunk: string): readonly string[] {
  if (isBarePaste(chunk)) return [`${pasteStart}${chunk}${pasteEnd}`];
  const pieces: string[] = [];
  let rest = chunk;
  while (rest !== '') {
    const length = pieceLength(rest);
    pieces.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return pieces;
}

function pieceLength(rest: string): number {
  if (rest.startsWith(pasteStart)) {
    const end = rest.indexOf(pasteEnd);
    return end === -1 ? rest.length : end + pasteEnd.length;
  }
  if (rest.startsWith(esc)) return sequence.exec(rest)?.[0].length ?? rest.length;
  const next = rest.search(control);
  if (next === 0) return 1;
  const run = next === -1 ? rest : rest.slice(0, next);
  return run.length >= longForTyping ? run.length : firstGrapheme(run).length;
}

function firstGrapheme(text: string): string {
  const [first] = graphemes.segment(text);
  return first?.segment ?? text;
}

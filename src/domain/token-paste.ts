/** Text in the alphabet of base64 that begins like a tunnel token, found in what was pasted. */
export interface TokenRun {
  /**
   * The run and the words after it that could be its continuation on the next lines, in the standard
   * alphabet (`-` and `_` become `+` and `/`), without padding. Where the token really ends, only its
   * decoded content tells.
   */
  readonly pieces: readonly string[];
  /** What stands directly behind the last piece in the same word: a quote, padding, an ellipsis. */
  readonly after: string;
}

const bracketedPasteMarks = ['\u001b[200~', '\u001b[201~', '[200~', '[201~'];

/**
 * Removes what terminals, browsers and chat programs add to copied text and nobody sees: marks of
 * bracketed paste (also when the escape character was eaten), format characters such as zero-width
 * space, byte order mark and soft hyphen, and outer white space.
 */
export function cleanPaste(pasted: string): string {
  return bracketedPasteMarks
    .reduce((text, mark) => text.replaceAll(mark, ''), pasted)
    .replaceAll(/\p{Cf}/gu, '')
    .trim();
}

/**
 * Every run that begins with `eyJ` (base64 of `{"`, as every tunnel token does: facts 5.1) at the
 * start of a word or behind a quote, `=` or the like. A run goes on over white space and backslashes
 * (a token wrapped over lines) until something that cannot belong to it: another run, an option, or a
 * word with other characters. Linear in the length of the text.
 */
export function findTokenRuns(text: string): readonly TokenRun[] {
  const words = text.split(/[\s\\]+/);
  const runs: TokenRun[] = [];
  words.forEach((word, index) => {
    for (const match of word.matchAll(/(?<![A-Za-z0-9+/_-])eyJ[A-Za-z0-9+/_-]*/g)) {
      const after = word.slice(match.index + match[0].length);
      const first = standardAlphabet(match[0]);
      runs.push(after === '' ? continueRun(first, words, index + 1) : { pieces: [first], after });
    }
  });
  return runs;
}

function continueRun(first: string, words: readonly string[], from: number): TokenRun {
  const pieces = [first];
  for (let index = from; index < words.length; index++) {
    const word = words[index] ?? '';
    const piece = /^[A-Za-z0-9+/_-]+/.exec(word)?.[0];
    if (piece === undefined || word.startsWith('--') || word.startsWith('eyJ')) break;
    const after = word.slice(piece.length);
    // A name with a value or a path behind it (NAME=value, image:tag) is another word of the command.
    if (!/^(?:=*["'`,;)\]}]*)$/.test(after)) break;
    pieces.push(standardAlphabet(piece));
    if (after !== '') return { pieces, after };
  }
  return { pieces, after: '' };
}

function standardAlphabet(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/');
}

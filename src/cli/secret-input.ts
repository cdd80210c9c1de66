/** What came of the keys so far. `entered`: complete, unless more of the same paste follows. */
export type SecretProgress = 'open' | 'entered' | 'interrupted' | 'suspended' | 'ended';

const esc = '\u001b';
const pasteStart = `${esc}[200~`;
const pasteEnd = `${esc}[201~`;

/** A complete CSI or SS3 sequence: keys that mean nothing here. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this looks for.
const sequence = /^\u001b(?:\[[\u0020-\u003f]*[\u0040-\u007e]|O[\u0040-\u007e])/u;
/** One that may still become complete. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this looks for.
const openSequence = /^\u001b(?:\[[\u0020-\u003f]*|O)?$/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
const printable = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]+/u;

/** Longer input is read, but not kept: no secret is anywhere near. */
const longest = 4 * 1024 * 1024;

const lineEnds = /[\r\n]+$/u;

/**
 * Keys of a terminal in raw mode, read as one answer. A line end inside a paste, marked by the
 * terminal or not, belongs to it: an unmarked paste is a chunk in which more follows the line end.
 */
export class SecretInput {
  #text = '';
  #rest = '';
  #inPaste = false;
  #marks = false;

  /** The answer as far as it was typed, without the line end that completes it. */
  get answer(): string {
    return this.#text.replace(lineEnds, '');
  }

  /** True once the terminal has marked a paste: unmarked ones do not come from it. */
  get marksPastes(): boolean {
    return this.#marks;
  }

  /** Takes what one read of the terminal gave. */
  feed(chunk: string): SecretProgress {
    this.#rest += chunk;
    while (this.#rest !== '') {
      const progress = this.#inPaste ? this.#pasted() : this.#key();
      if (progress === 'wait') return 'open';
      if (progress !== undefined) return progress;
    }
    return !this.#inPaste && lineEnds.test(this.#text) ? 'entered' : 'open';
  }

  #take(length: number): string {
    const taken = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return taken;
  }

  #add(text: string): void {
    this.#text = (this.#text + text).slice(0, longest);
  }

  #pasted(): 'wait' | undefined {
    const end = this.#rest.indexOf(pasteEnd);
    if (end >= 0) {
      this.#add(this.#take(end));
      // The line end that a copied line brings along is not the Enter that completes the answer.
      this.#text = this.#text.replace(lineEnds, '');
      this.#take(pasteEnd.length);
      this.#inPaste = false;
      return undefined;
    }
    // The mark of its end may come in pieces.
    const mark = this.#rest.lastIndexOf(esc);
    const isOpen = mark >= 0 && pasteEnd.startsWith(this.#rest.slice(mark));
    this.#add(this.#take(isOpen ? mark : this.#rest.length));
    return 'wait';
  }

  #key(): SecretProgress | 'wait' | undefined {
    if (this.#rest.startsWith(pasteStart)) {
      this.#take(pasteStart.length);
      this.#inPaste = true;
      this.#marks = true;
      return undefined;
    }
    const run = printable.exec(this.#rest)?.[0];
    if (run !== undefined) {
      this.#add(this.#take(run.length));
      return undefined;
    }
    if (this.#rest.startsWith(esc)) {
      if (openSequence.test(this.#rest)) return 'wait';
      this.#take(sequence.exec(this.#rest)?.[0].length ?? 1);
      return undefined;
    }
    switch (this.#take(1)) {
      case '\u0003':
        return 'interrupted';
      case '\u001a':
        return 'suspended';
      case '\u0004':
        return this.#text === '' ? 'ended' : undefined;
      case '\u007f':
      case '\b':
        this.#text = [...this.#text].slice(0, -1).join('');
        return undefined;
      case '\u0015':
        this.#text = '';
        return undefined;
      default:
        return undefined;
    }
  }
}

import { Readable } from 'node:stream';
import { splitKeys } from './split-keys.ts';

/** What Ink needs of a terminal's input. */
interface TerminalInput extends NodeJS.ReadableStream {
  isTTY?: boolean;
  setRawMode?(mode: boolean): unknown;
  ref?(): unknown;
  unref?(): unknown;
}

/**
 * ESC begins other keys, too. What belongs to it comes in the same read, or on a slow line soon after;
 * Ink would wait 20 ms.
 */
const escapeMs = 3;
/** ESC as terminals send it that can tell the two apart (kitty's protocol): Ink takes it at once. */
const onlyEscape = '\u001b[27u';

/** Enter, if it was pressed while the terminal was not ours yet, has become a line end. */
function asPressed(piece: string): string {
  return piece === '\n' ? '\r' : piece;
}

/**
 * A terminal's input, handed on one key at a time: between two, the screen that the first one led to
 * is there to receive the second. Keys typed ahead, in one piece, are so not lost on the way.
 */
export class PacedInput extends Readable {
  readonly isTTY = true;
  readonly #source: TerminalInput;
  readonly #waiting: string[] = [];
  /** Part of a bracketed paste whose end has not come yet, or an ESC that may begin something. */
  #open = '';
  #escape: NodeJS.Timeout | undefined;
  #pumping = false;

  constructor(source: TerminalInput) {
    super({ encoding: 'utf8' });
    this.#source = source;
    source.setEncoding('utf8');
    source.on('data', this.#take);
    source.on('end', this.#end);
    source.on('close', this.#end);
    source.on('error', this.#end);
  }

  override _read(): void {
    // Keys are pushed when the last one was dealt with, not when there is room.
  }

  setRawMode(mode: boolean): this {
    this.#source.setRawMode?.(mode);
    return this;
  }

  ref(): this {
    this.#source.ref?.();
    return this;
  }

  unref(): this {
    this.#source.unref?.();
    return this;
  }

  /** Lets go of the terminal's input and stops reading it. */
  release(): void {
    clearTimeout(this.#escape);
    this.#source.off('data', this.#take);
    this.#source.off('end', this.#end);
    this.#source.off('close', this.#end);
    this.#source.off('error', this.#end);
    this.#source.pause();
  }

  readonly #end = (): void => {
    this.emit('gone');
  };

  readonly #take = (data: string | Buffer): void => {
    clearTimeout(this.#escape);
    const chunk = this.#open + data.toString();
    const opened = chunk.lastIndexOf('\u001b[200~');
    if (opened !== -1 && chunk.indexOf('\u001b[201~', opened) === -1) {
      this.#open = chunk;
      return;
    }
    this.#open = '';
    const keys = splitKeys(chunk).map(asPressed);
    if (keys.at(-1) === '\u001b') {
      this.#open = keys.pop() ?? '';
      this.#escape = setTimeout(() => {
        this.#open = '';
        this.#handOn([onlyEscape]);
      }, escapeMs);
    }
    this.#handOn(keys);
  };

  #handOn(keys: readonly string[]): void {
    this.#waiting.push(...keys);
    if (!this.#pumping) this.#pump();
  }

  #pump(): void {
    const piece = this.#waiting.shift();
    this.#pumping = piece !== undefined;
    if (piece === undefined) return;
    this.push(piece);
    // One turn for the key, one for what React puts off until after the frame.
    setImmediate(() => setImmediate(() => this.#pump()));
  }
}

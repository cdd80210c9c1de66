import { StringDecoder } from 'node:string_decoder';
import type { LogLine } from '../../ports/engine.ts';

/** Longest line kept, bytes. */
export const longestLine = 64 * 1024;

const newline = 0x0a;
const space = 0x20;
/** `2026-11-24T02:25:44.903841014+02:00` is 35 bytes. */
const longestStamp = 40;
const stampPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Puts the records of one stream, as the engine gives them with `timestamps=1`, together into lines.
 * The engine cuts a line into records of 16 KiB and stamps each [seen on 20.10]; only the last ends
 * in a newline. Bytes are decoded a line at a time, so characters are never torn.
 */
export class LineAssembler {
  readonly #stream: LogLine['stream'];
  readonly #tty: boolean;
  #stamp: Buffer | undefined = Buffer.alloc(0);
  #at: Date | undefined;
  #parts: Buffer[] = [];
  #kept = 0;
  #cut = 0;

  constructor(stream: LogLine['stream'], tty = false) {
    this.#stream = stream;
    this.#tty = tty;
  }

  /** A record begins: a timestamp comes first. */
  beginRecord(): void {
    if (this.#stamp) this.#append(this.#stamp);
    this.#stamp = Buffer.alloc(0);
  }

  *push(bytes: Buffer): Generator<LogLine> {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#stamp) {
        rest = this.#readStamp(this.#stamp, rest);
        continue;
      }
      const end = rest.indexOf(newline);
      this.#append(end === -1 ? rest : rest.subarray(0, end));
      if (end === -1) return;
      rest = rest.subarray(end + 1);
      yield this.#take();
      this.beginRecord();
    }
  }

  /** The line that was begun and not ended, if there is one. */
  *end(): Generator<LogLine> {
    if (this.#stamp) this.#append(this.#stamp);
    this.#stamp = undefined;
    if (this.#kept > 0) yield this.#take();
  }

  /** Takes bytes up to the space behind the timestamp; gives back what is left to read. */
  #readStamp(before: Buffer, bytes: Buffer): Buffer {
    const stamp = Buffer.concat([before, bytes.subarray(0, longestStamp)]);
    const end = stamp.findIndex((byte) => byte === space || byte === newline);
    if (end === -1 && stamp.length < longestStamp) {
      this.#stamp = stamp;
      return bytes.subarray(bytes.length);
    }
    this.#stamp = undefined;
    const text = stamp.toString('latin1', 0, Math.max(end, 0));
    if (stamp[end] === space && stampPattern.test(text)) {
      if (this.#kept === 0) this.#at = new Date(text);
      return bytes.subarray(end + 1 - before.length);
    }
    this.#append(before);
    return bytes;
  }

  #append(bytes: Buffer): void {
    const keep = bytes.subarray(0, longestLine - this.#kept);
    if (keep.length > 0) this.#parts.push(keep);
    this.#kept += keep.length;
    this.#cut += bytes.length - keep.length;
  }

  #take(): LogLine {
    const bytes = Buffer.concat(this.#parts);
    // A StringDecoder leaves a character torn by the cut away; toString would make it U+FFFD.
    const whole = this.#cut > 0 ? new StringDecoder('utf8').write(bytes) : bytes.toString('utf8');
    const text = this.#tty ? whole.replace(/\r$/, '') : whole;
    const line: LogLine = {
      stream: this.#stream,
      at: this.#at,
      text: this.#cut > 0 ? `${text} […cut: ${this.#cut} more bytes]` : text,
    };
    this.#at = undefined;
    this.#parts = [];
    this.#kept = 0;
    this.#cut = 0;
    return line;
  }
}

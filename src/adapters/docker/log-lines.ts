import { StringDecoder } from 'node:string_decoder';
import type { LogLine } from '../../ports/engine.ts';
import { longestStamp, type Stamp, StampReader, usualStamp } from './log-stamp.ts';

/** Longest line kept, bytes. */
export const longestLine = 64 * 1024;

/** Into records of this many bytes the engine cuts a line. */
const longestRecord = 16 * 1024;

const newline = 0x0a;
const space = 0x20;
const nothing = Buffer.alloc(0);

/**
 * Puts the records of one stream, as the engine gives them with `timestamps=1`, together into lines.
 * The engine cuts a line into records of 16 KiB and stamps each [seen on 20.10]; only the last ends
 * in a newline. A program that ends without one leaves a record that the next start's goes behind:
 * a shorter record with another stamp behind it was the end of a line. Bytes are decoded a line at a
 * time, so characters are never torn. Holds at most the longest line, however long a line is.
 */
export class LineAssembler {
  readonly #stream: LogLine['stream'];
  readonly #tty: boolean;
  readonly #stamps = new StampReader();
  /** What was read of the present record's stamp; undefined behind it. */
  #stampBytes: Buffer | undefined = nothing;
  #stamp: Stamp | undefined;
  #parts: Buffer[] = [];
  #kept = 0;
  #cut = 0;
  /** Bytes of the present record, without its stamp. */
  #record = 0;
  #isBegun = false;

  constructor(stream: LogLine['stream'], tty = false) {
    this.#stream = stream;
    this.#tty = tty;
  }

  /** A record begins: a timestamp comes first. */
  beginRecord(): void {
    if (this.#stampBytes && this.#stampBytes.length > 0) this.#append(this.#stampBytes);
    this.#stampBytes = nothing;
  }

  /** Bytes of the stream, from one place to another, wherever they were torn. */
  *push(bytes: Buffer, from = 0, to = bytes.length): Generator<LogLine> {
    for (let at = from; at < to; ) {
      if (this.#stampBytes) {
        const { next, line } = this.#readStamp(this.#stampBytes, bytes, at, to);
        if (line) yield line;
        at = next;
        continue;
      }
      const found = bytes.indexOf(newline, at);
      const end = found === -1 || found >= to ? to : found;
      if (end < to && this.#kept === 0 && end - at <= longestLine) {
        yield this.#line(bytes.toString('utf8', at, end));
      } else {
        this.#append(bytes.subarray(at, end));
        if (end === to) return;
        yield this.#take();
      }
      at = end + 1;
      this.beginRecord();
    }
  }

  /** The line that was begun and not ended, if there is one. */
  *end(): Generator<LogLine> {
    if (this.#stampBytes) this.#append(this.#stampBytes);
    this.#stampBytes = undefined;
    if (this.#kept > 0) yield { ...this.#take(), unfinished: true };
  }

  /** Reads on up to the space behind the timestamp; gives the line that it shows to have ended, if so. */
  #readStamp(
    before: Buffer,
    bytes: Buffer,
    at: number,
    to: number,
  ): { readonly next: number; readonly line?: LogLine } {
    if (before.length === 0 && to - at >= usualStamp) {
      const usual = this.#stamps.readUsual(bytes, at);
      if (usual) return { next: at + usualStamp, ...this.#stamped(usual) };
    }
    const stamp = Buffer.concat([before, bytes.subarray(at, Math.min(to, at + longestStamp))]);
    const end = stamp.findIndex((byte) => byte === space || byte === newline);
    if (end === -1 && stamp.length < longestStamp) {
      this.#stampBytes = stamp;
      return { next: to };
    }
    const text = stamp[end] === space ? stamp.toString('latin1', 0, end) : '';
    const read = this.#stamps.read(text);
    const ended = this.#stamped(read);
    if (read) return { next: at + end + 1 - before.length, ...ended };
    this.#append(before);
    return { next: at, ...ended };
  }

  /** The present record has this stamp, or none. */
  #stamped(stamp: Stamp | undefined): { readonly line?: LogLine } {
    this.#stampBytes = undefined;
    const ended = this.#isAnother(stamp) ? { line: this.#take() } : {};
    this.#record = 0;
    if (stamp) {
      if (!this.#isBegun) this.#stamp = stamp;
      this.#isBegun = true;
    }
    return ended;
  }

  /** True if a record with this stamp does not go on with the line that was begun. */
  #isAnother(stamp: Stamp | undefined): boolean {
    const begun = this.#stamp;
    if (!this.#isBegun || !stamp || !begun || this.#tty) return false;
    const isSameTime = stamp.at.getTime() === begun.at.getTime() && stamp.nanos === begun.nanos;
    return !isSameTime && this.#record !== longestRecord;
  }

  #append(bytes: Buffer): void {
    const keep = bytes.subarray(0, longestLine - this.#kept);
    if (keep.length > 0) this.#parts.push(keep);
    this.#kept += keep.length;
    this.#cut += bytes.length - keep.length;
    this.#record += bytes.length;
    if (bytes.length > 0) this.#isBegun = true;
  }

  #take(): LogLine {
    const bytes = Buffer.concat(this.#parts);
    // A StringDecoder leaves a character torn by the cut away; toString would make it U+FFFD.
    const whole = this.#cut > 0 ? new StringDecoder('utf8').write(bytes) : bytes.toString('utf8');
    const line = this.#line(whole);
    this.#parts = [];
    this.#kept = 0;
    this.#cut = 0;
    return line;
  }

  #line(whole: string): LogLine {
    const text = this.#tty && whole.endsWith('\r') ? whole.slice(0, -1) : whole;
    const cut = this.#cut > 0 ? `${text} […cut: ${this.#cut} more bytes]` : text;
    const { at, nanos = 0 } = this.#stamp ?? {};
    this.#stamp = undefined;
    this.#record = 0;
    this.#isBegun = false;
    const stream = this.#stream;
    return nanos > 0 ? { stream, at, nanos, text: cut } : { stream, at, text: cut };
  }
}

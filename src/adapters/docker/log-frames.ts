import type { LogLine } from '../../ports/engine.ts';
import { LineAssembler } from './log-lines.ts';

const headerLength = 8;

/** The engine put an error of its own into a log stream, or bytes that are no frame. */
export class LogStreamError extends Error {
  override readonly name = 'LogStreamError';
}

/**
 * Reads the engine's log stream: frames of an 8-byte header (stream, three zeros, length big-endian;
 * Docker Engine API, "Attach to a container") and a record; a container with a TTY has no frames.
 * Chunks may be torn anywhere. Holds at most one unfinished line per stream.
 */
export class LogReader {
  readonly #tty: boolean;
  readonly #stdout: LineAssembler;
  readonly #stderr = new LineAssembler('stderr');
  #header = Buffer.alloc(0);
  #left = 0;
  #current: LineAssembler;
  #complaint: Buffer | undefined;

  constructor(tty: boolean) {
    this.#tty = tty;
    this.#stdout = new LineAssembler('stdout', tty);
    this.#current = this.#stdout;
  }

  /** @throws LogStreamError */
  *push(chunk: Buffer): Generator<LogLine> {
    if (this.#tty) {
      yield* this.#stdout.push(chunk);
      return;
    }
    for (let at = 0; at < chunk.length; ) {
      if (this.#left === 0) {
        at = this.#readHeader(chunk, at);
        continue;
      }
      const end = Math.min(chunk.length, at + this.#left);
      this.#left -= end - at;
      if (this.#complaint) this.#readComplaint(this.#complaint, chunk.subarray(at, end));
      else yield* this.#current.push(chunk, at, end);
      at = end;
    }
  }

  *end(): Generator<LogLine> {
    yield* this.#stdout.end();
    yield* this.#stderr.end();
  }

  /** Reads a header, or as much of one as there is; gives the place behind it. */
  #readHeader(chunk: Buffer, at: number): number {
    if (this.#header.length === 0 && chunk.length - at >= headerLength) {
      this.#beginFrame(chunk, at);
      return at + headerLength;
    }
    const missing = headerLength - this.#header.length;
    const end = Math.min(chunk.length, at + missing);
    this.#header = Buffer.concat([this.#header, chunk.subarray(at, end)]);
    if (this.#header.length < headerLength) return end;
    const header = this.#header;
    this.#header = Buffer.alloc(0);
    this.#beginFrame(header, 0);
    return end;
  }

  #beginFrame(header: Buffer, at: number): void {
    const stream = header[at];
    this.#left = header.readUInt32BE(at + 4);
    switch (stream) {
      case 0:
      case 1:
        this.#current = this.#stdout;
        break;
      case 2:
        this.#current = this.#stderr;
        break;
      case 3:
        this.#complaint = Buffer.alloc(0);
        break;
      default:
        throw new LogStreamError(`a log frame of the unknown stream ${stream}`);
    }
    this.#current.beginRecord();
  }

  #readComplaint(before: Buffer, bytes: Buffer): void {
    this.#complaint = Buffer.concat([before, bytes]).subarray(0, 4096);
    if (this.#left === 0) throw new LogStreamError(this.#complaint.toString('utf8').trim());
  }
}

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
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#left === 0) {
        const missing = headerLength - this.#header.length;
        this.#header = Buffer.concat([this.#header, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (this.#header.length === headerLength) this.#beginFrame();
        continue;
      }
      const record = rest.subarray(0, this.#left);
      rest = rest.subarray(record.length);
      this.#left -= record.length;
      if (this.#complaint) this.#readComplaint(this.#complaint, record);
      else yield* this.#current.push(record);
    }
  }

  *end(): Generator<LogLine> {
    yield* this.#stdout.end();
    yield* this.#stderr.end();
  }

  #beginFrame(): void {
    const stream = this.#header[0];
    this.#left = this.#header.readUInt32BE(4);
    this.#header = Buffer.alloc(0);
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

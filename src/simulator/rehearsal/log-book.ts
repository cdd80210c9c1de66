import { EventEmitter, once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isRecord } from '../../domain/plain-data.ts';
import type { LogLine } from '../../ports/engine.ts';
import { errnoOf } from '../container/errno.ts';

/** Lines that are carried from one command to the next. */
const keptLines = 2000;

type BookLine = LogLine & { readonly at: Date };

/** The log of one container: kept in memory and in a file of JSON lines, readable while it grows. */
export class LogBook {
  readonly #file: string;
  readonly #lines: BookLine[];
  readonly #events = new EventEmitter();
  #writing = false;

  constructor(file: string) {
    this.#file = file;
    this.#lines = load(file);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, this.#lines.map(serialise).join(''), { mode: 0o600 });
    this.#events.setMaxListeners(0);
  }

  /** A process writes from now on. */
  begin(): void {
    this.#writing = true;
  }

  append(stream: LogLine['stream'], text: string): void {
    const line = { stream, text, at: new Date() };
    this.#lines.push(line);
    appendFileSync(this.#file, serialise(line));
    this.#events.emit('change');
  }

  /** The process has ended: those who follow get to the end. */
  end(): void {
    this.#writing = false;
    this.#events.emit('change');
  }

  async *read(since: Date, follow: boolean, signal?: AbortSignal): AsyncIterable<LogLine> {
    let index = this.#lines.findIndex(({ at }) => at >= since);
    if (index < 0) index = this.#lines.length;
    while (signal?.aborted !== true) {
      const line = this.#lines[index];
      if (line !== undefined) {
        index++;
        yield line;
      } else if (follow && this.#writing) {
        // An abort ends the wait; the loop's condition sees it.
        await once(this.#events, 'change', signal ? { signal } : {}).catch(() => undefined);
      } else {
        return;
      }
    }
  }
}

function load(file: string): BookLine[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').slice(-keptLines).flatMap(parse);
}

function parse(line: string): BookLine[] {
  try {
    const value: unknown = JSON.parse(line);
    if (!isRecord(value) || typeof value['text'] !== 'string') return [];
    const stream = value['stream'] === 'stdout' ? 'stdout' : 'stderr';
    return [{ stream, text: value['text'], at: new Date(String(value['at'])) }];
  } catch {
    // A line that a killed command left unfinished.
    return [];
  }
}

function serialise({ at, stream, text }: BookLine): string {
  return `${JSON.stringify({ at: at.toISOString(), stream, text })}\n`;
}

import { diagnoseCleaned } from '../../diagnosis/diagnose.ts';
import type {
  KnownLines,
  ObservedLog,
  UnknownLines,
} from '../../domain/doctor/doctor-observation.ts';
import { cleanLine } from '../../domain/log-line.ts';
import { lineShape } from '../../domain/support/line-shape.ts';
import type { ContainerInfo, Engine, LogLine } from '../../ports/engine.ts';

/** A log that takes longer than this to read is read so far, milliseconds. */
const readLimit = 10_000;
/** Kinds of unknown lines that are told apart; a log of anything else must not grow without limit. */
const mostShapes = 60;
const tailLines = 1000;

export interface ReadLogOptions {
  /** The command that repairs this deployment. */
  readonly install: string;
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
}

/** Counts a log line by line; what it keeps is bounded. */
class LogCount {
  readonly #service: string;
  readonly #options: ReadLogOptions;
  readonly #known = new Map<string, KnownLines>();
  /** By the shape of the line as it came, which may still hold pieces of a secret. */
  readonly #unknown = new Map<string, Pick<UnknownLines, 'count' | 'example'>>();
  readonly #tail: string[] = [];
  #lines = 0;
  #stdout = 0;
  #json = 0;
  #moreShapes = 0;

  constructor(service: string, options: ReadLogOptions) {
    this.#service = service;
    this.#options = options;
  }

  add({ stream, text, at }: LogLine): void {
    this.#lines += 1;
    if (stream === 'stdout') this.#stdout += 1;
    const line = cleanLine(text);
    if (isJsonObject(line)) this.#json += 1;
    const { install } = this.#options;
    const found = diagnoseCleaned({ service: this.#service, text: line }, { install });
    if (found) {
      const { id, severity, cause, fix } = found;
      const count = (this.#known.get(id)?.count ?? 0) + 1;
      this.#known.set(id, { id, severity, cause, fix, count, last: line, at: this.#lines });
    } else this.#addUnknown(line);
    this.#tail.push(at ? `${at.toISOString()} ${stream} ${line}` : `${stream} ${line}`);
    if (this.#tail.length > 2 * tailLines) this.#tail.splice(0, tailLines);
  }

  /** What is kept leaves here without secrets: to take them out of every line would take too long. */
  summary(complete: boolean): ObservedLog {
    const { redact } = this.#options;
    return {
      lines: this.#lines,
      complete,
      stdout: this.#stdout,
      stderr: this.#lines - this.#stdout,
      json: this.#json,
      known: [...this.#known.values()].map((each) => ({ ...each, last: redact(each.last) })),
      unknown: this.#unknownLines(),
      moreShapes: this.#moreShapes,
      tail: this.#tail.slice(-tailLines).map(redact),
    };
  }

  #unknownLines(): readonly UnknownLines[] {
    const merged = new Map<string, UnknownLines>();
    for (const { count, example } of this.#unknown.values()) {
      const shown = this.#options.redact(example);
      const shape = lineShape(shown);
      const before = merged.get(shape)?.count ?? 0;
      merged.set(shape, { shape, count: before + count, example: shown });
    }
    return [...merged.values()].sort((one, other) => other.count - one.count);
  }

  #addUnknown(line: string): void {
    if (line.trim() === '') return;
    const shape = lineShape(line);
    const before = this.#unknown.get(shape);
    if (before) this.#unknown.set(shape, { ...before, count: before.count + 1 });
    else if (this.#unknown.size < mostShapes) this.#unknown.set(shape, { count: 1, example: line });
    else this.#moreShapes += 1;
  }
}

function isJsonObject(line: string): boolean {
  if (!(line.startsWith('{') && line.endsWith('}'))) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Counts one reading of a log; whether it came to the log's end. */
async function count(
  { engine }: { readonly engine: Engine },
  { id, service }: Pick<ContainerInfo, 'id' | 'service'>,
  options: ReadLogOptions,
  part: { readonly since?: Date; readonly tail?: number },
): Promise<ObservedLog> {
  const counted = new LogCount(service, options);
  const limit = AbortSignal.timeout(readLimit);
  try {
    const signal = AbortSignal.any([options.signal, limit]);
    for await (const line of engine.logs(id, { follow: false, signal, ...part })) counted.add(line);
  } catch {
    // A logging driver that keeps nothing, an engine that is stopped meanwhile: the rest is not there.
    return counted.summary(false);
  }
  return counted.summary(!limit.aborted && !options.signal.aborted);
}

/**
 * What a container's log says since its last start; since its first, if it was restarted, because
 * what ended it stands before that. Of a log that takes too long only the end is told. Never throws,
 * whatever it holds.
 */
export async function readLog(
  ports: { readonly engine: Engine },
  container: Pick<ContainerInfo, 'id' | 'service' | 'restartCount' | 'createdAt'>,
  options: ReadLogOptions,
): Promise<ObservedLog> {
  const { restartCount, createdAt } = container;
  const whole = await count(
    ports,
    container,
    options,
    restartCount > 0 ? { since: createdAt } : {},
  );
  if (whole.complete || options.signal.aborted) return whole;
  const end = await count(ports, container, options, { tail: 2 * tailLines });
  return { ...end, complete: false };
}

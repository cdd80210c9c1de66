import { asFailure } from '../../domain/failure.ts';
import { type Parsed, parsed, problem } from '../../domain/result.ts';
import type { ContainerInfo, LogLine } from '../../ports/engine.ts';
import type { StatusPorts } from './ports.ts';

/** A log that takes longer than this to read is left alone, milliseconds. */
const readLimit = 10_000;

/**
 * What a container's log tells since its current start. Looking again reads only what is new; a
 * restart or another container begins anew.
 */
export class LogTail<T> {
  readonly #before: T;
  readonly #read: (state: T, line: LogLine) => T;
  #state: T;
  #start = '';
  #last: Date | undefined;

  /** @param read must bear a line twice, in its place: the engine's times are cut to milliseconds. */
  constructor(before: T, read: (state: T, line: LogLine) => T) {
    this.#before = before;
    this.#state = before;
    this.#read = read;
  }

  async look(
    { engine }: Pick<StatusPorts, 'engine'>,
    container: ContainerInfo,
    signal: AbortSignal,
  ): Promise<Parsed<T>> {
    const start = `${container.id} ${container.startedAt?.getTime()}`;
    if (start !== this.#start) {
      this.#start = start;
      this.#state = this.#before;
      this.#last = undefined;
    }
    const limit = AbortSignal.timeout(readLimit);
    const options = {
      follow: false,
      signal: AbortSignal.any([signal, limit]),
      ...(this.#last ? { since: this.#last } : {}),
    };
    try {
      for await (const line of engine.logs(container.id, options)) {
        this.#state = this.#read(this.#state, line);
        this.#last = line.at ?? this.#last;
      }
    } catch (error) {
      return problem(asFailure(error).summary);
    }
    return limit.aborted ? problem('its log takes too long to read') : parsed(this.#state);
  }
}

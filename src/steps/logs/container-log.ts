import type { ContainerInfo, Engine, LogLine } from '../../ports/engine.ts';
import { SeenLines } from './seen-lines.ts';

/** Takes lines; none is read before a promise that it gives is resolved. */
export type TakeLine = (container: ContainerInfo, line: LogLine) => void | Promise<void>;

/** From when on logs are read: a time, the beginning of what the engine has, or each container's current start. */
export type LogsFrom = Date | 'beginning' | 'current-start';

function isUp({ state }: ContainerInfo): boolean {
  return state === 'running' || state === 'paused';
}

/**
 * The log of one container, read in as many streams as it takes: each goes on where the last one
 * stopped, whatever ended that, and every line is told once.
 */
export class ContainerLog {
  readonly #seen = new SeenLines();
  readonly #from: LogsFrom;
  #container: ContainerInfo;
  #start: number | undefined;
  /** The container may have written more before it ended than its last stream has told. */
  #isBehind = false;
  /** Last lines, of one stream each, that the log ended before. */
  #torn: LogLine[] = [];
  isReading = false;

  constructor(container: ContainerInfo, from: LogsFrom) {
    this.#container = container;
    this.#from = from;
  }

  get container(): ContainerInfo {
    return this.#container;
  }

  /** Takes notice of how the container is now. True if it was started since it was last looked at. */
  look(container: ContainerInfo): boolean {
    this.#container = container;
    const start = container.startedAt?.getTime();
    if (start === undefined || start === this.#start) return false;
    this.#start = start;
    this.#isBehind = true;
    return true;
  }

  /** True if there may be something to read. */
  get isOpen(): boolean {
    return (
      !this.isReading && this.#start !== undefined && (this.#isBehind || isUp(this.#container))
    );
  }

  /** Reads what is there, once. `tail`: about that many last lines are enough. */
  async read(
    engine: Pick<Engine, 'logs'>,
    take: TakeLine,
    { tail, signal }: { readonly tail?: number; readonly signal: AbortSignal },
  ): Promise<void> {
    await this.#stream(engine, take, {
      follow: false,
      signal,
      ...(tail !== undefined && { tail }),
    });
    this.#isBehind = isUp(this.#container);
  }

  /** Reads until the container ends, the stream breaks or the signal aborts. */
  async follow(engine: Pick<Engine, 'logs'>, take: TakeLine, signal: AbortSignal): Promise<void> {
    const wasUp = isUp(this.#container);
    this.isReading = true;
    try {
      await this.#stream(engine, take, { follow: true, signal });
      // A followed stream may end before it has told the container's last words.
      this.#isBehind = wasUp;
    } finally {
      this.isReading = false;
    }
  }

  /** To be called once the container is gone: nothing of it can be read any more. */
  async end(take: TakeLine): Promise<void> {
    for (const line of this.#torn.splice(0)) await take(this.#container, line);
  }

  /** Undefined: from the container's current start on. */
  get #since(): Date | undefined {
    const { since } = this.#seen;
    if (this.#from === 'current-start') return since;
    const from = this.#from === 'beginning' ? new Date(0) : this.#from;
    return since && since > from ? since : from;
  }

  async #stream(
    engine: Pick<Engine, 'logs'>,
    take: TakeLine,
    options: { follow: boolean; tail?: number; signal: AbortSignal },
  ): Promise<void> {
    const since = this.#since;
    const mayGoOn = isUp(this.#container);
    this.#seen.attached();
    // The first line tells where a log begins of which the engine knows more.
    const isCut = !since || options.tail !== undefined;
    let isFirst = true;
    for await (const line of engine.logs(this.#container.id, {
      ...options,
      ...(since && { since }),
    })) {
      if (isFirst) {
        if (isCut) this.#seen.beginAt(line);
        // It is told again from before them on; a container that is gone tells nothing any more.
        this.#torn = [];
        isFirst = false;
      }
      if (line.unfinished && mayGoOn) {
        this.#torn.push(line);
        continue;
      }
      if (!this.#seen.isNew(line)) continue;
      const taken = take(this.#container, line);
      if (taken) await taken;
    }
  }
}

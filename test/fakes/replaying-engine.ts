import type { ContainerInfo, Engine, LogLine } from '../../src/ports/engine.ts';
import { containerOf } from './container.ts';

interface Kept {
  info: ContainerInfo;
  readonly lines: LogLine[];
  isGone: boolean;
  /** How many lines there were at each end of the program: a stream ends there, even if it runs again. */
  readonly ends: number[];
}

/** How an engine picks the lines from a time on: each by its own time (20.10), or all behind the first such (23 and later). */
export type SinceRule = 'each-line' | 'first-line';

/**
 * An engine that keeps logs as a real one does: one log for a container over all its starts, lines of
 * two streams a little out of order, `since` of a millisecond, and streams that break whenever the
 * test says so.
 */
export class ReplayingEngine implements Pick<Engine, 'logs' | 'file'> {
  readonly #containers = new Map<string, Kept>();
  readonly #listeners = new Set<() => void>();
  readonly #rule: SinceRule;
  /** Streams break after so many lines each, in turn; 0 is at once. When it is used up they hold. */
  readonly breaks: number[] = [];
  /** What a stream that breaks is thrown; undefined: it ends as if the container had. */
  broken: Error | undefined;
  /** Thrown by the next looks, one each. */
  readonly outages: Error[] = [];
  openLogs = 0;
  opened = 0;
  /** Lines that streams have given and nobody may have taken yet. */
  given = 0;

  constructor(rule: SinceRule = 'each-line') {
    this.#rule = rule;
  }

  add(service: string, change: Partial<ContainerInfo> = {}): ContainerInfo {
    const info = containerOf(service, change);
    this.#containers.set(info.id, { info, lines: [], isGone: false, ends: [] });
    this.#wake();
    return info;
  }

  /** Appends to a container's log; unfinished lines are given as such until more comes. */
  say(id: string, ...lines: readonly Partial<LogLine>[]): void {
    const { lines: log } = this.#find(id);
    for (const line of lines) log.push({ stream: 'stderr', text: '', at: undefined, ...line });
    this.#wake();
  }

  /** The rest of the line that was said last and not finished. */
  finish(id: string, text: string): void {
    const { lines } = this.#find(id);
    const { unfinished, ...last } = lines.pop() ?? { stream: 'stderr', at: undefined, text: '' };
    lines.push({ ...last, text });
    this.#wake();
  }

  change(id: string, change: Partial<ContainerInfo>): void {
    const container = this.#find(id);
    container.info = { ...container.info, ...change };
    if (change.state === 'exited') container.ends.push(container.lines.length);
    this.#wake();
  }

  remove(id: string): void {
    this.#find(id).isGone = true;
    this.#wake();
  }

  containers = async (): Promise<readonly ContainerInfo[]> => {
    const outage = this.outages.shift();
    if (outage) throw outage;
    return [...this.#containers.values()].flatMap(({ info, isGone }) => (isGone ? [] : [info]));
  };

  async *logs(
    id: string,
    {
      follow,
      since,
      signal,
    }: { follow: boolean; since?: Date; tail?: number; signal?: AbortSignal },
  ): AsyncGenerator<LogLine> {
    const container = this.#find(id);
    const breakAfter = this.breaks.shift();
    const end = container.ends.length;
    this.openLogs += 1;
    this.opened += 1;
    let told = 0;
    let isPast = false;
    try {
      for (let next = 0; !signal?.aborted; ) {
        const line = container.lines[next];
        if (breakAfter !== undefined && told >= breakAfter) {
          if (this.broken) throw this.broken;
          return;
        }
        if (follow && next >= (container.ends[end] ?? Number.POSITIVE_INFINITY)) return;
        if (line) {
          next += 1;
          const isWanted = !since || !line.at || line.at >= since;
          isPast ||= isWanted;
          if (!(this.#rule === 'each-line' ? isWanted : isPast)) continue;
          told += 1;
          this.given += 1;
          yield line;
        } else if (!follow || container.isGone || container.info.state !== 'running') return;
        else await this.#change(signal);
      }
    } finally {
      this.openLogs -= 1;
    }
  }

  async file(): Promise<undefined> {
    return undefined;
  }

  #change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const settled = () => {
        this.#listeners.delete(settled);
        signal?.removeEventListener('abort', settled);
        resolve();
      };
      this.#listeners.add(settled);
      signal?.addEventListener('abort', settled, { once: true });
    });
  }

  #wake(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #find(id: string): Kept {
    const container = this.#containers.get(id);
    if (!container) throw new Error(`the test has no container ${id}`);
    return container;
  }
}

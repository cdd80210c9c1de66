import { asFailure, type Failure } from '../../domain/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ContainerInfo, Engine } from '../../ports/engine.ts';
import { ContainerLog, type LogsFrom, type TakeLine } from './container-log.ts';

/** What is told of containers that are followed; calls for one container come in its order. */
export interface ContainerListener {
  /** A start is seen for the first time; the lines that follow are of it. `isNew`: so is the container. */
  onStart(container: ContainerInfo, isNew: boolean): void;
  readonly onLine: TakeLine;
  /** A log, or the engine, cannot be read now; it is tried again. Absent: following ends in the failure. */
  onTrouble?(failure: Failure, container: ContainerInfo | undefined): void;
  /** A container is gone, with everything it wrote. */
  onGone?(container: ContainerInfo): void;
}

export interface Followed {
  /** The containers that matter, as they are now. */
  readonly find: () => Promise<readonly ContainerInfo[]>;
  readonly from: LogsFrom;
  /** Services that are looked for until each has a container; absent: those that are there. */
  readonly services?: readonly string[];
  /** Logs that were read before; they are gone on with. */
  readonly known?: ReadonlyMap<string, ContainerLog>;
  /** How often new containers are looked for while all that are known are read; absent: not. */
  readonly lookEveryMs?: number;
}

/** Least time between two looks at the containers, milliseconds: a stream that ended is taken up at once. */
const leastPause = 300;
/** After so many looks that found nothing new the pause doubles, up to the longest. */
const looksAtOnePace = 10;
const longestPause = 2_000;
/** Longest pause while an engine does not answer. */
const longestOutagePause = 5_000;
/** Failures in a row, with no line between them, after which one container's log is left alone. */
const mostFailures = 8;

function isEngineGone({ code }: Failure): boolean {
  return code === 'docker-not-running' || code === 'docker-not-installed';
}

/**
 * Reads the logs of all containers at once as they are written, and takes them up again where they
 * were left when a container restarts, is replaced by another one, or the engine's stream breaks:
 * nothing is lost and nothing is told twice. Ends when the signal aborts.
 * @throws whatever a look or a stream fails with, where the listener takes no trouble.
 */
export async function followContainers(
  ports: { readonly engine: Pick<Engine, 'logs'>; readonly clock: Clock },
  followed: Followed,
  listener: ContainerListener,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  const follower = new Follower(ports, followed, listener, AbortSignal.any([signal, stop.signal]));
  try {
    await follower.run();
  } finally {
    stop.abort();
    await follower.ended();
  }
}

class Follower {
  readonly #ports: { readonly engine: Pick<Engine, 'logs'>; readonly clock: Clock };
  readonly #followed: Followed;
  readonly #listener: ContainerListener;
  readonly #signal: AbortSignal;
  readonly #logs: Map<string, ContainerLog>;
  readonly #reading = new Set<Promise<void>>();
  /** Failures in a row of each container's log. */
  readonly #failures = new Map<string, number>();
  #outages = 0;
  /** Looks in a row that found nothing new since a stream ended. */
  #quietLooks = looksAtOnePace;
  #lookedAt = 0;
  #wake: (() => void) | undefined;
  #thrown: { readonly error: unknown } | undefined;

  constructor(
    ports: { readonly engine: Pick<Engine, 'logs'>; readonly clock: Clock },
    followed: Followed,
    listener: ContainerListener,
    signal: AbortSignal,
  ) {
    this.#ports = ports;
    this.#followed = followed;
    this.#listener = listener;
    this.#signal = signal;
    this.#logs = new Map(followed.known);
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      const containers = await this.#look();
      if (this.#signal.aborted) return;
      if (containers) await this.#take(containers);
      await this.#pause();
      if (this.#thrown) throw this.#thrown.error;
    }
  }

  /** Resolves when no stream is open any more. */
  async ended(): Promise<void> {
    await Promise.all(this.#reading);
  }

  async #look(): Promise<readonly ContainerInfo[] | undefined> {
    this.#lookedAt = this.#ports.clock.now().getTime();
    try {
      const containers = await this.#followed.find();
      this.#outages = 0;
      return containers;
    } catch (error) {
      if (this.#signal.aborted) return undefined;
      if (!this.#listener.onTrouble) throw error;
      if (this.#outages === 0) this.#listener.onTrouble(asFailure(error), undefined);
      this.#outages += 1;
      return undefined;
    }
  }

  async #take(containers: readonly ContainerInfo[]): Promise<void> {
    const there = new Set(containers.map(({ id }) => id));
    for (const [id, log] of this.#logs) {
      if (there.has(id) || log.isReading) continue;
      await log.end(this.#listener.onLine);
      this.#logs.delete(id);
      this.#failures.delete(id);
      this.#listener.onGone?.(log.container);
    }
    for (const container of containers) {
      const known = this.#logs.get(container.id);
      const log = known ?? new ContainerLog(container, this.#followed.from);
      this.#logs.set(container.id, log);
      if (log.isReading) continue;
      if (log.look(container)) {
        this.#failures.delete(container.id);
        this.#quietLooks = 0;
        this.#listener.onStart(container, known === undefined);
      }
      if (log.isOpen && (this.#failures.get(container.id) ?? 0) < mostFailures) this.#open(log);
    }
  }

  #open(log: ContainerLog): void {
    const { id } = log.container;
    const { onLine } = this.#listener;
    const take: TakeLine = (container, line) => {
      if (this.#failures.size > 0) this.#failures.delete(id);
      return onLine(container, line);
    };
    const reading = log
      .follow(this.#ports.engine, take, this.#signal)
      .catch((error: unknown) => this.#failed(log, error))
      .finally(() => {
        this.#reading.delete(reading);
        this.#quietLooks = 0;
        this.#wake?.();
      });
    this.#reading.add(reading);
  }

  #failed({ container }: ContainerLog, error: unknown): void {
    if (this.#signal.aborted) return;
    if (!this.#listener.onTrouble) {
      this.#thrown ??= { error };
      return;
    }
    const failure = asFailure(error);
    // All streams break at once with the engine: the next look tells of it, once.
    if (isEngineGone(failure)) return;
    const failures = (this.#failures.get(container.id) ?? 0) + 1;
    this.#failures.set(container.id, failures);
    if (failures === 1 || failures === mostFailures) this.#listener.onTrouble(failure, container);
  }

  /** Nothing is missing: there is nothing to look for. */
  get #isAtRest(): boolean {
    const logs = [...this.#logs.values()];
    const isThere = (service: string) =>
      logs.some(({ container }) => container.service === service);
    return (
      this.#outages === 0 &&
      this.#quietLooks >= looksAtOnePace &&
      logs.length > 0 &&
      logs.every((log) => log.isReading) &&
      (this.#followed.services ?? []).every(isThere)
    );
  }

  /** Until a stream ends, or it is time to look for new containers; never too soon after the last look. */
  async #pause(): Promise<void> {
    const { lookEveryMs } = this.#followed;
    if (this.#isAtRest && !this.#thrown) {
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      if (lookEveryMs === undefined) await aborted(woken.signal);
      else await this.#ports.clock.sleep(lookEveryMs, woken.signal).catch(() => undefined);
      this.#wake = undefined;
    }
    if (this.#signal.aborted || this.#thrown) return;
    this.#quietLooks += 1;
    const isOut = this.#outages > 0;
    const doublings = isOut ? this.#outages : this.#quietLooks / looksAtOnePace - 1;
    const longest = isOut ? longestOutagePause : longestPause;
    const pause = Math.min(longest, leastPause * 2 ** Math.max(0, Math.floor(doublings)));
    const left = this.#lookedAt + pause - this.#ports.clock.now().getTime();
    if (left > 0) await this.#ports.clock.sleep(left, this.#signal).catch(() => undefined);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

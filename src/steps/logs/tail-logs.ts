import { asFailure, type Failure } from '../../domain/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ContainerInfo, Engine, LogLine } from '../../ports/engine.ts';
import { ContainerLog } from './container-log.ts';
import { followContainers } from './follow-containers.ts';
import { LineMerger, type MergeSource } from './line-merger.ts';

/** One thing in the merged log of a deployment. Text is as the program wrote it: not cleaned, not masked. */
export type TailItem =
  | {
      readonly kind: 'line';
      readonly service: string;
      readonly text: string;
      /** Undefined where the engine gives no time. */
      readonly at: Date | undefined;
    }
  | {
      /** While it was followed, a container was started again, or another one took its place or its side. */
      readonly kind: 'start';
      readonly service: string;
      readonly container: ContainerInfo;
      readonly how: 'restarted' | 'replaced' | 'new';
      readonly at: Date | undefined;
    }
  | {
      /** A service's log, or (without one) the engine, cannot be read now. Followed logs are taken up again. */
      readonly kind: 'trouble';
      readonly service: string | undefined;
      readonly failure: Failure;
    }
  /** What was there when the tail began has been told; from here on lines come as they are written. */
  | { readonly kind: 'live' };

export interface TailRequest {
  /** The deployment's containers as they are now, in all states, of the services that are wanted. */
  readonly find: () => Promise<readonly ContainerInfo[]>;
  /** Only lines from then on; absent: all that the engine has. */
  readonly since?: Date;
  /** About so many last lines of each container are enough of what is there; absent: all. */
  readonly tail?: number;
  readonly follow: boolean;
}

/** How long a line waits for an earlier one of another service, milliseconds. */
const windowMs = 150;
/** How often containers of new services are looked for. */
const lookEveryMs = 5_000;

type Ports = { readonly engine: Pick<Engine, 'logs'>; readonly clock: Clock };

/** Milliseconds; their fraction tells lines of one millisecond apart. */
function timeOf({ at, nanos = 0 }: LogLine): number | undefined {
  return at && at.getTime() + nanos / 1e6;
}

function lineItem({ service }: ContainerInfo, { at, text }: LogLine): TailItem {
  return { kind: 'line', service, text, at };
}

/**
 * The logs of all containers in the order of their times, in batches that hold what there is: first
 * what was written before, exactly in order; then, with `follow`, what is written, in the order of
 * its times within a small window, taken up again when a container restarts or is replaced or the
 * engine's stream breaks. Nothing is lost, nothing is told twice. Bounded: while no batch is asked
 * for, no more than some thousand lines are read from the engine. Ends when all is told, or when the
 * signal aborts.
 * @throws Failure of the engine where not a single log can be read at the beginning.
 */
export async function* tailLogs(
  ports: Ports,
  request: TailRequest,
  signal: AbortSignal,
): AsyncGenerator<readonly TailItem[]> {
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const containers = await request.find();
  const logs = new Map(
    containers.map((container) => {
      const log = new ContainerLog(container, request.since ?? 'beginning');
      log.look(container);
      return [container.id, log] as const;
    }),
  );
  try {
    yield* whatIsThere(ports, request, [...logs.values()], stopped);
    if (stopped.aborted || !request.follow) return;
    yield [{ kind: 'live' }];
    yield* whatIsWritten(ports, request, logs, stopped);
  } finally {
    stop.abort();
  }
}

async function* whatIsThere(
  { engine, clock }: Ports,
  { tail, follow }: TailRequest,
  logs: readonly ContainerLog[],
  signal: AbortSignal,
): AsyncGenerator<readonly TailItem[]> {
  const merger = new LineMerger<TailItem>(clock);
  const failures: Failure[] = [];
  const reads = logs.map(async (log) => {
    const source = merger.source();
    const { service } = log.container;
    const options = { signal, ...(tail !== undefined && { tail: Math.max(1, tail) }) };
    try {
      await log.read(engine, (container, line) => put(source, container, line), options);
      // A line that is being written now is whole later; if nobody waits for that, it is told as it is.
      if (!follow) await log.end((container, line) => put(source, container, line));
    } catch (error) {
      const failure = asFailure(error);
      failures.push(failure);
      if (!signal.aborted) await source.put({ kind: 'trouble', service, failure }, undefined, 0);
    }
    source.close();
  });
  merger.seal();
  for await (const batch of merger.batches(signal)) {
    const [first] = failures;
    if (first && failures.length === logs.length) throw first;
    yield batch;
  }
  await Promise.all(reads);
}

async function* whatIsWritten(
  ports: Ports,
  { find, since }: TailRequest,
  known: ReadonlyMap<string, ContainerLog>,
  signal: AbortSignal,
): AsyncGenerator<readonly TailItem[]> {
  const merger = new LineMerger<TailItem>(ports.clock, windowMs);
  const sources = new Map<string, MergeSource<TailItem>>();
  const sourceOf = ({ id }: ContainerInfo) => {
    const source = sources.get(id) ?? merger.source();
    sources.set(id, source);
    return source;
  };
  const services = new Set([...known.values()].map(({ container }) => container.service));
  const ended = followContainers(
    ports,
    { find, from: since ?? 'beginning', known, lookEveryMs },
    {
      onStart(container, isNew) {
        const how = !isNew ? 'restarted' : services.has(container.service) ? 'replaced' : 'new';
        const { service, startedAt: at } = container;
        services.add(service);
        const item: TailItem = { kind: 'start', service, container, how, at };
        void sourceOf(container).put(item, at?.getTime(), 0);
      },
      onLine: (container, line) => put(sourceOf(container), container, line),
      onTrouble(failure, container) {
        const item: TailItem = { kind: 'trouble', service: container?.service, failure };
        const source = container ? sourceOf(container) : merger.source();
        void source.put(item, undefined, 0);
        if (!container) source.close();
      },
      onGone({ id }) {
        sources.get(id)?.close();
        sources.delete(id);
      },
    },
    signal,
  ).finally(() => merger.close());
  // Whoever waits for a batch waits for this, too.
  ended.catch(() => undefined);
  yield* merger.batches(signal);
  await ended;
}

function put(
  source: MergeSource<TailItem>,
  container: ContainerInfo,
  line: LogLine,
): Promise<void> | undefined {
  return source.put(lineItem(container, line), timeOf(line), line.text.length);
}

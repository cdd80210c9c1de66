import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HoldMode, LogEntry, TailView } from '../../../screens/logs/log-entry.ts';
import { commandLine } from '../../domain/command-line.ts';
import { asFailure } from '../../domain/failure.ts';
import { redactor } from '../../domain/redact.ts';
import { reportFailure } from '../../runner/report-failure.ts';
import { knownSecrets } from '../../steps/logs/known-secrets.ts';
import { LastLines } from '../../steps/logs/last-lines.ts';
import { type TailItem, tailLogs } from '../../steps/logs/tail-logs.ts';
import { Batch } from './batch.ts';
import { HoldGate } from './hold-gate.ts';
import { appendEntries, keptEntries, LogEntries } from './log-entries.ts';
import { deployedAt, deployedPorts, selfOf, type WizardContext } from './wizard-context.ts';

const redrawMs = 66;
/** Lines are read for so long before keys are looked at, milliseconds. */
const sliceMs = 4;

type Told = Exclude<TailItem, { kind: 'live' }>;

/** Nothing was told yet. */
export const tailBefore: TailView = { entries: [], dropped: 0, outcome: undefined };

/** The live tail of a running stack, all services in the order of their times. */
export class LogTail {
  readonly #context: WizardContext;
  #stop: AbortController | undefined;
  #gate = new HoldGate();
  /** Told while the page was paused. */
  #waiting: LogEntry[] = [];

  constructor(context: WizardContext) {
    this.#context = context;
  }

  /** Follows from the last lines that are there on; lines of an earlier tail are forgotten. */
  start(): void {
    this.stop();
    const stop = new AbortController();
    this.#stop = stop;
    this.#gate = new HoldGate();
    this.#waiting = [];
    this.#context.store.setState({ tail: tailBefore });
    const signal = AbortSignal.any([this.#context.signal, stop.signal]);
    void this.#follow(signal).catch((error: unknown) => {
      if (signal.aborted) return;
      const failure = reportFailure(asFailure(error));
      this.#set({ outcome: { kind: 'failed', failure } });
    });
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = undefined;
  }

  /** The page follows, stands still and counts what comes, or takes nothing at all. */
  hold(mode: HoldMode): void {
    this.#gate.set(mode);
    if (mode !== 'paused') this.#add(this.#waiting.splice(0));
  }

  #set(change: Partial<TailView>): void {
    this.#context.store.setState(({ tail }) => ({ tail: { ...tail, ...change } }));
  }

  #add(entries: readonly LogEntry[]): void {
    const { mode } = this.#gate;
    if (mode === 'paused') {
      this.#waiting.push(...entries);
      return;
    }
    if (mode === 'held') this.#gate.count(entries.length);
    const { tail } = this.#context.store.getState();
    const kept = appendEntries(tail, entries, mode === 'following');
    if (kept.entries !== tail.entries) this.#set(kept);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { world } = this.#context;
    const ports = await deployedPorts(this.#context);
    const deployment = await deployedAt(ports, this.#context);
    const find = async () =>
      (await ports.engine.containers({ workingDir: world.dir })).filter((each) => !each.oneOff);
    const entries = new LogEntries({
      mask: redactor(await knownSecrets(ports, deployment, await find())),
      install: commandLine([...selfOf(this.#context), 'install', '--dir', world.dir]),
      proxyService: deployment.layout.proxyService,
    });
    const batch = new Batch<LogEntry>(redrawMs, (news) => {
      if (!signal.aborted) this.#add(news);
    });
    const read = async (items: readonly Told[]) => {
      let since = performance.now();
      for (const item of items) {
        for (const entry of entries.of(item)) batch.add(entry);
        if (performance.now() - since < sliceMs) continue;
        await nextTurn();
        since = performance.now();
      }
    };
    let before: LastLines<Told> | undefined = new LastLines(keptEntries);
    try {
      const request = { find, follow: true, tail: keptEntries };
      for await (const items of tailLogs(ports, request, signal)) {
        const told = items.filter((item) => item.kind !== 'live');
        if (before) for (const item of told) before.push(item);
        if (before && told.length < items.length) {
          await read(before.take());
          before = undefined;
        } else if (!before) await read(told);
        // Whoever is at the keys comes first, however much there is to tell.
        await nextTurn();
        await this.#gate.pass(signal);
      }
    } finally {
      batch.close();
    }
  }
}

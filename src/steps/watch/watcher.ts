import type { Deployment } from '../../domain/deployment.ts';
import { asFailure, type Failure, type FailureCode } from '../../domain/failure.ts';
import {
  decideWatch,
  describeStack,
  type NeededAct,
  recentActs,
  type WatchAct,
  type WatchSituation,
} from '../../domain/watch-decision.ts';
import type { ContainerEvent } from '../../ports/engine.ts';
import type { Emit, FlowEvent } from '../../runner/events.ts';
import type { Journal } from '../../runner/journal.ts';
import { reportFailure } from '../../runner/report-failure.ts';
import { Bell } from './bell.ts';
import { observeStack, type WatchedStack } from './observe-stack.ts';
import type { WatchPorts } from './ports.ts';

/** A look without a reason: should an event ever be lost, it is not lost for long. */
const safetyLookMs = 60_000;
/** Events come in bursts: one look for each burst. */
const burstMs = 250;
const firstRetryMs = 500;
const longestRetryMs = 10_000;
const lockLookMs = 2_000;

/** What does not pass by waiting, at the start. Later a socket may be made anew and be nobody's for a moment. */
const lasting: readonly FailureCode[] = [
  'docker-permission-denied',
  'docker-not-installed',
  'docker-remote',
];

type WatchEvent = Extract<FlowEvent, { type: 'watch' }>;

export interface WatcherOptions {
  readonly deployment: Deployment;
  readonly ports: WatchPorts;
  readonly journal: Journal;
  /** Says what it would do, and does nothing. */
  readonly dryRun: boolean;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Keeps one stack whole for as long as it runs; knows nothing that it could not find out anew. */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #bell = new Bell();
  readonly #stopping = new Map<string, Date>();
  readonly #told = new Map<WatchEvent['what'], string>();
  #acts: readonly WatchAct[] = [];
  #connectedAt = new Date(0);
  #wasConnected = false;

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  /**
   * Until the signal aborts: an act that has begun is finished first.
   * @throws Failure `docker-permission-denied`, `docker-not-installed`, `docker-remote`,
   * `compose-missing`, `compose-too-old` at the start; a bug.
   */
  async run(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      const over = new AbortController();
      try {
        const events = await this.#connect(AbortSignal.any([signal, over.signal]));
        if (events) await this.#follow(events);
      } finally {
        over.abort();
      }
    }
  }

  /** Waits for an engine that answers; undefined if the signal aborted meanwhile. */
  async #connect(over: AbortSignal): Promise<AsyncIterable<ContainerEvent> | undefined> {
    const { deployment, ports, signal } = this.#options;
    for (let retry = firstRetryMs; !signal.aborted; retry = Math.min(retry * 2, longestRetryMs)) {
      try {
        await ports.compose.info();
        const events = await ports.engine.events({ workingDir: deployment.dir }, over);
        this.#connectedAt = ports.clock.now();
        this.#stopping.clear();
        this.#tell('engine-back', 'Docker answers: its events are followed.');
        this.#forget('engine-lost');
        this.#wasConnected = true;
        return events;
      } catch (error) {
        if (signal.aborted) return undefined;
        const failure = asFailure(error);
        if (this.#isFinal(failure)) throw failure;
        this.#lost(failure);
        await ports.clock.sleep(retry, signal).catch(() => undefined);
      }
    }
    return undefined;
  }

  #isFinal({ code }: Failure): boolean {
    if (code === 'bug' || code.startsWith('compose-')) return true;
    return !this.#wasConnected && lasting.includes(code);
  }

  #lost(failure: Failure): void {
    const text = `${failure.summary} Waiting for it.`;
    this.#tell('engine-lost', text, { failure: reportFailure(failure) });
    this.#forget('engine-back', 'seen');
  }

  /** Looks whenever something happened, until the events end. */
  async #follow(events: AsyncIterable<ContainerEvent>): Promise<void> {
    const { ports, signal } = this.#options;
    let ended = false;
    const hearing = (async () => {
      for await (const event of events) this.#hear(event);
    })().finally(() => {
      ended = true;
      this.#bell.ring();
    });
    try {
      while (!ended && !signal.aborted) {
        const ms = await this.#look();
        if (ended || signal.aborted) break;
        await this.#bell.wait(ports.clock, ms, signal);
        await ports.clock.sleep(Math.min(burstMs, ms), signal).catch(() => undefined);
      }
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code === 'bug') throw failure;
      if (!signal.aborted) this.#lost(failure);
      return;
    }
    await hearing;
  }

  #hear({ action, id, at }: ContainerEvent): void {
    if (action === 'kill') this.#stopping.set(id, at);
    else if (action !== 'stop') this.#stopping.delete(id);
    this.#bell.ring();
  }

  /** One look, and what it asks for; gives the time until the next one, should nothing happen. */
  async #look(): Promise<number> {
    const { deployment, ports } = this.#options;
    const stack = await observeStack(ports, deployment);
    this.#tell('seen', describeStack(stack.containers));
    const decision = decideWatch(this.#situation(stack));
    if (decision.do === 'act') return this.#act(decision.act);
    this.#forget('waiting');
    return decision.do === 'wait' ? Math.min(decision.ms, safetyLookMs) : safetyLookMs;
  }

  #situation({ containers }: WatchedStack): WatchSituation {
    const now = this.#options.ports.clock.now();
    this.#acts = recentActs(this.#acts, now);
    return {
      ...{ now, containers },
      connectedAt: this.#connectedAt,
      stopping: this.#stopping,
      acts: this.#acts,
    };
  }

  /** Under the deployment's lock, and only if it is still needed then. */
  async #act(needed: NeededAct): Promise<number> {
    const { deployment, ports, dryRun } = this.#options;
    if (dryRun) {
      this.#begin(needed, 'would ');
      this.#note(needed, true);
      return 0;
    }
    const holder = await ports.locks.holder(deployment.lock);
    if (holder) {
      const text = `${needed.container.service} needs a ${needed.verb}; waiting for ${holder.purpose} (process ${holder.pid}) to end.`;
      this.#tell('waiting', text);
      return lockLookMs;
    }
    try {
      await ports.files.makeDirectory(deployment.stateDir, 0o700);
      const lock = await ports.locks.acquire(deployment.lock, 'watch');
      try {
        const stack = await observeStack(ports, deployment);
        const again = decideWatch(this.#situation(stack));
        const isStillNeeded =
          again.do === 'act' &&
          again.act.container.id === needed.container.id &&
          again.act.occasion === needed.occasion;
        if (isStillNeeded) await this.#carryOut(again.act, stack.project);
      } finally {
        await lock.release();
      }
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code === 'locked') return lockLookMs;
      if (failure.code.startsWith('docker-') || failure.code === 'bug') throw failure;
      this.#failed(needed, failure);
    }
    return 0;
  }

  async #carryOut(act: NeededAct, project: string): Promise<void> {
    const { deployment, ports, journal } = this.#options;
    const { verb, container } = act;
    const argv = this.#begin(act, '');
    // A disk too full for this line is no reason to leave the tunnel down.
    await journal.append({ type: 'command', argv }).catch(() => undefined);
    await ports.compose[verb]({ dir: deployment.dir, project }, [container.service]);
    this.#note(act, true);
    const past = verb === 'restart' ? 'restarted' : 'started';
    this.#tell('acted', `${container.service} was ${past}.`, { service: container.service });
  }

  #begin({ verb, container, why }: NeededAct, mood: string): readonly string[] {
    const { service } = container;
    const argv = this.#options.ports.compose.argv([verb, service]);
    this.#forget('acted', 'failed', 'waiting');
    this.#tell('acting', `${mood}${verb} ${service}: ${why}`, { service, argv });
    this.#forget('acting');
    return argv;
  }

  #failed(act: NeededAct, failure: Failure): void {
    const { service } = act.container;
    this.#note(act, false);
    const report = { failure: reportFailure(failure), service };
    this.#tell('failed', `${act.verb} ${service} failed: ${failure.summary}`, report);
  }

  #note({ container, occasion }: NeededAct, done: boolean): void {
    const act = { container: container.id, occasion, at: this.#options.ports.clock.now(), done };
    this.#acts = [...this.#acts, act];
  }

  /** Says it once: what is as it was, is not told again. */
  #tell(
    what: WatchEvent['what'],
    text: string,
    more: Pick<WatchEvent, 'service' | 'argv' | 'failure'> = {},
  ): void {
    if (this.#told.get(what) === text) return;
    this.#told.set(what, text);
    const at = this.#options.ports.clock.now().toISOString();
    this.#options.emit({ type: 'watch', at, what, text, ...more });
  }

  #forget(...those: readonly WatchEvent['what'][]): void {
    for (const what of those) this.#told.delete(what);
  }
}

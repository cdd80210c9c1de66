import { diagnose } from '../diagnosis/diagnose.ts';
import {
  containerStarted,
  reduceStart,
  type StartState,
  startStateBefore,
} from '../diagnosis/start-progress.ts';
import { edgeConnections, services } from '../domain/deployment.ts';
import { Failure } from '../domain/failure.ts';
import { cleanLine } from '../domain/log-line.ts';
import type { ContainerInfo } from '../ports/engine.ts';
import type { Emit } from '../runner/events.ts';
import type { ServiceLine } from './logs/service-line.ts';

/** What a watch must know of the stack it watches. */
export interface WatchedStack {
  readonly dir: string;
  readonly services: readonly string[];
  /** Name under which the proxy runs; without: the guide's. */
  readonly proxyService?: string;
  /** The command that repairs this deployment. */
  readonly install: string;
}

/** A container that will not come up by itself. */
export interface ContainerTrouble {
  readonly container: ContainerInfo;
  /** It restarts again and again; otherwise it has ended. */
  readonly loop: boolean;
}

/** Restarts within one wait that make a loop. */
const restartsOfALoop = 2;

function lastLines(lines: readonly string[]): string {
  return lines.slice(-5).join('\n');
}

/** Follows the logs of a starting stack and decides when it is up, or that it will not come up. */
export class StartWatch {
  readonly #locations = new Set<string>();
  readonly #recent = new Map<string, string[]>();
  readonly #told = new Set<string>();
  readonly #firstRestarts = new Map<string, number>();
  /** By container; the engine shows one only while nothing runs. */
  readonly #exitCodes = new Map<string, number>();
  /** What was said before is old. */
  readonly since: Date;
  readonly #stack: WatchedStack;
  readonly #emit: Emit;
  state: StartState = startStateBefore;
  failure: Failure | undefined;

  /** @param since what the logs said before counts only as a sign of life. */
  constructor(stack: WatchedStack, since: Date, emit: Emit) {
    this.#stack = stack;
    this.since = since;
    this.#emit = emit;
  }

  get locations(): readonly string[] {
    return [...this.#locations];
  }

  /** What is known of lines is known by the guide's names. */
  #role(service: string): string {
    return service === this.#stack.proxyService ? services.proxy : service;
  }

  #read(line: ServiceLine) {
    const inRole = { ...line, service: this.#role(line.service) };
    const found = diagnose(inRole, { install: this.#stack.install });
    return { inRole, diagnosis: found && { ...found, service: line.service } };
  }

  onStart(container: ContainerInfo): void {
    this.state = containerStarted(this.state, this.#role(container.service));
  }

  onLine(line: ServiceLine): void {
    const text = cleanLine(line.text);
    const recent = this.#recent.get(line.service) ?? [];
    this.#recent.set(line.service, [...recent.slice(-9), text]);
    const { diagnosis, inRole } = this.#read(line);
    // What a stack that has long been running said earlier may be healed by now: only its signs of life count.
    const old = line.at !== undefined && line.at < this.since;
    const isTrouble =
      diagnosis !== undefined && diagnosis.severity !== 'success' && diagnosis.severity !== 'info';
    if (!old)
      this.#emit({
        type: 'log',
        service: line.service,
        text,
        ...(line.at ? { at: line.at.toISOString() } : {}),
      });
    if (old && isTrouble && diagnosis.id !== 'connection-dropped') return;
    const before = this.state.connections.length;
    this.state = reduceStart(this.state, inRole, { install: this.#stack.install });
    const location =
      diagnosis?.id === 'tunnel-registered' ? diagnosis.values?.['location'] : undefined;
    if (location) this.#locations.add(location);
    if (this.state.connections.length !== before) {
      this.#emit({
        type: 'connections',
        registered: this.state.connections.length,
        expected: edgeConnections,
        locations: this.locations,
      });
    }
    if (isTrouble && !old) this.#tell(diagnosis, text);
    this.#judgeFatal(text);
  }

  /** A line that was read, not followed: only its being fatal counts. */
  #explain(line: ServiceLine): void {
    if (line.at !== undefined && line.at < this.since) return;
    const { diagnosis, inRole } = this.#read(line);
    if (diagnosis?.severity !== 'fatal') return;
    const text = cleanLine(line.text);
    this.state = reduceStart(this.state, inRole, { install: this.#stack.install });
    this.#tell(diagnosis, text);
    this.#judgeFatal(text);
  }

  #judgeFatal(text: string): void {
    const fatal = this.state.fatal?.diagnosis;
    if (!fatal || this.failure) return;
    const isProxy = fatal.service === services.proxy;
    const service = (isProxy ? this.#stack.proxyService : undefined) ?? fatal.service;
    this.failure = new Failure(fatal.failure ?? 'container-exited', `${service}: ${fatal.cause}`, {
      found: this.state.fatal?.line ?? text,
      nextSteps: [fatal.fix, 'Then run the same command again: what was done is kept.'],
    });
  }

  #tell(
    diagnosis: { id: string; service: string; severity: string; cause: string; fix: string },
    line: string,
  ): void {
    const key = `${diagnosis.service} ${diagnosis.id}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const { id, service, severity, cause, fix } = diagnosis;
    this.#emit({ type: 'diagnosis', id, service, severity, cause, fix, line });
  }

  /** Judges the containers themselves: undefined, or the first that has ended or restarts again and again. */
  judge(containers: readonly ContainerInfo[]): ContainerTrouble | undefined {
    for (const service of this.#stack.services) {
      const container = containers.find((each) => each.service === service);
      if (!container) continue;
      const first = this.#firstRestarts.get(container.id) ?? container.restartCount;
      this.#firstRestarts.set(container.id, first);
      if (container.state === 'restarting') this.#exitCodes.set(container.id, container.exitCode);
      if (container.restartCount - first >= restartsOfALoop) return { container, loop: true };
      if (container.state === 'exited' || container.state === 'dead')
        return { container, loop: false };
    }
    return undefined;
  }

  /**
   * The failure that a container's trouble amounts to.
   * @param lastWords what the services' logs hold, read to their end: a followed log may lag behind
   * the end of its container, and what another service said may be the cause.
   */
  ended({ container, loop }: ContainerTrouble, lastWords: readonly ServiceLine[]): Failure {
    for (const line of lastWords) if (!this.failure) this.#explain(line);
    if (this.failure) return this.failure;
    const own = lastWords.filter(({ service }) => service === container.service);
    const read = own.map(({ text }) => cleanLine(text));
    const lines = lastLines(read.length > 0 ? read : (this.#recent.get(container.service) ?? []));
    const exitCode = this.#exitCodes.get(container.id);
    const exit = exitCode === undefined ? '' : `, last exit code ${exitCode}`;
    const found = loop
      ? `${container.restartCount} restarts${exit}`
      : `exit code ${container.exitCode}`;
    return new Failure(
      loop ? 'restart-loop' : 'container-exited',
      loop
        ? `${container.service} starts and ends again and again.`
        : `${container.service} has ended.`,
      {
        found: `${found}${lines ? `\n${lines}` : ''}`,
        expected: 'a container that stays up',
        nextSteps: [
          `docker logs --tail 50 ${container.name}`,
          'Mend what it says, then run the same command again.',
        ],
      },
    );
  }

  notConnected(): Failure {
    const warnings = this.state.warnings.map(
      ({ diagnosis }) => `${diagnosis.service}: ${diagnosis.cause}`,
    );
    const fixes = this.state.warnings.map(({ diagnosis }) => diagnosis.fix);
    return new Failure('not-connected', 'cloudflared has not connected to the edge.', {
      found:
        warnings.length > 0
          ? warnings.join('\n')
          : lastLines(this.#recent.get(services.cloudflared) ?? []) || 'nothing in its log',
      expected: `${edgeConnections} registered connections, at least one`,
      nextSteps: [
        ...new Set(fixes),
        `docker compose --project-directory ${this.#stack.dir} logs cloudflared`,
        'The stack keeps running and trying; run the same command again to look anew.',
      ],
    });
  }
}

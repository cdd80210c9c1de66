import type { Clock } from '../../src/ports/clock.ts';
import type {
  ContainerDetails,
  ContainerEvent,
  ContainerFilter,
  ContainerInfo,
  Engine,
  EngineInfo,
  ImageInfo,
  LogLine,
  NetworkInfo,
  PullProgress,
} from '../../src/ports/engine.ts';
import { containerOf } from './container.ts';

/** What one start of a container wrote. */
interface Run {
  readonly lines: LogLine[];
  ended: boolean;
}

interface Scripted {
  info: ContainerInfo;
  run: Run;
}

export const engineInfo: EngineInfo = {
  endpoint: { host: 'unix:///var/run/docker.sock', source: 'default' },
  version: '26.1.5',
  apiVersion: '1.45',
  operatingSystem: 'Debian GNU/Linux 12',
  architecture: 'x86_64',
  rootless: false,
  usernsRemap: false,
  selinux: false,
  dataRoot: '/var/lib/docker',
};

/** An engine without containers of its own will: a test starts, stops and lets them speak. */
export class ScriptedEngine implements Engine {
  readonly #clock: Clock;
  readonly #containers = new Map<string, Scripted>();
  readonly #listeners = new Set<() => void>();
  readonly #ears = new Set<ContainerEvent[]>();
  /** Event streams that were opened. */
  openedEvents = 0;
  /** How it answers `info`; thrown if it is an error. */
  about: EngineInfo | Error = engineInfo;
  networksThere: readonly NetworkInfo[] | Error = [];
  readonly images = new Map<string, ImageInfo>();
  /** What a pull of an image tells before it is there; an error ends it. */
  readonly pulls = new Map<string, readonly (PullProgress | Error)[]>();
  /** What containers hold, as `ID PATH`. */
  readonly filesThere = new Map<string, Uint8Array>();
  /** How containers were created, by id; nothing is known of the others. */
  readonly detailsThere = new Map<string, ContainerDetails>();
  /** Ids of containers that were told to end. */
  readonly terminated: string[] = [];
  /** Log streams that are open now, and ids of all that ever were. */
  openLogs = 0;
  readonly openedLogs: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A container appears, running since now unless told otherwise. */
  add(service: string, change: Partial<ContainerInfo> = {}): ContainerInfo {
    const now = this.#clock.now();
    const info = containerOf(service, { startedAt: now, createdAt: now, ...change });
    this.#containers.set(info.id, { info, run: { lines: [], ended: info.state !== 'running' } });
    if (info.state === 'running') this.tell(info, 'start');
    return info;
  }

  /** Changes what is told of a container; its log goes on. */
  change(id: string, change: Partial<ContainerInfo>): void {
    const container = this.#find(id);
    container.info = { ...container.info, ...change };
  }

  /** A line in the log of the container's current start. */
  say(id: string, text: string, at: Date | undefined = this.#clock.now()): void {
    this.#find(id).run.lines.push({ stream: 'stderr', at, text });
    this.#wake();
  }

  /** Ends the container: its log streams end, too. */
  stop(id: string, exitCode = 0): void {
    this.change(id, { state: 'exited', exitCode });
    this.#find(id).run.ended = true;
    this.tell(this.#find(id).info, 'die', exitCode);
    this.#wake();
  }

  /** Ends the container; until `restart` its restart policy waits. The exit code shows only now. */
  fail(id: string, exitCode: number): void {
    this.stop(id, exitCode);
    this.change(id, { state: 'restarting' });
  }

  /** Ends the container and starts it again, as its restart policy does. */
  restart(id: string): void {
    const { info } = this.#find(id);
    this.stop(id);
    this.#find(id).run = { lines: [], ended: false };
    this.change(id, {
      state: 'running',
      restartCount: info.restartCount + 1,
      startedAt: this.#clock.now(),
    });
    this.tell(info, 'start');
  }

  /** Starts a container that has ended, as a person does. */
  start(id: string): void {
    this.#find(id).run = { lines: [], ended: false };
    this.change(id, { state: 'running', startedAt: this.#clock.now() });
    this.tell(this.#find(id).info, 'start');
  }

  /** An event of a container, to everyone who listens. */
  tell(
    { id, project, service }: ContainerInfo,
    action: ContainerEvent['action'],
    exitCode?: number,
  ) {
    const at = this.#clock.now();
    const event = { at, action, id, project, service };
    for (const ear of this.#ears) ear.push(exitCode === undefined ? event : { ...event, exitCode });
    this.#wake();
  }

  /** Ends every stream of events, as an engine that stops does. */
  hangUp(): void {
    this.#ears.clear();
    this.#wake();
  }

  remove(id: string): void {
    this.stop(id);
    this.tell(this.#find(id).info, 'destroy');
    this.#containers.delete(id);
  }

  async info(): Promise<EngineInfo> {
    if (this.about instanceof Error) throw this.about;
    return this.about;
  }

  async image(ref: string): Promise<ImageInfo | undefined> {
    return this.images.get(ref);
  }

  async *pull(ref: string): AsyncGenerator<PullProgress> {
    for (const progress of this.pulls.get(ref) ?? []) {
      if (progress instanceof Error) throw progress;
      yield progress;
    }
    this.images.set(ref, { id: `sha256:${ref}`, repoDigests: [`${ref}@sha256:pulled`] });
  }

  async containers(filter: ContainerFilter): Promise<readonly ContainerInfo[]> {
    if (this.about instanceof Error) throw this.about;
    return [...this.#containers.values()]
      .map(({ info }) => info)
      .filter(
        (info) =>
          (filter.project === undefined || info.project === filter.project) &&
          (filter.workingDir === undefined || info.workingDir === filter.workingDir) &&
          (filter.service === undefined || info.service === filter.service),
      );
  }

  async details(id: string): Promise<ContainerDetails | undefined> {
    if (this.about instanceof Error) throw this.about;
    return this.detailsThere.get(id);
  }

  async networks(): Promise<readonly NetworkInfo[]> {
    if (this.about instanceof Error) throw this.about;
    if (this.networksThere instanceof Error) throw this.networksThere;
    return this.networksThere;
  }

  async *logs(
    id: string,
    { follow, since, signal }: { follow: boolean; since?: Date; signal?: AbortSignal },
  ): AsyncGenerator<LogLine> {
    const { run } = this.#find(id);
    this.openLogs += 1;
    this.openedLogs.push(id);
    try {
      for (let next = 0; ; ) {
        for (; next < run.lines.length && !signal?.aborted; next += 1) {
          const line = run.lines[next];
          if (line && !(since && line.at && line.at < since)) yield line;
        }
        if (!follow || run.ended || signal?.aborted) return;
        await this.#change(signal);
      }
    } finally {
      this.openLogs -= 1;
    }
  }

  async events(
    filter: ContainerFilter,
    signal: AbortSignal,
  ): Promise<AsyncIterable<ContainerEvent>> {
    if (this.about instanceof Error) throw this.about;
    const ear: ContainerEvent[] = [];
    this.#ears.add(ear);
    this.openedEvents += 1;
    const isWanted = ({ project, service }: ContainerEvent) =>
      (filter.project === undefined || filter.project === project) &&
      (filter.service === undefined || filter.service === service);
    return this.#heard(ear, isWanted, signal);
  }

  async *#heard(
    ear: ContainerEvent[],
    isWanted: (event: ContainerEvent) => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<ContainerEvent> {
    for (;;) {
      yield* ear.splice(0).filter(isWanted);
      if (signal.aborted || !this.#ears.has(ear)) return;
      await this.#change(signal);
    }
  }

  async terminate(id: string): Promise<void> {
    this.terminated.push(id);
    this.stop(id);
  }

  async file(id: string, path: string): Promise<Uint8Array | undefined> {
    return this.filesThere.get(`${id} ${path}`);
  }

  #change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const listener = () => {
        this.#listeners.delete(listener);
        signal?.removeEventListener('abort', listener);
        resolve();
      };
      this.#listeners.add(listener);
      signal?.addEventListener('abort', listener, { once: true });
    });
  }

  #wake(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #find(id: string): Scripted {
    const container = this.#containers.get(id);
    if (!container) throw new Error(`the test has no container ${id}`);
    return container;
  }
}

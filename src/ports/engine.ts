/** How an engine can be spoken to, resolved once and given to every client (design 4). */
export interface Endpoint {
  /** `unix:///var/run/docker.sock`. */
  readonly host: string;
  /** Where it came from: `DOCKER_HOST`, `DOCKER_CONTEXT NAME`, `context NAME` or `default`. */
  readonly source: string;
}

export interface EngineInfo {
  readonly endpoint: Endpoint;
  /** Server version, such as `26.1.5+dfsg1`. */
  readonly version: string;
  readonly apiVersion: string;
  readonly operatingSystem: string;
  readonly architecture: string;
  readonly rootless: boolean;
  readonly usernsRemap: boolean;
  readonly selinux: boolean;
  readonly dataRoot: string;
}

export interface ImageInfo {
  readonly id: string;
  readonly repoDigests: readonly string[];
}

/** Pull progress of one layer, as the engine reports it. */
export interface PullProgress {
  readonly layer: string;
  /** The engine's word: `Downloading`, `Extracting`, `Pull complete`, `Already exists` … */
  readonly status: string;
  /** Bytes, where the engine knows them. */
  readonly current?: number;
  readonly total?: number;
}

export interface ContainerInfo {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly service: string;
  /** Compose's `working_dir` label. */
  readonly workingDir: string;
  readonly oneOff: boolean;
  readonly image: string;
  readonly imageId: string;
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  readonly restartCount: number;
  /** Whether the engine brings it back after a crash and after its own start. */
  readonly restartPolicy: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  readonly exitCode: number;
  /** Undefined while it was never started. */
  readonly startedAt: Date | undefined;
  readonly createdAt: Date;
  readonly labels: Readonly<Record<string, string>>;
  /** IPv4 address by network name. */
  readonly addresses: Readonly<Record<string, string>>;
}

/**
 * How a container was created and how it last ended: what a report for support needs beyond its
 * state. Values of variables and words of the command may be secret.
 */
export interface ContainerDetails {
  readonly id: string;
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** `NAME=value`. */
  readonly environment: readonly string[];
  /** The engine's word: a network's name, `container:ID` … */
  readonly networkMode: string;
  readonly mounts: readonly {
    readonly source: string;
    readonly target: string;
    readonly readOnly: boolean;
  }[];
  readonly readOnlyRoot: boolean;
  readonly capDrop: readonly string[];
  readonly securityOptions: readonly string[];
  readonly logDriver: string;
  /** Seconds between SIGTERM and SIGKILL; undefined: the engine's own. */
  readonly stopTimeout: number | undefined;
  /** The kernel ended it for want of memory. */
  readonly outOfMemory: boolean;
  /** Why the engine could not start it; empty if it could. */
  readonly error: string;
  readonly finishedAt: Date | undefined;
}

export interface NetworkInfo {
  readonly name: string;
  readonly project: string | undefined;
  /** CIDRs. */
  readonly subnets: readonly string[];
}

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly at: Date | undefined;
  /** What `at`, which knows milliseconds, leaves of the engine's time; absent where it tells no more. */
  readonly nanos?: number;
  /** The log ended before the line did: there may be more of it when it is read again. */
  readonly unfinished?: true;
  /** Without the final newline; not yet cleaned of escapes. */
  readonly text: string;
}

/** Something that happened to a container of a Compose project. */
export interface ContainerEvent {
  readonly at: Date;
  /**
   * `die`: its program has ended, whatever the reason. `kill` and `stop` only where somebody (or the
   * engine, when it stops) ended it on purpose: a signal was sent, it is over.
   */
  readonly action: 'create' | 'start' | 'kill' | 'die' | 'stop' | 'pause' | 'unpause' | 'destroy';
  readonly id: string;
  readonly project: string;
  readonly service: string;
  /** With `die`. */
  readonly exitCode?: number;
}

export interface ContainerFilter {
  readonly project?: string;
  readonly workingDir?: string;
  readonly service?: string;
}

/**
 * A local container engine. Failures: `docker-not-installed`, `docker-not-running`,
 * `docker-permission-denied`, `docker-remote`, `docker-failed`.
 */
export interface Engine {
  info(): Promise<EngineInfo>;
  image(ref: string): Promise<ImageInfo | undefined>;
  /** @throws Failure `image-not-found`, `image-pull-failed`. */
  pull(ref: string, signal?: AbortSignal): AsyncIterable<PullProgress>;
  /** Containers of Compose projects, running or not. */
  containers(filter: ContainerFilter): Promise<readonly ContainerInfo[]>;
  /** Undefined if the container is not there. */
  details(id: string): Promise<ContainerDetails | undefined>;
  networks(): Promise<readonly NetworkInfo[]>;
  /**
   * Lines from the container's current start (or `since`) on; with `follow`, until it stops or the
   * signal aborts. Nothing is read faster than it is taken. `tail` allows the engine to leave out what
   * stands before about that many last lines; it may give more.
   */
  logs(
    id: string,
    options: { follow: boolean; since?: Date; tail?: number; signal?: AbortSignal },
  ): AsyncIterable<LogLine>;
  /**
   * What happens to containers from now on; nothing between the promise's end and the first step of
   * the iteration is lost. Ends when the signal aborts, and when the engine closes it, as one does
   * that stops.
   */
  events(filter: ContainerFilter, signal: AbortSignal): Promise<AsyncIterable<ContainerEvent>>;
  /**
   * A small plain file as the container has it, mounts included, whoever may read it on this host;
   * undefined if it, or the container, is not there. Nothing is changed by it.
   */
  file(id: string, path: string): Promise<Uint8Array | undefined>;
  /**
   * Tells a container's program to end (SIGTERM) and does not wait for it; its restart policy does not
   * bring it back. Nothing to do if it does not run.
   */
  terminate(id: string): Promise<void>;
}

/** Which Compose is there. `v1` is Python's `docker-compose`, usable only with engines before 25. */
export interface ComposeInfo {
  readonly variant: 'v1' | 'v2';
  /** Major.minor.patch. */
  readonly version: string;
  /** argv before the subcommand: `['docker', 'compose']` or `['docker-compose']`. */
  readonly command: readonly string[];
}

export interface ComposeProject {
  readonly dir: string;
  readonly project: string;
}

/**
 * What only Compose does, always with an explicit project, directory and a minimal environment.
 * Failures: `compose-missing`, `compose-failed` (stderr in `found`), `compose-file-refused`.
 */
export interface Compose {
  info(): Promise<ComposeInfo>;
  /**
   * argv of a subcommand, for plans and journals: as a person would type it in the deployment's
   * directory, or complete with the project's name and directory.
   */
  argv(subcommand: readonly string[], project?: ComposeProject): readonly string[];
  /** Lets Compose parse the files. @throws Failure `compose-file-refused`. */
  validate(project: ComposeProject): Promise<void>;
  up(
    project: ComposeProject,
    options: {
      services?: readonly string[];
      /** Also removes containers of services that the files no longer have. */
      removeOrphans?: boolean;
      /** Leaves alone what the services named depend on. */
      noDeps?: boolean;
      onLine?: (line: string) => void;
      signal?: AbortSignal;
    },
  ): Promise<void>;
  restart(project: ComposeProject, services: readonly string[]): Promise<void>;
  /** Those named, or all; what shares the network of another one first. */
  stop(project: ComposeProject, services?: readonly string[]): Promise<void>;
  /** Starts containers that are there; nothing else is started or made anew because of it. */
  start(project: ComposeProject, services: readonly string[]): Promise<void>;
  /** Removes containers and networks of the project. */
  down(project: ComposeProject): Promise<void>;
}

import { buffer } from 'node:stream/consumers';
import type Dockerode from 'dockerode';
import { Failure } from '../../domain/failure.ts';
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
} from '../../ports/engine.ts';
import { unpackFile } from '../owned-file-tar.ts';
import type { DockerConnection } from './connection.ts';
import { containerDetails } from './container-details.ts';
import { eventsQuery, readEvents } from './container-events.ts';
import { composeLabels, containerInfo, currentStart } from './container-info.ts';
import { statusOf } from './engine-failure.ts';
import { LogReader, LogStreamError } from './log-frames.ts';
import { PullError, pullFailure, pullProgress, pullReference } from './pull.ts';

/** The engine's `tail` counts records of 16 KiB, not lines: room for a line of 2 MiB. */
const recordsOfALongLine = 128;

/** A local Docker Engine, 20.10 or newer, over its socket. */
export class DockerEngine implements Engine {
  readonly #connection: DockerConnection;
  #known: EngineInfo | undefined;

  constructor(connection: DockerConnection) {
    this.#connection = connection;
  }

  /** What `info` said last. */
  get known(): EngineInfo | undefined {
    return this.#known;
  }

  async info(): Promise<EngineInfo> {
    const endpoint = await this.#connection.endpoint();
    const [version, info] = await this.#connection.ask((docker) =>
      Promise.all([docker.version(), docker.info()]),
    );
    const security = securityNames(info.SecurityOptions);
    this.#known = {
      endpoint,
      version: version.Version,
      apiVersion: version.ApiVersion,
      operatingSystem: String(info.OperatingSystem ?? ''),
      architecture: String(info.Architecture ?? version.Arch),
      rootless: security.has('rootless'),
      usernsRemap: security.has('userns'),
      selinux: security.has('selinux'),
      dataRoot: String(info.DockerRootDir ?? ''),
    };
    return this.#known;
  }

  async image(ref: string): Promise<ImageInfo | undefined> {
    const found = await this.#connection.ask((docker) =>
      unlessMissing(docker.getImage(ref).inspect()),
    );
    return found && { id: found.Id, repoDigests: found.RepoDigests ?? [] };
  }

  async *pull(ref: string, signal?: AbortSignal): AsyncGenerator<PullProgress> {
    try {
      const body = await this.#connection.stream(
        'POST',
        '/images/create',
        { fromImage: pullReference(ref) },
        signal,
      );
      yield* pullProgress(body);
    } catch (error) {
      signal?.throwIfAborted();
      throw await this.#pullFailure(ref, error);
    }
    if (!(await this.image(ref))) {
      const ended = new Error('the pull ended without an error, and without the image');
      throw pullFailure(ref, ended, undefined);
    }
  }

  async containers(filter: ContainerFilter): Promise<readonly ContainerInfo[]> {
    const wanted = [
      [composeLabels.project, filter.project],
      [composeLabels.workingDir, filter.workingDir],
      [composeLabels.service, filter.service],
    ].flatMap(([label, value]) => (value === undefined ? [] : [`${label}=${value}`]));
    const inspected = await this.#connection.ask(async (docker, abortSignal) => {
      const list = await docker.listContainers({
        all: true,
        filters: { label: [composeLabels.project, ...wanted] },
        abortSignal,
      });
      return Promise.all(list.map(({ Id }) => inspect(docker, Id, abortSignal)));
    });
    return inspected.flatMap((each) => (each ? [containerInfo(each)] : []));
  }

  async details(id: string): Promise<ContainerDetails | undefined> {
    const found = await this.#connection.ask((docker, abortSignal) =>
      inspect(docker, id, abortSignal),
    );
    return found && containerDetails(found);
  }

  async networks(): Promise<readonly NetworkInfo[]> {
    const list = await this.#connection.ask((docker, abortSignal) =>
      docker.listNetworks({ abortSignal }),
    );
    return list.map((network) => ({
      name: network.Name,
      project: network.Labels?.[composeLabels.project],
      subnets: (network.IPAM?.Config ?? [])
        .map(({ Subnet }) => Subnet)
        .filter((subnet): subnet is string => subnet !== undefined && /^[\d.]+\/\d+$/.test(subnet)),
    }));
  }

  /** A container that is gone has no lines. */
  async *logs(
    id: string,
    options: { follow: boolean; since?: Date; tail?: number; signal?: AbortSignal },
  ): AsyncGenerator<LogLine> {
    const { follow, tail, signal } = options;
    if (signal?.aborted) return;
    const container = await this.#connection.ask((docker, abortSignal) =>
      inspect(docker, id, abortSignal),
    );
    if (!container) return;
    const since = options.since ?? currentStart(container.State);
    try {
      const reader = new LogReader(container.Config.Tty);
      const body = await this.#connection.stream(
        'GET',
        `/containers/${container.Id}/logs`,
        {
          stdout: '1',
          stderr: '1',
          timestamps: '1',
          follow: follow ? '1' : '0',
          ...(since && { since: (since.getTime() / 1000).toFixed(3) }),
          ...(tail !== undefined && { tail: String(tail + recordsOfALongLine) }),
        },
        signal,
      );
      for await (const chunk of body) for (const line of reader.push(chunk)) yield line;
      yield* reader.end();
    } catch (error) {
      if (signal?.aborted || statusOf(error) === 404) return;
      throw error instanceof LogStreamError
        ? logFailure(error)
        : await this.#connection.failure(error);
    }
  }

  async events(
    filter: ContainerFilter,
    signal: AbortSignal,
  ): Promise<AsyncIterable<ContainerEvent>> {
    try {
      const query = eventsQuery(filter, new Date());
      const body = await this.#connection.stream('GET', '/events', query, signal);
      // An error before somebody reads is the end of the stream to whoever reads then.
      body.on('error', () => undefined);
      return readEvents(body);
    } catch (error) {
      signal.throwIfAborted();
      throw await this.#connection.failure(error);
    }
  }

  async file(id: string, path: string): Promise<Uint8Array | undefined> {
    const tar = await this.#connection.ask((docker, abortSignal) =>
      unlessMissing(
        docker
          .getContainer(id)
          .getArchive({ path, abortSignal })
          .then((stream) => buffer(stream)),
      ),
    );
    return tar && (await unpackFile(tar))?.content;
  }

  async terminate(id: string): Promise<void> {
    await this.#connection.ask((docker, abortSignal) =>
      unlessStatus(
        docker.getContainer(id).kill({ signal: 'SIGTERM', abortSignal }),
        // 409: it does not run.
        [404, 409],
      ),
    );
  }

  /** An engine that stops ends its pulls with an error first: so the socket is asked in any case. */
  async #pullFailure(ref: string, thrown: unknown): Promise<Failure> {
    if (thrown instanceof Failure) return thrown;
    const outage = await this.#connection.outage();
    if (outage) return outage;
    const status = thrown instanceof PullError ? thrown.status : statusOf(thrown);
    return pullFailure(ref, thrown, status);
  }
}

async function inspect(docker: Dockerode, id: string, abortSignal: AbortSignal) {
  return unlessMissing(docker.getContainer(id).inspect({ abortSignal }));
}

async function unlessStatus<T>(
  answer: Promise<T>,
  statuses: readonly number[],
): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  return unlessStatus(answer, [404]);
}

/** `["name=seccomp,profile=default", "name=userns"]` → seccomp, userns. */
function securityNames(options: unknown): ReadonlySet<string> {
  if (!Array.isArray(options)) return new Set();
  return new Set(options.map((option) => /(?:^|,)name=([^,]+)/.exec(String(option))?.[1] ?? ''));
}

function logFailure(cause: LogStreamError): Failure {
  return new Failure('docker-failed', 'The Docker engine could not read a container’s log.', {
    found: cause.message,
    nextSteps: ['docker compose logs', 'docker info --format "{{.LoggingDriver}}"'],
    cause,
  });
}

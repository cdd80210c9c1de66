import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
} from '../ports/engine.ts';
import { errnoOf } from './container/errno.ts';
import { type ContainerSet, projectSubnet } from './rehearsal/container-set.ts';
import { heardEvents } from './rehearsal/heard-events.ts';
import { rehearsedDetails } from './rehearsal/rehearsed-details.ts';
import type { RehearsedImages } from './rehearsal/rehearsed-images.ts';

/** An engine's architecture names by Node's. */
const architectures: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** The engine of a rehearsal: images are the simulated programs, containers are local processes (design 7). */
export class RehearsalEngine implements Engine {
  readonly #containers: ContainerSet;
  readonly #images: RehearsedImages;
  readonly #dataRoot: string;

  constructor(containers: ContainerSet, images: RehearsedImages, dataRoot: string) {
    this.#containers = containers;
    this.#images = images;
    this.#dataRoot = dataRoot;
  }

  async info(): Promise<EngineInfo> {
    return {
      endpoint: { host: 'unix:///var/run/docker.sock', source: 'rehearsal' },
      version: '28.5.2',
      apiVersion: '1.51',
      operatingSystem: 'rehearsal',
      architecture: architectures[process.arch] ?? process.arch,
      rootless: false,
      usernsRemap: false,
      selinux: false,
      dataRoot: this.#dataRoot,
    };
  }

  async image(ref: string): Promise<ImageInfo | undefined> {
    return this.#images.find(ref);
  }

  pull(ref: string, signal?: AbortSignal): AsyncIterable<PullProgress> {
    return this.#images.pull(ref, signal);
  }

  async containers({
    project,
    workingDir,
    service,
  }: ContainerFilter): Promise<readonly ContainerInfo[]> {
    return this.#containers.all
      .map((container) => container.info())
      .filter(
        (info) =>
          (project === undefined || info.project === project) &&
          (workingDir === undefined || info.workingDir === workingDir) &&
          (service === undefined || info.service === service),
      );
  }

  async details(id: string): Promise<ContainerDetails | undefined> {
    const container = this.#containers.all.find(({ record }) => record.id === id);
    return container && rehearsedDetails(container, this.#containers);
  }

  async networks(): Promise<readonly NetworkInfo[]> {
    const projects = new Set(this.#containers.all.map(({ record }) => record.project));
    return [
      { name: 'bridge', project: undefined, subnets: ['172.17.0.0/16'] },
      ...[...projects].map((project) => ({
        name: `${project}_default`,
        project,
        subnets: [projectSubnet],
      })),
    ];
  }

  async *logs(
    id: string,
    { follow, since, signal }: { follow: boolean; since?: Date; signal?: AbortSignal },
  ): AsyncIterable<LogLine> {
    const container = this.#containers.all.find(({ record }) => record.id === id);
    if (!container) return;
    const { startedAt } = container.record;
    yield* container.log.read(since ?? new Date(startedAt ?? 0), follow, signal);
  }

  async events(
    filter: ContainerFilter,
    signal: AbortSignal,
  ): Promise<AsyncIterable<ContainerEvent>> {
    signal.throwIfAborted();
    return heardEvents(this.#containers, filter, signal);
  }

  async terminate(id: string): Promise<void> {
    const container = this.#containers.all.find(({ record }) => record.id === id);
    void container?.stop();
  }

  async file(id: string, path: string): Promise<Uint8Array | undefined> {
    const container = this.#containers.all.find(({ record }) => record.id === id);
    const mount = container?.service.mounts.find(
      (each) => path === each.container || path.startsWith(`${each.container}/`),
    );
    if (!mount) return undefined;
    try {
      return await readFile(join(mount.host, path.slice(mount.container.length)));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}

import { randomBytes } from 'node:crypto';
import { Failure } from '../../domain/failure.ts';
import { isRecord } from '../../domain/plain-data.ts';
import type { ContainerEvent } from '../../ports/engine.ts';
import type { NetworkTable } from '../container/network-table.ts';
import { readJson, writeJson } from '../json-file.ts';
import { inStartOrder, type RehearsedService, readComposeProject } from './compose-project.ts';
import type { Programs, RehearsalPlace } from './place.ts';
import { type ContainerRecord, RehearsedContainer } from './rehearsed-container.ts';

/** Pretend network of every rehearsed project; `.1` is its gateway. */
export const projectSubnet = '172.30.0.0/24';
const firstHost = 2;

/** How long programs may take to end when a rehearsal does; they start again with the next one. */
const closeGrace = 5000;

export interface ContainerSetOptions {
  readonly place: RehearsalPlace;
  readonly programs: Programs;
  readonly table: NetworkTable;
  readonly outsideHosts: readonly string[];
}

/** The containers of a rehearsal and what is remembered of them. */
export class ContainerSet {
  readonly #options: ContainerSetOptions;
  readonly #containers = new Map<string, RehearsedContainer>();
  readonly #listeners = new Set<(event: ContainerEvent) => void>();
  #closed = false;

  /** Reads what is remembered; nothing runs until `resume` or a start. */
  constructor(options: ContainerSetOptions) {
    this.#options = options;
    for (const record of readRecords(options.place.containers)) {
      const service = serviceOf(record);
      if (service) this.#add(record, service);
    }
  }

  get all(): readonly RehearsedContainer[] {
    return [...this.#containers.values()];
  }

  find(project: string, service: string): RehearsedContainer | undefined {
    return this.all.find(({ record }) => record.project === project && record.service === service);
  }

  /** Hands over everything that happens to any container from now on, until what is returned is called. */
  listen(listener: (event: ContainerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Starts what ran when the last command ended. */
  resume(): void {
    const running = this.all.filter((container) => container.running);
    for (const project of new Set(running.map(({ record }) => record.project))) {
      const own = running.filter(({ record }) => record.project === project);
      const services = new Map(own.map(({ service }) => [service.name, service]));
      for (const { name } of inStartOrder(services))
        own.find(({ service }) => service.name === name)?.start();
    }
  }

  /** A new container, not started. */
  create(
    record: Pick<ContainerRecord, 'project' | 'dir' | 'imageId' | 'hash'>,
    service: RehearsedService,
  ): RehearsedContainer {
    const container = this.#add(
      {
        ...record,
        id: randomBytes(32).toString('hex'),
        service: service.name,
        image: service.image,
        address: service.networkOf === undefined ? this.#freeAddress() : '',
        createdAt: new Date().toISOString(),
        startedAt: undefined,
        state: 'created',
        exitCode: 0,
        restartCount: 0,
      },
      service,
    );
    this.#save();
    container.tell('create');
    return container;
  }

  /** @throws Failure `compose-failed` if it shares the network of a container that is down. */
  start(container: RehearsedContainer): void {
    const { networkOf } = container.service;
    const parent =
      networkOf === undefined ? undefined : this.find(container.record.project, networkOf);
    if (networkOf !== undefined && parent?.namespace === undefined) {
      throw new Failure('compose-failed', `${container.info().name} could not be started.`, {
        found: `cannot join network of a non running container: ${parent?.record.id ?? networkOf}`,
        nextSteps: [`docker compose up -d ${networkOf}`],
      });
    }
    container.start();
  }

  async remove(container: RehearsedContainer): Promise<void> {
    await container.stop();
    this.#containers.delete(container.record.id);
    this.#save();
    container.tell('destroy');
  }

  /** Ends every process, and keeps on file that they ran. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.all.map((container) => container.stop(closeGrace)));
  }

  #add(record: ContainerRecord, service: RehearsedService): RehearsedContainer {
    const { place, programs, table, outsideHosts } = this.#options;
    const container = new RehearsedContainer(record, service, {
      ...{ place, programs, table, outsideHosts },
      joins: () =>
        service.networkOf === undefined
          ? undefined
          : this.find(record.project, service.networkOf)?.namespace,
      onChange: () => this.#save(),
      tell: (event) => {
        if (!this.#closed) for (const listener of [...this.#listeners]) listener(event);
      },
    });
    this.#containers.set(record.id, container);
    return container;
  }

  #freeAddress(): string {
    const taken = new Set(this.all.map(({ record }) => record.address));
    for (let host = firstHost; ; host++) {
      const address = `172.30.0.${host}`;
      if (!taken.has(address)) return address;
    }
  }

  #save(): void {
    if (!this.#closed)
      writeJson(
        this.#options.place.containers,
        this.all.map(({ record }) => record),
      );
  }
}

/**
 * The service of a remembered container as the Compose file has it now: its environment may hold a
 * token, so it is not kept. Undefined if it is not there any more; then the container is forgotten.
 */
function serviceOf({ dir, service }: ContainerRecord): RehearsedService | undefined {
  try {
    return readComposeProject(dir).get(service);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function readRecords(file: string): readonly ContainerRecord[] {
  const found = readJson(file);
  return Array.isArray(found) ? found.filter(isContainerRecord) : [];
}

function isContainerRecord(value: unknown): value is ContainerRecord {
  const texts = [
    'id',
    'project',
    'dir',
    'service',
    'image',
    'imageId',
    'hash',
    'address',
    'createdAt',
    'state',
  ];
  return (
    isRecord(value) &&
    texts.every((key) => typeof value[key] === 'string') &&
    typeof value['exitCode'] === 'number' &&
    typeof value['restartCount'] === 'number'
  );
}

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../domain/failure.ts';
import type { Compose, ComposeInfo, ComposeProject } from '../ports/engine.ts';
import {
  inStartOrder,
  type RehearsedService,
  readComposeProject,
} from './rehearsal/compose-project.ts';
import type { ContainerSet } from './rehearsal/container-set.ts';
import type { RehearsedContainer } from './rehearsal/rehearsed-container.ts';
import type { RehearsedImages } from './rehearsal/rehearsed-images.ts';

const command = ['docker', 'compose'];

type Report = (line: string) => void;

/** Compose v2 over the containers of a rehearsal. */
export class RehearsalCompose implements Compose {
  readonly #containers: ContainerSet;
  readonly #images: RehearsedImages;

  constructor(containers: ContainerSet, images: RehearsedImages) {
    this.#containers = containers;
    this.#images = images;
  }

  async info(): Promise<ComposeInfo> {
    return { variant: 'v2', version: '2.40.3', command };
  }

  argv(subcommand: readonly string[], project?: ComposeProject): readonly string[] {
    const where = project
      ? ['--project-name', project.project, '--project-directory', project.dir]
      : [];
    return [...command, ...where, ...subcommand];
  }

  async validate({ dir }: ComposeProject): Promise<void> {
    inStartOrder(readComposeProject(dir));
  }

  async up(project: ComposeProject, options: Parameters<Compose['up']>[1]): Promise<void> {
    const { services, removeOrphans, noDeps, onLine = () => undefined, signal } = options;
    const all = readComposeProject(project.dir);
    if (removeOrphans) await this.#removeOrphans(project.project, all);
    for (const service of inStartOrder(all)) {
      const isNamed = services?.includes(service.name) ?? true;
      if (services && !isNamed && (noDeps || !isWanted(service.name, services, all))) continue;
      signal?.throwIfAborted();
      for (const [name, healthy] of service.dependsOn) {
        if (healthy) await this.#awaitHealthy(project, name, signal);
      }
      await this.#bringUp(project, service, onLine, signal);
    }
  }

  /** With the services that share a restarted one's network, as Compose v2 does (facts 4.6). */
  async restart({ project }: ComposeProject, services: readonly string[]): Promise<void> {
    const chosen = this.#of(project).filter(({ service }) => services.includes(service.name));
    const missing = services.find((name) => !chosen.some(({ service }) => service.name === name));
    if (missing !== undefined) {
      throw new Failure('compose-failed', 'Compose could not restart the services.', {
        found: `no such service: ${missing}`,
        nextSteps: ['docker compose ps'],
      });
    }
    const dependents = this.#of(project).filter(
      ({ service }) =>
        service.networkOf !== undefined &&
        services.includes(service.networkOf) &&
        !services.includes(service.name),
    );
    const together = [...chosen, ...dependents.filter((container) => container.running)];
    await Promise.all(together.map((container) => container.stop()));
    for (const container of ordered(together)) this.#containers.start(container);
  }

  async stop({ project }: ComposeProject, services?: readonly string[]): Promise<void> {
    const chosen = this.#of(project).filter(
      ({ service }) => services === undefined || services.includes(service.name),
    );
    const sharing = chosen.filter(({ service }) => service.networkOf !== undefined);
    await Promise.all(sharing.map((container) => container.stop()));
    await Promise.all(chosen.map((container) => container.stop()));
  }

  async start({ project }: ComposeProject, services: readonly string[]): Promise<void> {
    const chosen = this.#of(project).filter(({ service }) => services.includes(service.name));
    for (const container of ordered(chosen)) this.#containers.start(container);
  }

  async down({ project }: ComposeProject): Promise<void> {
    await this.stop({ project, dir: '' });
    for (const container of this.#of(project)) await this.#containers.remove(container);
  }

  async #removeOrphans(project: string, all: ReadonlyMap<string, RehearsedService>): Promise<void> {
    for (const container of this.#of(project)) {
      if (all.has(container.service.name)) continue;
      await container.stop();
      await this.#containers.remove(container);
    }
  }

  #of(project: string): readonly RehearsedContainer[] {
    return this.#containers.all.filter(({ record }) => record.project === project);
  }

  async #bringUp(
    { project, dir }: ComposeProject,
    service: RehearsedService,
    report: Report,
    signal?: AbortSignal,
  ): Promise<void> {
    const name = `Container ${project}-${service.name}-1`;
    const hash = this.#hashOf(project, service);
    const existing = this.#containers.find(project, service.name);
    if (existing?.record.hash === hash) {
      if (existing.running) {
        report(` ${name}  Running`);
        return;
      }
      this.#containers.start(existing);
      report(` ${name}  Started`);
      return;
    }
    const imageId = await this.#imageId(service, report, signal);
    if (existing) await this.#containers.remove(existing);
    const container = this.#containers.create({ project, dir, imageId, hash }, service);
    report(` ${name}  ${existing ? 'Recreated' : 'Created'}`);
    this.#containers.start(container);
    report(` ${name}  Started`);
  }

  /** A service in another's network is created anew when that one was: Compose names its container's id. */
  #hashOf(project: string, service: RehearsedService): string {
    const parent =
      service.networkOf === undefined
        ? undefined
        : this.#containers.find(project, service.networkOf);
    return createHash('sha256')
      .update(`${service.hash} ${parent?.record.id ?? ''}`)
      .digest('hex');
  }

  async #imageId(
    { name, image }: RehearsedService,
    report: Report,
    signal?: AbortSignal,
  ): Promise<string> {
    if (!this.#images.find(image)) {
      report(` ${name} Pulling`);
      for await (const _progress of this.#images.pull(image, signal)) signal?.throwIfAborted();
      report(` ${name} Pulled`);
    }
    return this.#images.find(image)?.id ?? '';
  }

  async #awaitHealthy(
    { project }: ComposeProject,
    name: string,
    signal?: AbortSignal,
  ): Promise<void> {
    for (;;) {
      const container = this.#containers.find(project, name);
      if (!container || container.health === 'healthy') return;
      if (!container.running || container.health === 'unhealthy') {
        throw new Failure('compose-failed', 'Compose could not start the stack.', {
          found: `dependency failed to start: container ${container.info().name} is ${container.running ? 'unhealthy' : 'not running'}`,
          nextSteps: [`docker compose logs ${name}`],
        });
      }
      await sleep(100, undefined, signal ? { signal } : {});
    }
  }
}

/** True for the services named and everything they depend on. */
function isWanted(
  name: string,
  wanted: readonly string[],
  all: ReadonlyMap<string, RehearsedService>,
): boolean {
  return wanted.some(
    (each) => each === name || isWanted(name, [...(all.get(each)?.dependsOn.keys() ?? [])], all),
  );
}

function ordered(containers: readonly RehearsedContainer[]): readonly RehearsedContainer[] {
  const services = new Map(containers.map(({ service }) => [service.name, service]));
  return inStartOrder(services).flatMap(({ name }) =>
    containers.filter(({ service }) => service.name === name),
  );
}

import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerEvent, ContainerInfo } from '../../ports/engine.ts';
import type { NetworkTable } from '../container/network-table.ts';
import type { RehearsalSettings } from '../container/settings.ts';
import type { RehearsedService } from './compose-project.ts';
import { watchHealth } from './health-watch.ts';
import { LogBook } from './log-book.ts';
import { makeMissingMounts } from './missing-mounts.ts';
import type { Programs, RehearsalPlace } from './place.ts';
import { type ProgramProcess, startProgram } from './program-process.ts';
import { type ProgramRole, programArguments, roleOfService, userOfImage } from './program-role.ts';

/** What is remembered of a container from one command to the next. */
export interface ContainerRecord {
  readonly id: string;
  readonly project: string;
  readonly dir: string;
  readonly service: string;
  readonly image: string;
  readonly imageId: string;
  readonly hash: string;
  /** Pretend address; empty where the namespace is another service's. */
  readonly address: string;
  readonly createdAt: string;
  readonly startedAt: string | undefined;
  readonly state: 'created' | 'running' | 'exited';
  readonly exitCode: number;
  readonly restartCount: number;
}

export interface ContainerParts {
  readonly place: RehearsalPlace;
  readonly programs: Programs;
  readonly table: NetworkTable;
  readonly outsideHosts: readonly string[];
  /** Namespace to join, for a service that has none of its own. */
  readonly joins: () => string | undefined;
  readonly onChange: () => void;
  readonly tell: (event: ContainerEvent) => void;
}

/** Back-off of the engine's restart policy: doubles from here, starts anew after a run of ten seconds. */
const firstRestartDelay = 100;
const longestRestartDelay = 60_000;
const goodRun = 10_000;

/** A pretend container: one process at a time, restarted by policy, with health, log and namespace. */
export class RehearsedContainer {
  readonly service: RehearsedService;
  readonly log: LogBook;
  readonly #parts: ContainerParts;
  #record: ContainerRecord;
  #process: ProgramProcess | undefined;
  #namespace: string | undefined;
  #health: ContainerInfo['health'] = 'none';
  #restarting = false;
  /** Aborted when the container is to stop; a new one for each start. */
  #life = new AbortController();
  #lived: Promise<void> = Promise.resolve();

  constructor(record: ContainerRecord, service: RehearsedService, parts: ContainerParts) {
    this.#record = record;
    this.service = service;
    this.#parts = parts;
    this.log = new LogBook(join(parts.place.logsDir, `${record.service}.jsonl`));
  }

  get record(): ContainerRecord {
    return this.#record;
  }

  get namespace(): string | undefined {
    return this.#namespace;
  }

  get health(): ContainerInfo['health'] {
    return this.#health;
  }

  get running(): boolean {
    return this.#record.state === 'running';
  }

  /** Starts the program; nothing to do if it runs or if nobody here can play the service. */
  start(): void {
    if (this.running && this.#process) return;
    const role = roleOfService(this.service);
    if (role === undefined) {
      this.log.append(
        'stderr',
        `The rehearsal does not run ${this.#record.image}: only the tunnel's own services are played.`,
      );
      return;
    }
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.#lived = this.#live(role, signal);
  }

  /** SIGTERM, SIGKILL after the grace period (milliseconds, at most the service's own). */
  async stop(grace = this.service.stopGrace): Promise<void> {
    const ran = this.#process !== undefined;
    if (ran) this.tell('kill');
    this.#life.abort();
    await this.#process?.stop(Math.min(grace, this.service.stopGrace));
    await this.#lived;
    if (this.running) this.#update({ state: 'exited' });
    if (ran) this.tell('stop');
  }

  tell(action: ContainerEvent['action'], exitCode?: number): void {
    const { id, project, service } = this.#record;
    this.#parts.tell({
      ...{ at: new Date(), action, id, project, service },
      ...(exitCode === undefined ? {} : { exitCode }),
    });
  }

  info(): ContainerInfo {
    const {
      id,
      project,
      dir,
      service,
      image,
      imageId,
      exitCode,
      restartCount,
      startedAt,
      createdAt,
      address,
    } = this.#record;
    const network = `${project}_default`;
    return {
      ...{ id, project, service, image, imageId, exitCode, restartCount },
      name: `${project}-${service}-1`,
      restartPolicy: restartPolicyOf(this.service),
      workingDir: dir,
      oneOff: false,
      state: this.#restarting ? 'restarting' : this.#record.state,
      health: this.running ? this.#health : 'none',
      startedAt: startedAt === undefined ? undefined : new Date(startedAt),
      createdAt: new Date(createdAt),
      labels: {
        ...this.service.labels,
        'com.docker.compose.project': project,
        'com.docker.compose.service': service,
        'com.docker.compose.project.working_dir': dir,
        'com.docker.compose.oneoff': 'False',
        'com.docker.compose.config-hash': this.#record.hash,
      },
      addresses: address === '' ? {} : { [network]: address },
    };
  }

  async #live(role: ProgramRole, signal: AbortSignal): Promise<void> {
    let delay = firstRestartDelay;
    while (!signal.aborted) {
      const began = Date.now();
      const exitCode = await this.#run(role, signal);
      if (signal.aborted || !this.#mayRestart(exitCode)) {
        this.#update({ state: 'exited', exitCode });
        return;
      }
      if (Date.now() - began > goodRun) delay = firstRestartDelay;
      this.#restarting = true;
      this.#update({ exitCode, restartCount: this.#record.restartCount + 1 });
      await sleep(delay, undefined, { signal }).catch(() => undefined);
      this.#restarting = false;
      delay = Math.min(delay * 2, longestRestartDelay);
    }
    this.#update({ state: 'exited' });
  }

  async #run(role: ProgramRole, signal: AbortSignal): Promise<number> {
    makeMissingMounts(this.service);
    const settings = this.#settings(role, this.#enterNamespace());
    const { node, files } = this.#parts.programs;
    const { command, environment, healthcheck, workingDir } = this.service;
    const args = programArguments(role, command, workingDir);
    this.log.begin();
    const started = startProgram({
      ...{ node, environment, settings, file: files[role], args },
      onLine: (stream, text) => this.log.append(stream, text),
    });
    this.#process = started;
    this.#update({ state: 'running', startedAt: new Date().toISOString() });
    this.tell('start');
    const over = new AbortController();
    const watched = healthcheck
      ? watchHealth(
          healthcheck,
          (timeout) => this.#probe(healthcheck.command, settings, timeout),
          (health) => {
            this.#health = health;
          },
          AbortSignal.any([signal, over.signal]),
        )
      : undefined;
    const exitCode = await started.exit;
    over.abort();
    await watched;
    this.#health = 'none';
    this.#process = undefined;
    this.#leaveNamespace();
    this.log.end();
    this.tell('die', exitCode);
    return exitCode;
  }

  /** Runs the health check's command as a process in the container. */
  async #probe(
    command: readonly string[],
    settings: RehearsalSettings,
    timeout: number,
  ): Promise<boolean> {
    const { node, files } = this.#parts.programs;
    const [program = '', ...args] = command;
    const role = basename(program) === 'cloudflared' ? 'cloudflared' : undefined;
    if (role === undefined) return false;
    const probe = startProgram({
      ...{ node, args, settings, file: files[role], environment: this.service.environment },
      onLine: () => undefined,
    });
    const late = setTimeout(() => void probe.stop(0), timeout);
    const exitCode = await probe.exit;
    clearTimeout(late);
    return exitCode === 0;
  }

  #mayRestart(exitCode: number): boolean {
    const [policy, limit] = this.service.restart.split(':');
    if (policy === 'always' || policy === 'unless-stopped') return true;
    return (
      policy === 'on-failure' &&
      exitCode !== 0 &&
      this.#record.restartCount < Number(limit ?? Number.POSITIVE_INFINITY)
    );
  }

  #settings(role: ProgramRole, namespace: string): RehearsalSettings {
    const { place, outsideHosts } = this.#parts;
    const { mounts, user = userOfImage(role) } = this.service;
    return {
      paths: mounts,
      networkDir: place.networkDir,
      namespace,
      deploymentDir: place.deploymentDir,
      ownersFile: place.owners,
      ...user,
      outsideHosts,
    };
  }

  /** A namespace of its own for this run, or the one it shares, dead or alive, since its start. */
  #enterNamespace(): string {
    const { table } = this.#parts;
    const shared =
      this.service.networkOf === undefined ? undefined : (this.#parts.joins() ?? 'none');
    const namespace = shared ?? `${this.#record.service}-${randomBytes(4).toString('hex')}`;
    table.addNamespace(namespace);
    if (shared !== undefined) return shared;
    table.setAddress(this.#record.address, namespace);
    table.setName(this.#record.service, this.#record.address);
    this.#namespace = namespace;
    return namespace;
  }

  #leaveNamespace(): void {
    if (this.#namespace === undefined) return;
    const { table } = this.#parts;
    table.removeName(this.#record.service);
    table.removeAddress(this.#record.address);
    // The namespace itself stays for whoever shares it, without us in it (e2e.md 5).
    this.#namespace = undefined;
  }

  #update(change: Partial<ContainerRecord>): void {
    this.#record = { ...this.#record, ...change };
    this.#parts.onChange();
  }
}

function restartPolicyOf({ restart }: RehearsedService): ContainerInfo['restartPolicy'] {
  const [name] = restart.split(':');
  return name === 'always' || name === 'unless-stopped' || name === 'on-failure' ? name : 'no';
}

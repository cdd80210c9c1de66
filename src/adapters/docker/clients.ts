import type { Compose, Engine, EngineInfo } from '../../ports/engine.ts';
import type { OwnedFiles } from '../../ports/files.ts';
import type { Host } from '../../ports/host.ts';
import { ArchiveOwnedFiles } from '../archive-owned-files.ts';
import { ChownOwnedFiles } from '../chown-owned-files.ts';
import { DockerConnection } from './connection.ts';
import { DockerCompose } from './docker-compose.ts';
import { DockerEngine } from './docker-engine.ts';
import type { EndpointSettings } from './endpoint.ts';

export interface DockerSettings {
  readonly endpointSettings: EndpointSettings;
  /** The operator's environment; Compose gets only what `composeEnvironment` names. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly host: Pick<Host, 'which' | 'uid'>;
}

export interface OwnedFilesSettings {
  readonly deploymentDir: string;
  /** An image that is local by the time files are written. */
  readonly image: string;
}

export interface Docker {
  readonly engine: Engine;
  readonly compose: Compose;
  /** Owned files the way this user and this engine allow; the engine is asked at the first use. */
  ownedFiles(settings: OwnedFilesSettings): OwnedFiles;
}

/** Clients of one engine, all over the same endpoint. Nothing is opened or imported before the first use. */
export function createDocker({ endpointSettings, env, host }: DockerSettings): Docker {
  const connection = new DockerConnection(endpointSettings, host);
  const engine = new DockerEngine(connection);
  const compose = new DockerCompose({
    engine,
    endpoint: () => connection.endpoint(),
    outage: () => connection.outage(),
    environment: env,
  });
  return {
    engine,
    compose,
    ownedFiles: (settings) => new ChosenOwnedFiles(connection, engine, host.uid, settings),
  };
}

/**
 * Design 4: chown as root on a plain engine, else the engine's archive calls. What the engine is
 * decides, so it is asked at the first use where `info` was not called before.
 */
class ChosenOwnedFiles implements OwnedFiles {
  readonly #connection: DockerConnection;
  readonly #engine: DockerEngine;
  readonly #uid: number;
  readonly #settings: OwnedFilesSettings;
  #chosen: OwnedFiles | undefined;

  constructor(
    connection: DockerConnection,
    engine: DockerEngine,
    uid: number,
    settings: OwnedFilesSettings,
  ) {
    this.#connection = connection;
    this.#engine = engine;
    this.#uid = uid;
    this.#settings = settings;
  }

  get how(): string {
    return (
      this.#choice()?.how ??
      'owner and mode set by root on this machine, or by the engine where this user cannot'
    );
  }

  /** True while the engine is unknown: that promises least. */
  get needsImage(): boolean {
    return this.#choice()?.needsImage ?? true;
  }

  async write(...args: Parameters<OwnedFiles['write']>): Promise<void> {
    await (await this.#files()).write(...args);
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    return (await this.#files()).read(path);
  }

  async owner(path: string): ReturnType<OwnedFiles['owner']> {
    return (await this.#files()).owner(path);
  }

  async #files(): Promise<OwnedFiles> {
    return this.#choice() ?? this.#choose(await this.#engine.info());
  }

  #choice(): OwnedFiles | undefined {
    const { known } = this.#engine;
    return this.#chosen ?? (known && this.#choose(known));
  }

  #choose({ rootless, usernsRemap, selinux }: EngineInfo): OwnedFiles {
    const mapped = rootless || usernsRemap;
    this.#chosen =
      this.#uid === 0 && !mapped
        ? new ChownOwnedFiles()
        : new ArchiveOwnedFiles(this.#connection, { ...this.#settings, mapped, selinux });
    return this.#chosen;
  }
}

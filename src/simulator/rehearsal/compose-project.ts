import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { interpolate } from '../../domain/compose-variables.ts';
import { readComposeVolume } from '../../domain/compose-volume.ts';
import { composeFileNames, overrideNames } from '../../domain/deployment.ts';
import { readEnvStatements } from '../../domain/env-statements.ts';
import { Failure } from '../../domain/failure.ts';
import { isRecord } from '../../domain/plain-data.ts';
import { parseYaml } from '../../domain/yaml-parse.ts';
import { errnoOf } from '../container/errno.ts';
import { goDuration } from '../container/go-duration.ts';
import type { PathMapping } from '../container/settings.ts';
import { mergeServices, type ServiceFields } from './merge-services.ts';
import { shellWords } from './shell-words.ts';

export interface RehearsedHealthcheck {
  readonly command: readonly string[];
  /** Milliseconds, as the other times. */
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly retries: number;
}

/** A service as the rehearsal needs it, variables filled in. */
export interface RehearsedService {
  readonly name: string;
  readonly image: string;
  readonly entrypoint: readonly string[] | undefined;
  readonly command: readonly string[];
  /** Where the command starts; undefined: where the image says. */
  readonly workingDir: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly PathMapping[];
  /** The service whose network namespace it shares. */
  readonly networkOf: string | undefined;
  readonly restart: string;
  /** Services to start before it, and whether they have to be healthy first. */
  readonly dependsOn: ReadonlyMap<string, boolean>;
  readonly healthcheck: RehearsedHealthcheck | undefined;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly stopGrace: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Undefined: the image's own. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  /** Changes with anything that makes Compose create the container anew. */
  readonly hash: string;
}

/**
 * Reads a project as Compose would: file, override, `.env`; services behind a profile are left out.
 * @throws Failure `compose-file-refused`.
 */
export function readComposeProject(dir: string): ReadonlyMap<string, RehearsedService> {
  const variables = readVariables(dir);
  const main = firstText(dir, composeFileNames);
  if (main === undefined) throw refused(`no configuration file in ${dir}`);
  const override = firstText(dir, overrideNames);
  const texts = override === undefined ? [main] : [main, override];
  const merged = mergeServices(texts.map(({ name, text }) => readData(name, text, variables)));
  const services = new Map<string, RehearsedService>();
  for (const [name, fields] of merged) {
    if (Array.isArray(fields['profiles']) && fields['profiles'].length > 0) continue;
    services.set(name, toService(dir, name, fields, variables));
  }
  for (const { name, dependsOn } of services.values()) {
    for (const other of dependsOn.keys()) {
      if (!services.has(other))
        throw refused(`service "${name}" depends on undefined service "${other}"`);
    }
  }
  return services;
}

/** Services with every dependency before what needs it. @throws Failure `compose-file-refused` for a circle. */
export function inStartOrder(
  services: ReadonlyMap<string, RehearsedService>,
): readonly RehearsedService[] {
  const ordered = new Set<RehearsedService>();
  const visit = (service: RehearsedService, path: readonly string[]): void => {
    if (path.includes(service.name))
      throw refused(`dependency cycle detected: ${[...path, service.name].join(' -> ')}`);
    for (const name of service.dependsOn.keys()) {
      const other = services.get(name);
      if (other) visit(other, [...path, service.name]);
    }
    ordered.add(service);
  };
  for (const service of services.values()) visit(service, []);
  return [...ordered];
}

function toService(
  dir: string,
  name: string,
  fields: ServiceFields,
  variables: ReadonlyMap<string, string>,
): RehearsedService {
  const image = fields['image'];
  if (typeof image !== 'string' || image === '')
    throw refused(`service "${name}" has neither an image nor a build context specified`);
  const mode = String(fields['network_mode'] ?? '');
  const variablesOf = environment(fields['environment'], variables);
  const workingDir = fields['working_dir'];
  const networkOf = mode.startsWith('service:') ? mode.slice('service:'.length) : undefined;
  return {
    name,
    image,
    entrypoint: words(fields['entrypoint']),
    command: words(fields['command']) ?? [],
    workingDir: typeof workingDir === 'string' ? workingDir : undefined,
    environment: variablesOf,
    mounts: mounts(dir, fields['volumes']),
    networkOf,
    restart: String(fields['restart'] ?? 'no'),
    dependsOn: dependsOn(fields['depends_on'], networkOf),
    healthcheck: healthcheck(name, fields['healthcheck']),
    stopGrace: duration(name, fields['stop_grace_period'], 10_000),
    labels: textMap(fields['labels']),
    user: user(fields['user']),
    hash: createHash('sha256')
      .update(JSON.stringify([fields, variablesOf]))
      .digest('hex'),
  };
}

function readData(name: string, text: string, variables: ReadonlyMap<string, string>): unknown {
  try {
    return interpolate(parseYaml(name, text).data, variables);
  } catch (error) {
    throw refused(error instanceof Error ? error.message : String(error), error);
  }
}

function readVariables(dir: string): ReadonlyMap<string, string> {
  const statements = readEnvStatements(firstText(dir, ['.env'])?.text ?? '');
  if (!statements.ok) throw refused(`.env: ${statements.problem}`);
  return new Map(statements.value.map(({ name, value }) => [name, value]));
}

function firstText(
  dir: string,
  names: readonly string[],
): { name: string; text: string } | undefined {
  for (const name of names) {
    try {
      return { name, text: readFileSync(join(dir, name), 'utf8') };
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw refused(`${name}: ${errnoOf(error)}`, error);
    }
  }
  return undefined;
}

/** A name without a value is taken from `.env`, and left out if it is not there. */
function environment(
  value: unknown,
  variables: ReadonlyMap<string, string>,
): Record<string, string> {
  const given = Object.entries(isRecord(value) ? value : {});
  return Object.fromEntries(
    given.flatMap(([name, text]) => {
      const found = text === null ? variables.get(name) : String(text);
      return found === undefined ? [] : [[name, found]];
    }),
  );
}

function mounts(dir: string, value: unknown): PathMapping[] {
  return (Array.isArray(value) ? value : []).flatMap((entry) => {
    const volume = readComposeVolume(entry);
    const isPath = volume?.source !== undefined && /^[./~]/.test(volume.source);
    return isPath ? [{ container: volume.target, host: resolve(dir, volume.source ?? '') }] : [];
  });
}

function dependsOn(value: unknown, networkOf: string | undefined): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>();
  if (networkOf !== undefined) found.set(networkOf, false);
  for (const [name, how] of Object.entries(isRecord(value) ? value : {})) {
    found.set(name, isRecord(how) && how['condition'] === 'service_healthy');
  }
  return found;
}

function healthcheck(name: string, value: unknown): RehearsedHealthcheck | undefined {
  if (!isRecord(value) || value['disable'] === true) return undefined;
  const test = value['test'];
  const [kind, ...rest] = Array.isArray(test)
    ? test.map(String)
    : ['CMD-SHELL', String(test ?? '')];
  if (kind === 'NONE') return undefined;
  return {
    command: kind === 'CMD' ? rest : shellWords(rest.join(' ')),
    interval: duration(name, value['interval'], 30_000),
    timeout: duration(name, value['timeout'], 30_000),
    startPeriod: duration(name, value['start_period'], 0),
    retries: Number(value['retries'] ?? 3),
  };
}

function duration(service: string, value: unknown, otherwise: number): number {
  if (value === undefined || value === null) return otherwise;
  const found = goDuration(String(value));
  if (found === undefined)
    throw refused(`service "${service}": invalid duration "${String(value)}"`);
  return found;
}

function words(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  return Array.isArray(value) ? value.map(String) : shellWords(String(value));
}

/** `UID[:GID]`; a user without a group has group 0. Names stand in an image we do not have. */
function user(value: unknown): RehearsedService['user'] {
  const shape = /^(\d+)(?::(\d+))?$/.exec(String(value ?? ''));
  return shape ? { uid: Number(shape[1]), gid: Number(shape[2] ?? 0) } : undefined;
}

function textMap(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(isRecord(value) ? value : {}).map(([key, text]) => [key, String(text ?? '')]),
  );
}

function refused(found: string, cause?: unknown): Failure {
  return new Failure('compose-file-refused', 'Compose does not accept the files.', {
    found,
    nextSteps: ['docker compose config --quiet'],
    ...(cause === undefined ? {} : { cause }),
  });
}

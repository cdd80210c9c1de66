import { commandLine } from '../../domain/command-line.ts';
import { type Deployment, services } from '../../domain/deployment.ts';
import type {
  DoctorObservation,
  ObservedContainerSetup,
  ObservedLog,
} from '../../domain/doctor/doctor-observation.ts';
import { asFailure } from '../../domain/failure.ts';
import { type Parsed, parsed, problem } from '../../domain/result.ts';
import type { Secret } from '../../domain/secret.ts';
import type { StatusObservation } from '../../domain/status-observation.ts';
import { type SupportRedactor, supportRedactor } from '../../domain/support/support-redactor.ts';
import type {
  ComposeInfo,
  ContainerDetails,
  ContainerInfo,
  EngineInfo,
} from '../../ports/engine.ts';
import type { InstallAnswers } from '../install/answers.ts';
import { prerequisites } from '../prerequisites/check-prerequisites.ts';
import { addressesOf, configOf, routesIn } from './observe-config.ts';
import { observeDrift, observeOverrides } from './observe-drift.ts';
import { observePaths } from './observe-paths.ts';
import { observeSecrets } from './observe-secrets.ts';
import { placesOf } from './places-of.ts';
import type { DoctorPorts, DoctorSettings } from './ports.ts';
import { readLog } from './read-log.ts';

/** Larger files of ours hold something else. */
const largest = 4 * 1024 * 1024;

export interface DoctorRequest {
  readonly deployment: Deployment;
  readonly settings: DoctorSettings;
  /** What the deployment was told before. */
  readonly remembered: Parsed<InstallAnswers>;
  readonly status: StatusObservation;
  readonly signal: AbortSignal;
}

/** What was seen, and what only a report for support needs of it. */
export interface Observed {
  readonly seen: DoctorObservation;
  readonly engine: EngineInfo | undefined;
  readonly compose: ComposeInfo | undefined;
  readonly containers: readonly ContainerInfo[];
  /** Variables and commands in full: not to be shown as they are. */
  readonly details: readonly ContainerDetails[];
  readonly redactor: SupportRedactor;
}

async function attempt<T>(ask: Promise<T>): Promise<T | undefined> {
  return await ask.catch(() => undefined);
}

async function containersOf(
  { engine }: DoctorPorts,
  { dir }: Deployment,
  project: string | undefined,
): Promise<readonly ContainerInfo[]> {
  const own = (await attempt(engine.containers({ workingDir: dir }))) ?? [];
  return own.filter((each) => project === undefined || each.project === project);
}

async function composeTakes(
  { compose }: DoctorPorts,
  dir: string,
  project: string | undefined,
): Promise<Parsed<true> | undefined> {
  if (project === undefined) return undefined;
  try {
    await compose.validate({ dir, project });
    return parsed(true);
  } catch (error) {
    const { code, summary, found } = asFailure(error);
    return code === 'compose-file-refused' ? problem(found ?? summary) : undefined;
  }
}

function setupOf(
  containers: readonly ContainerInfo[],
  details: ContainerDetails,
): ObservedContainerSetup {
  const { id, user, networkMode, mounts, environment, error, outOfMemory } = details;
  return {
    ...{ id, user, networkMode, error, outOfMemory },
    service: containers.find((each) => each.id === id)?.service ?? '',
    mounts: mounts.map(({ source, target }) => ({ source, target })),
    variables: environment.map((each) => each.split('=')[0] ?? ''),
  };
}

async function logsOf(
  ports: DoctorPorts,
  containers: readonly ContainerInfo[],
  places: DoctorObservation['places'],
  options: Parameters<typeof readLog>[2],
): Promise<ReadonlyMap<string, ObservedLog>> {
  const known = [places.proxyService, services.cloudflared, services.sample, 'setup'];
  const read = await Promise.all(
    containers
      .filter(({ service }) => known.includes(service))
      .map(async (each) => [each.service, await readLog(ports, each, options)] as const),
  );
  return new Map(read);
}

/** Public texts that the keys' bytes may show in, too. */
async function certificateTexts(
  { files }: DoctorPorts,
  { caCertificate, serverCertificate }: Deployment,
): Promise<readonly string[]> {
  const texts = await Promise.all(
    [caCertificate, serverCertificate].map((path) => attempt(files.readText(path, largest))),
  );
  return texts.flatMap((text) => text ?? []);
}

/** Looks at everything that `doctor` judges; changes nothing, and never throws for what it meets. */
export async function observeDoctor(
  ports: DoctorPorts,
  { deployment, settings, remembered, status, signal }: DoctorRequest,
): Promise<Observed> {
  const { dir } = deployment;
  const places = placesOf(deployment);
  const config = await configOf(ports, deployment);
  const [engine, compose, containers] = await Promise.all([
    attempt(ports.engine.info()),
    attempt(ports.compose.info()),
    containersOf(ports, deployment, status.project),
  ]);
  const details = (
    await Promise.all(containers.map(({ id }) => attempt(ports.engine.details(id))))
  ).flatMap((each) => each ?? []);
  const { secrets, ...found } = await observeSecrets(ports, {
    ...{ deployment, places, containers, details },
  });
  const hidden: readonly Secret[] = [...secrets, ...settings.shellSecrets];
  const redactor = supportRedactor(hidden, await certificateTexts(ports, deployment));
  const install = commandLine([...settings.self, 'install', '--dir', dir]);
  const context = {
    ...{ ports, deployment, settings },
    answers: { routes: routesIn(config) },
  };
  const [judged, composeAccepts, drift, overrides, files, logs, addresses] = await Promise.all([
    Promise.all(prerequisites.map(({ check }) => check(context))),
    composeTakes(ports, dir, status.project),
    observeDrift(ports, {
      ...{ deployment, engine, project: status.project },
      ...{ answers: remembered, redact: redactor.foreign },
    }),
    observeOverrides(ports, deployment),
    observePaths(ports, deployment, engine),
    logsOf(ports, containers, places, { install, signal, redact: redactor.foreign }),
    addressesOf(ports, config, containers),
  ]);
  signal.throwIfAborted();
  const told = remembered.ok ? remembered.value : undefined;
  const caRegistered = told?.certificates.caRegistered ?? told?.certificates.caRemembered;
  return {
    seen: {
      ...{ status, places, config, composeAccepts, drift, overrides, files, logs, addresses },
      ...found,
      prerequisites: judged.flat().map(({ result }) => result),
      shell: settings.shell,
      setups: details.map((each) => setupOf(containers, each)),
      told: {
        ...(told === undefined ? {} : { domain: told.domain }),
        ...(caRegistered === undefined ? {} : { caRegistered }),
      },
    },
    ...{ engine, compose, containers, details, redactor },
  };
}

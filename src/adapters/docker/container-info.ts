import type { ContainerInspectInfo } from 'dockerode';
import type { ContainerInfo } from '../../ports/engine.ts';

/** Labels that Compose v1 and v2 put on what they make. */
export const composeLabels = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  workingDir: 'com.docker.compose.project.working_dir',
  oneOff: 'com.docker.compose.oneoff',
} as const;

const states = [
  'created',
  'running',
  'paused',
  'restarting',
  'removing',
  'exited',
  'dead',
] as const;
const restartPolicies = ['no', 'always', 'unless-stopped', 'on-failure'] as const;
const healths = ['none', 'starting', 'healthy', 'unhealthy'] as const;

/** The member of a closed list that equals the text. */
function member<T extends string>(list: readonly T[], text: string | undefined): T | undefined {
  return list.find((each) => each === text);
}

/** The engine writes the year 1 for "never". */
export function dateOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() <= 1 ? undefined : date;
}

/** A container of a Compose project, from the engine's `inspect`. */
export function containerInfo(inspected: ContainerInspectInfo): ContainerInfo {
  const { State: state, Config: config } = inspected;
  const labels = config.Labels ?? {};
  return {
    id: inspected.Id,
    name: inspected.Name.replace(/^\//, ''),
    project: labels[composeLabels.project] ?? '',
    service: labels[composeLabels.service] ?? '',
    workingDir: labels[composeLabels.workingDir] ?? '',
    oneOff: labels[composeLabels.oneOff]?.toLowerCase() === 'true',
    image: config.Image,
    imageId: inspected.Image,
    state: member(states, state.Status) ?? 'dead',
    health: member(healths, state.Health?.Status) ?? 'none',
    restartCount: inspected.RestartCount,
    // An engine leaves the name empty where none was given.
    restartPolicy: member(restartPolicies, inspected.HostConfig?.RestartPolicy?.Name) ?? 'no',
    exitCode: state.ExitCode,
    startedAt: dateOf(state.StartedAt),
    createdAt: dateOf(inspected.Created) ?? new Date(0),
    labels,
    addresses: Object.fromEntries(
      Object.entries(inspected.NetworkSettings.Networks ?? {})
        .filter(([, network]) => network.IPAddress)
        .map(([name, network]) => [name, network.IPAddress]),
    ),
  };
}

/**
 * Where the log of the container's current start begins; undefined if it was started only once.
 * The engine notes the start after the program runs: a quick program's lines carry earlier stamps
 * than StartedAt [seen on 20.10: 0.4 ms]. So between the previous end and this start, where the
 * previous end is known, at most a second back; else a little before the start.
 */
export function currentStart(state: {
  readonly StartedAt: string;
  readonly FinishedAt: string;
}): Date | undefined {
  const started = dateOf(state.StartedAt)?.getTime();
  const finished = dateOf(state.FinishedAt)?.getTime();
  if (started === undefined || finished === undefined) return undefined;
  return finished < started
    ? new Date(Math.max((finished + started) / 2, started - 1000))
    : new Date(started - 100);
}

import type { ContainerInspectInfo } from 'dockerode';
import type { ContainerDetails } from '../../ports/engine.ts';
import { dateOf } from './container-info.ts';

/** The engine writes a single word, a list, or null. */
function words(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' && value !== '' ? [value] : [];
}

/** The client's types lack it. */
function stopTimeoutOf(config: object): number | undefined {
  const seconds: unknown = Reflect.get(config, 'StopTimeout');
  return typeof seconds === 'number' ? seconds : undefined;
}

/** How a container was created, from the engine's `inspect`; what is missing there is empty. */
export function containerDetails(inspected: ContainerInspectInfo): ContainerDetails {
  const { Config: config, HostConfig: host, State: state } = inspected;
  return {
    id: inspected.Id,
    user: config.User ?? '',
    entrypoint: words(config.Entrypoint),
    command: words(config.Cmd),
    environment: words(config.Env),
    networkMode: host.NetworkMode ?? '',
    mounts: (inspected.Mounts ?? []).map(({ Source, Destination, RW }) => ({
      source: Source,
      target: Destination,
      readOnly: !RW,
    })),
    readOnlyRoot: host.ReadonlyRootfs ?? false,
    capDrop: words(host.CapDrop),
    securityOptions: words(host.SecurityOpt),
    logDriver: host.LogConfig?.Type ?? '',
    stopTimeout: stopTimeoutOf(config),
    outOfMemory: state.OOMKilled,
    error: state.Error ?? '',
    finishedAt: dateOf(state.FinishedAt),
  };
}

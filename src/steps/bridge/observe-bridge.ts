import {
  type BridgePlace,
  type BridgeRecord,
  bridgeAt,
  bridgeProject,
  readBridgeFile,
} from '../../domain/bridge.ts';
import type { ContainerInfo } from '../../ports/engine.ts';
import { observeSecretFile } from '../install/observe.ts';
import type { InstallPorts } from '../install/ports.ts';
import type { DeployedWorld, ObservedSecretFile } from '../install/world.ts';

/** What there is of a bridge: nothing, or what a run that was killed left. */
export interface ObservedBridge {
  readonly place: BridgePlace;
  readonly project: string;
  /** True if anything of it is on disk or in the engine. */
  readonly left: boolean;
  readonly containers: readonly ContainerInfo[];
  readonly token: ObservedSecretFile | undefined;
  /** What its compose file says; undefined without one. */
  readonly record: BridgeRecord | undefined;
  /** Texts of its own config and upstream CA, where it has such. */
  readonly proxyConfig: string | undefined;
  readonly upstreamCa: string | undefined;
  /** PEM of a server certificate of its own, where it has such. */
  readonly serverCertificate: string | undefined;
  /**
   * The network that the main pair’s proxy is on; while that is stopped, the one that a bridge which
   * was left stands on. Undefined without either.
   */
  readonly network: string | undefined;
  /** Others that the main pair’s proxy is on. */
  readonly moreNetworks: readonly string[];
}

/** Looks for the bridge of a deployment; changes nothing. */
export async function observeBridge(
  ports: InstallPorts,
  world: DeployedWorld,
): Promise<ObservedBridge> {
  const place = bridgeAt(world.deployment);
  const project = bridgeProject(world.project.name);
  const containers = await ports.engine.containers({ project, workingDir: place.dir });
  const proxy = world.containers.find(
    (each) => each.service === world.deployment.proxyService && each.state === 'running',
  );
  const [network, ...moreNetworks] = Object.keys(proxy?.addresses ?? {});
  const composeFile = await ports.files.readText(place.composeFile);
  const record = composeFile === undefined ? undefined : readBridgeFile(composeFile);
  return {
    place,
    project,
    containers,
    record,
    proxyConfig: await ports.files.readText(place.proxyConfig),
    upstreamCa: await ports.files.readText(place.upstreamCa),
    serverCertificate: await ports.files.readText(place.serverCertificate),
    left: containers.length > 0 || (await ports.files.stat(place.dir)) !== undefined,
    token: await observeSecretFile(ports, place.tunnelToken, true),
    network: network ?? record?.network,
    moreNetworks,
  };
}

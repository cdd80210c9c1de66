import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { McpClient } from '../ports/mcp-client.ts';
import type { Network } from '../ports/network.ts';
import type { ProxyTls } from '../ports/proxy-tls.ts';
import { Console } from './console.ts';
import { ConsoleRegistrar } from './console-registrar.ts';
import { NetworkTable } from './container/network-table.ts';
import { Edge } from './edge/edge.ts';
import { removeIncomplete } from './incomplete-file.ts';
import { listenForMessages, type RunningApi } from './messages/messages-server.ts';
import { RecordedOwnedFiles } from './recorded-owned-files.ts';
import { ContainerSet } from './rehearsal/container-set.ts';
import { type Programs, rehearsalPlace } from './rehearsal/place.ts';
import type { ProgramRole } from './rehearsal/program-role.ts';
import { RehearsedImages } from './rehearsal/rehearsed-images.ts';
import { RehearsalCompose } from './rehearsal-compose.ts';
import { RehearsalEngine } from './rehearsal-engine.ts';
import { rehearsalMcpClient } from './rehearsal-mcp-client.ts';
import { edgeHosts, edgePort, RehearsalNetwork } from './rehearsal-network.ts';
import { rehearsalProxyTls } from './rehearsal-proxy-tls.ts';
import { SimulatedVendorSide } from './vendor-side.ts';

export interface RehearsalOptions {
  /** Absolute path of the deployment that is rehearsed. */
  readonly deploymentDir: string;
  readonly programs: Programs;
  /** Roles of image references whose name does not tell, such as a mirror's. */
  readonly imageRoles?: Readonly<Record<string, ProgramRole>>;
  /** Hosts of the vendor's API. */
  readonly apiHosts?: readonly string[];
  /** Upstreams that routes name outside the rehearsal, and the real network to reach them by. */
  readonly outside?: { readonly network: Network; readonly hosts: readonly string[] };
}

/** Everything that plays the vendor and Docker in a rehearsal. */
export interface Rehearsal {
  readonly console: Console;
  readonly registrar: ConsoleRegistrar;
  readonly edge: Edge;
  readonly engine: RehearsalEngine;
  readonly compose: RehearsalCompose;
  readonly ownedFiles: RecordedOwnedFiles;
  readonly network: RehearsalNetwork;
  readonly vendorSide: SimulatedVendorSide;
  /** Starts the Messages API on loopback, once; gives its address. */
  messages(): Promise<string>;
  /** An MCP client that also reaches the pretend containers. */
  mcp(real: McpClient): McpClient;
  proxyTls(real: ProxyTls): ProxyTls;
  /** Starts the containers that ran when the last command ended. */
  resume(): void;
  /** Ends every process; what ran is remembered. */
  close(): Promise<void>;
}

/** Opens the rehearsal of a deployment. One process at a time: the caller holds the deployment's lock. */
export async function openRehearsal(options: RehearsalOptions): Promise<Rehearsal> {
  const { deploymentDir, programs, outside } = options;
  // Not below the deployment: that may not exist yet, and a dry run must not make it.
  const networkDir = await mkdtemp(join(tmpdir(), 'mcp-tunnel-network-'));
  const place = rehearsalPlace(deploymentDir, networkDir);
  for (const file of [place.console, place.containers, place.images, place.owners])
    removeIncomplete(file);
  const connections: { drop?: (tunnel: string) => void } = {};
  const console = new Console({
    file: place.console,
    edge: `${Object.keys(edgeHosts)[0]}:${edgePort}`,
    onArchived: (tunnel) => connections.drop?.(tunnel),
  });
  const edge = await Edge.listen({ directory: console });
  connections.drop = (tunnel) => edge.drop(tunnel);
  const table = NetworkTable.create(place.networkDir);
  const edgeNamespace = 'edge';
  table.addNamespace(edgeNamespace);
  for (const [name, address] of Object.entries(edgeHosts)) {
    table.setName(name, address);
    table.setAddress(address, edgeNamespace);
  }
  table.bind(edgeNamespace, edgePort, edge.port);
  const containers = new ContainerSet({
    place,
    programs,
    table,
    outsideHosts: outside?.hosts ?? [],
  });
  const images = new RehearsedImages(place.images, programs.files, options.imageRoles ?? {});
  let api: Promise<RunningApi> | undefined;
  return {
    console,
    registrar: new ConsoleRegistrar(console),
    edge,
    engine: new RehearsalEngine(containers, images, deploymentDir),
    compose: new RehearsalCompose(containers, images),
    ownedFiles: new RecordedOwnedFiles(place.owners, deploymentDir),
    network: new RehearsalNetwork({
      edge,
      apiHosts: options.apiHosts ?? ['api.anthropic.com'],
      ...(outside ? { outside } : {}),
    }),
    vendorSide: new SimulatedVendorSide(edge),
    messages: async () => {
      api ??= listenForMessages({ edge, workspaces: console });
      return (await api).url;
    },
    mcp: (real) => rehearsalMcpClient(table, real),
    proxyTls: (real) => rehearsalProxyTls(table, real),
    resume: () => containers.resume(),
    close: async () => {
      await (await api?.catch(() => undefined))?.close();
      await containers.close();
      await edge.close();
      await rm(networkDir, { recursive: true, force: true });
    },
  };
}

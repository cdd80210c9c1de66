import { join, relative } from 'node:path';
import { bridgeFile } from '../../domain/bridge.ts';
import type { Change } from '../../domain/change.ts';
import { formatMode } from '../../domain/change.ts';
import { Failure } from '../../domain/failure.ts';
import { fileDiff } from '../../domain/file-diff.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Emit } from '../../runner/events.ts';
import type { InstallPorts } from '../install/ports.ts';
import { secretMode, secretOwner } from '../install/server-certificate.ts';
import type { DeployedWorld, InstallWorld } from '../install/world.ts';
import { planStateFolder } from '../state-folder.ts';
import { planVariables, writeVariables } from './bridge-variables.ts';
import type { ObservedBridge } from './observe-bridge.ts';

/** What building a bridge looks at. */
export interface BridgingWorld extends DeployedWorld {
  readonly bridge: ObservedBridge;
}

/** A deployment and the bridge beside it. */
export interface BridgedWorld extends InstallWorld, BridgingWorld {}

/** A server pair that is not the deployment's, with what else the proxy looks for in `data/`. */
export interface BridgeData {
  readonly key: Secret;
  readonly certificate: string;
  readonly caCertificate: string;
  /** CA of https upstreams, under the name that the configuration has for it. */
  readonly upstreamCa?: { readonly name: string; readonly text: string };
}

/** What a bridge runs with; all else is the deployment's own. */
export interface BridgeContent {
  readonly token: Secret;
  /** What goes on meanwhile, as a noun phrase. */
  readonly purpose: string;
  /** Why it is needed; without: because the main pair restarts. */
  readonly why?: string;
  /** How to get what is wanted where no stack runs. */
  readonly otherwise: string;
  /** Text of a `config/mcp-proxy.yaml` of its own. */
  readonly proxyConfig?: string;
  /** PEM of an upstream CA of its own; only with a config that names `bridgeUpstreamCa`. */
  readonly upstreamCa?: string;
  /** A `data/` of its own. */
  readonly data?: BridgeData;
  /** Routes that its config no longer has. */
  readonly without?: readonly string[];
}

/** What of a bridge's content a plan has to know: a pair of its own may not be made yet. */
export interface PlannedBridge extends Omit<BridgeContent, 'data'> {
  readonly data?: BridgeData | 'to be made';
}

const directoryMode = 0o711;
const fileMode = 0o644;

/**
 * The bridge's compose file.
 * @throws Failure `stack-not-running`: there is no pair beside which another could stand.
 */
function wantedFile(world: BridgingWorld, content: Omit<PlannedBridge, 'token'>): string {
  const { bridge, deployment, files, project, engine } = world;
  const compose = files.get(deployment.composeFile)?.text;
  if (compose !== undefined && bridge.network !== undefined) {
    return bridgeFile({
      compose,
      layout: deployment.layout,
      purpose: content.purpose,
      project: project.name,
      network: bridge.network,
      moreNetworks: bridge.moreNetworks,
      selinux: engine.selinux,
      ownConfig: content.proxyConfig !== undefined,
      ownUpstreamCa: content.upstreamCa !== undefined,
      ownData: content.data !== undefined,
      without: content.without ?? [],
    });
  }
  throw new Failure(
    'stack-not-running',
    'The stack does not run: there is no traffic to keep up.',
    {
      found: compose === undefined ? `no ${deployment.composeFile}` : 'mcp-proxy is not running',
      expected: 'a running mcp-proxy',
      nextSteps: ['Start it first: mcp-tunnel install', content.otherwise],
    },
  );
}

/** The files of its configuration, with what they are. */
function ownConfig(
  { place }: ObservedBridge,
  content: Omit<PlannedBridge, 'data'>,
): readonly { readonly path: string; readonly text: string; readonly what: string }[] {
  const { proxyConfig, upstreamCa } = content;
  const config = { path: place.proxyConfig, what: 'its configuration' };
  const ca = { path: place.upstreamCa, what: 'its CA of https upstreams' };
  return [
    ...(proxyConfig === undefined ? [] : [{ ...config, text: proxyConfig }]),
    ...(upstreamCa === undefined ? [] : [{ ...ca, text: upstreamCa }]),
  ];
}

/** The lines of a plan for a pair of its own. */
function planData(world: BridgingWorld): readonly Change[] {
  const { place } = world.bridge;
  const name = (path: string) => relative(world.deployment.dir, path);
  return [
    {
      action: 'create',
      what: `${name(place.serverKey)}, the new pair’s private key`,
      path: place.serverKey,
      mode: formatMode(secretMode),
      owner: String(secretOwner.uid),
      undoable: true,
    },
    {
      action: 'create',
      what: `${name(place.serverCertificate)} and ca.crt, the new pair’s certificates`,
      path: place.serverCertificate,
      mode: formatMode(fileMode),
      undoable: true,
    },
  ];
}

/** True if a bridge that was left is the one that would be built. */
export function isSameBridge(world: BridgingWorld, content: BridgeContent): boolean {
  const { left, token, proxyConfig, upstreamCa, serverCertificate } = world.bridge;
  const sameFiles =
    proxyConfig === content.proxyConfig &&
    upstreamCa === content.upstreamCa &&
    serverCertificate === content.data?.certificate;
  return left && sameFiles && token?.content?.equals(content.token) === true;
}

/** The lines of a plan that build a bridge. */
export function planBridge(world: BridgingWorld, content: PlannedBridge): readonly Change[] {
  const { place, project } = world.bridge;
  const { token } = content;
  const text = wantedFile(world, content);
  const compose = world.compose.command;
  const { deployment, directories } = world;
  return [
    ...planStateFolder(deployment, directories.get(deployment.stateDir)),
    {
      action: 'create',
      what: '.mcp-tunnel/bridge/docker-compose.yaml, a second pair for as long as this takes',
      path: place.composeFile,
      mode: formatMode(fileMode),
      diff: text
        .split('\n')
        .map((line) => `+${line}`)
        .join('\n'),
      why: content.why ?? 'it carries the tunnel while the main pair restarts',
      undoable: true,
    },
    ...planVariables(world, text),
    ...ownConfig(world.bridge, content).map(
      ({ path, text: own, what }): Change => ({
        action: 'create',
        what: `${relative(world.deployment.dir, path)}, ${what}`,
        path,
        mode: formatMode(fileMode),
        diff: fileDiff(relative(world.deployment.dir, path), undefined, own),
        undoable: true,
      }),
    ),
    ...(content.data === undefined ? [] : planData(world)),
    {
      action: 'create',
      what: `.mcp-tunnel/bridge/credentials/tunnel-token (fingerprint ${token.fingerprint})`,
      path: place.tunnelToken,
      mode: formatMode(secretMode),
      owner: String(secretOwner.uid),
      undoable: true,
    },
    {
      action: 'run',
      what: 'start the second pair',
      command: [
        ...compose,
        '--project-name',
        project,
        '--project-directory',
        place.dir,
        'up',
        '-d',
      ],
      undoable: true,
    },
  ];
}

/** A file that only the containers' user reads. */
async function writeSecret(
  ports: InstallPorts,
  path: string,
  secret: Secret,
  emit: Emit,
): Promise<void> {
  const { uid } = secretOwner;
  await ports.ownedFiles.write(path, Buffer.from(secret.reveal()), secretOwner, secretMode);
  emit({ type: 'file.written', path, mode: formatMode(secretMode), owner: String(uid) });
}

/** The files of its `data/` that may lie open. */
function openData({ place }: ObservedBridge, data: BridgeData) {
  const { upstreamCa } = data;
  return [
    { path: place.serverCertificate, text: data.certificate },
    { path: place.caCertificate, text: data.caCertificate },
    ...(upstreamCa ? [{ path: join(place.dataDir, upstreamCa.name), text: upstreamCa.text }] : []),
  ];
}

/** Writes the bridge's files. */
export async function writeBridge(
  ports: InstallPorts,
  world: BridgingWorld,
  content: BridgeContent,
  emit: Emit,
): Promise<void> {
  const { place } = world.bridge;
  const { data } = content;
  const config = ownConfig(world.bridge, content);
  const composeText = wantedFile(world, content);
  const open = [
    { path: place.composeFile, text: composeText },
    ...config,
    ...(data ? openData(world.bridge, data) : []),
  ];
  const folders = [
    ...[place.dir, place.credentialsDir],
    ...(config.length > 0 ? [place.configDir] : []),
    ...(data ? [place.dataDir] : []),
  ];
  for (const path of folders) {
    await ports.files.makeDirectory(path, directoryMode);
    await ports.files.setMode(path, directoryMode);
  }
  await writeVariables(ports, world, composeText);
  if (data) await writeSecret(ports, place.serverKey, data.key, emit);
  for (const { path, text } of open) {
    await ports.files.write(path, text, fileMode);
    emit({ type: 'file.written', path, mode: formatMode(fileMode) });
  }
  await writeSecret(ports, place.tunnelToken, content.token, emit);
}

/** Ends the bridge with its grace, and removes what it left; the secrets in it first. Safe to repeat. */
export async function removeBridge(ports: InstallPorts, world: BridgingWorld): Promise<void> {
  const { place, project } = world.bridge;
  const containers = await ports.engine.containers({ project, workingDir: place.dir });
  if (containers.length > 0) {
    // Compose needs the file to know the project; a damaged one must not keep the pair alive for ever.
    if ((await ports.files.stat(place.composeFile)) === undefined) {
      const text = wantedFile(world, { purpose: 'its removal', otherwise: '' });
      await ports.files.write(place.composeFile, text, fileMode);
    }
    await ports.compose.down({ dir: place.dir, project });
  }
  // Whatever lies there: a run that was killed while it wrote has left more than the files it names.
  for (const folder of [place.credentialsDir, place.dataDir, place.configDir, place.dir]) {
    for (const name of await ports.files.list(folder)) await ports.files.remove(join(folder, name));
    await ports.files.remove(folder);
  }
}

/** The lines of a plan that end a bridge. */
export function planRemoval({ bridge, compose }: BridgingWorld): readonly Change[] {
  const { place, project } = bridge;
  const argv = ['--project-name', project, '--project-directory', place.dir, 'down'];
  return [
    {
      action: 'run',
      what: 'stop the second pair, with the time its requests need',
      command: [...compose.command, ...argv],
      undoable: false,
    },
    {
      action: 'remove',
      what: '.mcp-tunnel/bridge/, with its token',
      path: place.dir,
      undoable: false,
    },
  ];
}

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
import type { InstallWorld } from '../install/world.ts';
import type { ObservedBridge } from './observe-bridge.ts';

/** A deployment and the bridge beside it. */
export interface BridgedWorld extends InstallWorld {
  readonly bridge: ObservedBridge;
}

/** What a bridge runs with; all else is the deployment's own. */
export interface BridgeContent {
  readonly token: Secret;
  /** What goes on meanwhile, as a noun phrase. */
  readonly purpose: string;
  /** How to get what is wanted where no stack runs. */
  readonly otherwise: string;
  /** Text of a `config/mcp-proxy.yaml` of its own. */
  readonly proxyConfig?: string;
  /** PEM of an upstream CA of its own; only with a config that names `bridgeUpstreamCa`. */
  readonly upstreamCa?: string;
  /** Routes that its config no longer has. */
  readonly without?: readonly string[];
}

const directoryMode = 0o711;
const fileMode = 0o644;

/**
 * The bridge's compose file.
 * @throws Failure `stack-not-running`: there is no pair beside which another could stand.
 */
function wantedFile(world: BridgedWorld, content: Omit<BridgeContent, 'token'>): string {
  const { bridge, deployment, files, project, engine } = world;
  const compose = files.get(deployment.composeFile)?.text;
  if (compose !== undefined && bridge.network !== undefined) {
    return bridgeFile({
      compose,
      purpose: content.purpose,
      project: project.name,
      network: bridge.network,
      selinux: engine.selinux,
      ownConfig: content.proxyConfig !== undefined,
      ownUpstreamCa: content.upstreamCa !== undefined,
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

/** The files of a bridge that may lie open, with what they are. */
function ownFiles(
  { place }: ObservedBridge,
  content: BridgeContent,
): readonly { readonly path: string; readonly text: string; readonly what: string }[] {
  const { proxyConfig, upstreamCa } = content;
  const config = { path: place.proxyConfig, what: 'its configuration' };
  const ca = { path: place.upstreamCa, what: 'its CA of https upstreams' };
  return [
    ...(proxyConfig === undefined ? [] : [{ ...config, text: proxyConfig }]),
    ...(upstreamCa === undefined ? [] : [{ ...ca, text: upstreamCa }]),
  ];
}

/** True if a bridge that was left is the one that would be built. */
export function isSameBridge(world: BridgedWorld, content: BridgeContent): boolean {
  const { left, token, proxyConfig, upstreamCa } = world.bridge;
  const sameFiles = proxyConfig === content.proxyConfig && upstreamCa === content.upstreamCa;
  return left && sameFiles && token?.content?.equals(content.token) === true;
}

/** The lines of a plan that build a bridge. */
export function planBridge(world: BridgedWorld, content: BridgeContent): readonly Change[] {
  const { place, project } = world.bridge;
  const { token } = content;
  const text = wantedFile(world, content);
  const compose = world.compose.command;
  return [
    {
      action: 'create',
      what: '.mcp-tunnel/bridge/docker-compose.yaml, a second pair for as long as this takes',
      path: place.composeFile,
      mode: formatMode(fileMode),
      diff: text
        .split('\n')
        .map((line) => `+${line}`)
        .join('\n'),
      why: 'it carries the tunnel while the main pair restarts',
      undoable: true,
    },
    ...ownFiles(world.bridge, content).map(
      ({ path, text: own, what }): Change => ({
        action: 'create',
        what: `${relative(world.deployment.dir, path)}, ${what}`,
        path,
        mode: formatMode(fileMode),
        diff: fileDiff(relative(world.deployment.dir, path), undefined, own),
        undoable: true,
      }),
    ),
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

/** Writes the bridge's files. */
export async function writeBridge(
  ports: InstallPorts,
  world: BridgedWorld,
  content: BridgeContent,
  emit: Emit,
): Promise<void> {
  const { place } = world.bridge;
  const own = ownFiles(world.bridge, content);
  const open = [{ path: place.composeFile, text: wantedFile(world, content) }, ...own];
  const config = own.length > 0 ? [place.configDir] : [];
  for (const path of [place.dir, place.credentialsDir, ...config]) {
    await ports.files.makeDirectory(path, directoryMode);
    await ports.files.setMode(path, directoryMode);
  }
  for (const { path, text } of open) {
    await ports.files.write(path, text, fileMode);
    emit({ type: 'file.written', path, mode: formatMode(fileMode) });
  }
  const bytes = Buffer.from(content.token.reveal());
  await ports.ownedFiles.write(place.tunnelToken, bytes, secretOwner, secretMode);
  emit({
    type: 'file.written',
    path: place.tunnelToken,
    mode: formatMode(secretMode),
    owner: String(secretOwner.uid),
  });
}

/** Ends the bridge with its grace, and removes what it left; the token in it first. Safe to repeat. */
export async function removeBridge(ports: InstallPorts, world: BridgedWorld): Promise<void> {
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
  for (const folder of [place.credentialsDir, place.configDir, place.dir]) {
    for (const name of await ports.files.list(folder)) await ports.files.remove(join(folder, name));
    await ports.files.remove(folder);
  }
}

/** The lines of a plan that end a bridge. */
export function planRemoval({ bridge, compose }: BridgedWorld): readonly Change[] {
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

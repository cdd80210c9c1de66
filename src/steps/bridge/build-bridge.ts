import { bridgeFile } from '../../domain/bridge.ts';
import type { Change } from '../../domain/change.ts';
import { formatMode } from '../../domain/change.ts';
import { Failure } from '../../domain/failure.ts';
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

const directoryMode = 0o711;
const fileMode = 0o644;

/**
 * The bridge's compose file.
 * @throws Failure `stack-not-running`: there is no pair beside which another could stand.
 */
function wantedFile(world: BridgedWorld, purpose: string): string {
  const { bridge, deployment, files, project, engine } = world;
  const compose = files.get(deployment.composeFile)?.text;
  if (compose !== undefined && bridge.network !== undefined) {
    return bridgeFile({
      ...{ compose, purpose },
      project: project.name,
      network: bridge.network,
      selinux: engine.selinux,
    });
  }
  throw new Failure(
    'stack-not-running',
    'The stack does not run: there is no traffic to keep up.',
    {
      found: compose === undefined ? `no ${deployment.composeFile}` : 'mcp-proxy is not running',
      expected: 'a running mcp-proxy',
      nextSteps: [
        'Start it first: mcp-tunnel install',
        'Or give the new token there: mcp-tunnel install --token-file FILE',
      ],
    },
  );
}

/** The lines of a plan that build a bridge. */
export function planBridge(world: BridgedWorld, token: Secret, purpose: string): readonly Change[] {
  const { place, project } = world.bridge;
  const text = wantedFile(world, purpose);
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
  token: Secret,
  purpose: string,
  emit: Emit,
): Promise<void> {
  const { place } = world.bridge;
  const text = wantedFile(world, purpose);
  for (const path of [place.dir, place.credentialsDir]) {
    await ports.files.makeDirectory(path, directoryMode);
    await ports.files.setMode(path, directoryMode);
  }
  await ports.files.write(place.composeFile, text, fileMode);
  emit({ type: 'file.written', path: place.composeFile, mode: formatMode(fileMode) });
  const bytes = Buffer.from(token.reveal());
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
    if ((await ports.files.stat(place.composeFile)) === undefined)
      await ports.files.write(place.composeFile, wantedFile(world, 'removal'), fileMode);
    await ports.compose.down({ dir: place.dir, project });
  }
  for (const path of [place.tunnelToken, place.credentialsDir, place.composeFile, place.dir])
    await ports.files.remove(path);
}

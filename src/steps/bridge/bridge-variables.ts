import { bridgeVariables } from '../../domain/bridge.ts';
import { type Change, formatMode } from '../../domain/change.ts';
import type { Secret } from '../../domain/secret.ts';
import type { InstallPorts } from '../install/ports.ts';
import type { BridgingWorld } from './build-bridge.ts';

const mode = 0o600;

function variablesFor({ files, deployment }: BridgingWorld, file: string): Secret | undefined {
  return bridgeVariables(file, files.get(deployment.envFile)?.text);
}

/** The line of a plan for the variables that a bridge's file takes from the deployment's `.env`. */
export function planVariables(world: BridgingWorld, file: string): readonly Change[] {
  if (!variablesFor(world, file)) return [];
  return [
    {
      action: 'create',
      what: '.mcp-tunnel/bridge/.env, the variables of .env without the token',
      path: world.bridge.place.envFile,
      mode: formatMode(mode),
      undoable: true,
    },
  ];
}

/** Writes them. */
export async function writeVariables(
  { files }: Pick<InstallPorts, 'files'>,
  world: BridgingWorld,
  file: string,
): Promise<void> {
  const text = variablesFor(world, file);
  if (text) await files.write(world.bridge.place.envFile, text.reveal(), mode);
}

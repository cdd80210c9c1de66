import { relative } from 'node:path';
import { type Change, formatMode } from '../../domain/change.ts';
import type { Secret } from '../../domain/secret.ts';
import type { BridgedWorld } from '../bridge/build-bridge.ts';
import { secretMode, secretOwner } from '../install/server-certificate.ts';
import type { RotationContext } from './rotation.ts';

/** A token file that was made by hand stays as its owner made it. */
function ownerOf({ token }: BridgedWorld) {
  return token?.owner ?? { ...secretOwner, mode: secretMode };
}

/** The line of a plan that puts the new token into the operator's own file. */
export function planOwnFile(world: BridgedWorld, token: Secret): Change {
  const { tunnelToken, dir } = world.deployment;
  const { uid, mode } = ownerOf(world);
  const line = {
    what: `${relative(dir, tunnelToken)}, tunnel token (fingerprint ${token.fingerprint})`,
    path: tunnelToken,
    mode: formatMode(mode),
    owner: String(uid),
    undoable: false,
  };
  if (world.deployedToken?.equals(token)) return { action: 'keep', ...line };
  return { action: world.token ? 'change' : 'create', ...line };
}

/** Writes it, whole or not at all. */
export async function writeOwnFile(
  { world, ports, emit }: Pick<RotationContext, 'world' | 'ports' | 'emit'>,
  token: Secret,
): Promise<void> {
  const { tunnelToken: path } = world.deployment;
  const { uid, gid, mode } = ownerOf(world);
  await ports.ownedFiles.write(path, Buffer.from(token.reveal()), { uid, gid }, mode);
  emit({ type: 'file.written', path, mode: formatMode(mode), owner: String(uid) });
}

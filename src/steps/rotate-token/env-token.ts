import { type Change, formatMode } from '../../domain/change.ts';
import { services } from '../../domain/deployment.ts';
import { planEnvFile } from '../../domain/env-file.ts';
import type { Secret } from '../../domain/secret.ts';
import type { BridgedWorld } from '../bridge/build-bridge.ts';
import type { RotationContext } from './rotation.ts';

const mode = 0o600;

/** `.env` with the new token; all else in it stays. */
function textWith({ files, deployment }: BridgedWorld, token: Secret): Secret {
  return planEnvFile(files.get(deployment.envFile)?.text, { TUNNEL_TOKEN: token });
}

/** Why the token is written there, and what else can be found out about the place. */
function why({ envToken, runningToken, files, deployment }: BridgedWorld): string {
  const { stat } = files.get(deployment.envFile) ?? {};
  const wide = stat && stat.mode !== mode ? `its mode was ${formatMode(stat.mode)}` : undefined;
  const place =
    envToken === undefined
      ? 'the token was only in the environment of a shell: without this line the next up has none. A TUNNEL_TOKEN that is still exported there wins over it: unset TUNNEL_TOKEN'
      : 'Compose passes it to cloudflared from here';
  const another =
    envToken && runningToken && !envToken.equals(runningToken)
      ? 'cloudflared runs with another one than this file has'
      : undefined;
  return [place, another, wide].filter((each) => each !== undefined).join('; ');
}

/** The line of a plan that puts the new token into `.env`. */
export function planEnvToken(world: BridgedWorld, token: Secret): Change {
  const { envFile } = world.deployment;
  const { stat, text } = world.files.get(envFile) ?? {};
  const line = {
    what: `.env, TUNNEL_TOKEN (fingerprint ${token.fingerprint})`,
    path: envFile,
    mode: formatMode(mode),
    undoable: false,
  };
  if (!stat) return { action: 'create', ...line, why: why(world) };
  if (stat.mode === mode && textWith(world, token).reveal() === text)
    return { action: 'keep', ...line };
  return { action: 'change', ...line, why: why(world) };
}

/** Writes it, whole or not at all. */
export async function writeEnvToken(
  { world, ports, emit }: Pick<RotationContext, 'world' | 'ports' | 'emit'>,
  token: Secret,
): Promise<void> {
  const { envFile } = world.deployment;
  await ports.files.write(envFile, textWith(world, token).reveal(), mode);
  emit({ type: 'file.written', path: envFile, mode: formatMode(mode) });
}

/**
 * How cloudflared gets a token from its environment: made anew. What it depends on is left alone: a
 * proxy that was made anew, too, would leave it in a dead network (e2e.md 5).
 */
export const upAnew = ['up', '-d', '--no-deps', services.cloudflared] as const;

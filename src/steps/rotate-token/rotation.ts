import { services } from '../../domain/deployment.ts';
import { Failure } from '../../domain/failure.ts';
import type { Secret } from '../../domain/secret.ts';
import { neededRestarts } from '../../domain/stack-freshness.ts';
import { parseTunnelToken, type TunnelToken } from '../../domain/tunnel-token.ts';
import type { Step, StepContext } from '../../runner/step.ts';
import type { BridgedWorld } from '../bridge/build-bridge.ts';
import type { InstallAnswers } from '../install/answers.ts';
import type { InstallPorts } from '../install/ports.ts';

export type RotationStep = Step<InstallAnswers, BridgedWorld, InstallPorts>;
export type RotationContext = StepContext<InstallAnswers, BridgedWorld, InstallPorts>;

/** Where a rotation stands, from what is seen: a killed one goes on from there. */
export interface Rotation {
  readonly token: TunnelToken;
  /** The deployment's file holds the new token. */
  readonly written: boolean;
  /** cloudflared has been started since. */
  readonly taken: boolean;
}

/**
 * The token to rotate to: the one given, else the one that an unfinished rotation left in its bridge.
 * @throws Failure `answers-missing` without either, `token-foreign` for another tunnel's: the tunnel
 * is the only part of two tokens whose comparison is documented (facts 5.1).
 */
export function rotationOf(answers: InstallAnswers, world: BridgedWorld): Rotation {
  if (answers.tokenIn === 'env') throw tokenInEnv();
  const token = answers.token ?? leftToken(world.bridge.token?.content);
  if (!token) {
    throw new Failure('answers-missing', 'The new token is missing.', {
      nextSteps: [
        'Console > Manage > MCP tunnels > your tunnel > Connection > Rotate token, then give it: --token-file FILE or --token-stdin',
      ],
    });
  }
  const { deployedToken } = world;
  const written = deployedToken?.equals(token.secret) ?? false;
  if (deployedToken && !written) assertSameTunnel(token, deployedToken);
  const cloudflared = world.containers.find((each) => each.service === services.cloudflared);
  const isOld = neededRestarts(world.containers, {
    proxyConfig: undefined,
    sampleServer: undefined,
    token: world.token?.stat.changedAt,
  }).some(({ service }) => service === services.cloudflared);
  return { token, written, taken: written && cloudflared?.state === 'running' && !isOld };
}

/** What a killed rotation left; a file that holds no token is none. */
function leftToken(content: Secret | undefined): TunnelToken | undefined {
  const left = content && parseTunnelToken(content.reveal());
  return left?.ok ? left.value : undefined;
}

function tokenInEnv(): Failure {
  return new Failure('not-in-this-version', 'This deployment keeps its token in .env.', {
    expected: 'a token in credentials/tunnel-token',
    nextSteps: [
      'Move it there first: mcp-tunnel install --token-in file',
      'Or by hand, with a short outage: replace TUNNEL_TOKEN in .env, then docker compose up -d cloudflared',
    ],
  });
}

function assertSameTunnel(next: TunnelToken, current: Secret): void {
  const old = parseTunnelToken(current.reveal());
  if (!old.ok || next.tunnelId === old.value.tunnelId) return;
  throw new Failure('token-foreign', 'The new token is of another tunnel.', {
    found: `a token of tunnel ${next.tunnelId}`,
    expected: `a token of tunnel ${old.value.tunnelId}, which this deployment serves`,
    nextSteps: [
      'Copy the token of the same tunnel after Rotate token.',
      'To serve another tunnel, install it in a directory of its own: mcp-tunnel install --dir DIR',
    ],
  });
}

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
  /** Where the deployment keeps its token: a file of its own, or `.env`. */
  readonly place: 'file' | 'env';
  /** The new token is there. */
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
  const place = placeOf(world);
  const token = answers.token ?? leftToken(world.bridge.token?.content);
  if (!token) {
    throw new Failure('answers-missing', 'The new token is missing.', {
      nextSteps: [
        'Console > Manage > MCP tunnels > your tunnel > Connection > Rotate token, then give it: --token-file FILE or --token-stdin',
      ],
    });
  }
  const { deployedToken, envToken, runningToken } = world;
  const kept = place === 'env' ? envToken : deployedToken;
  const written = kept?.equals(token.secret) ?? false;
  if (deployedToken && !deployedToken.equals(token.secret)) assertSameTunnel(token, deployedToken);
  const cloudflared = world.containers.find((each) => each.service === services.cloudflared);
  const inputs = {
    proxyConfig: undefined,
    sampleServer: undefined,
    token: place === 'file' ? world.token?.stat.changedAt : undefined,
  };
  const old = neededRestarts(world.containers, inputs, world.deployment.proxyService);
  const isOld = old.some(({ service }) => service === services.cloudflared);
  const isMade = place === 'file' || runningToken?.equals(token.secret) === true;
  const taken = written && isMade && cloudflared?.state === 'running' && !isOld;
  return { token, place, written, taken };
}

/** What a killed rotation left; a file that holds no token is none. */
function leftToken(content: Secret | undefined): TunnelToken | undefined {
  const left = content && parseTunnelToken(content.reveal());
  return left?.ok ? left.value : undefined;
}

/**
 * Where the new token goes: where the deployment has its token now.
 * @throws Failure `not-in-this-version` where that is a place that is not changed here.
 */
function placeOf({ deployment: { layout } }: BridgedWorld): Rotation['place'] {
  if (layout.hasSetup) throw programmatic();
  const { token } = layout;
  if (token.in === 'file' || token.in === 'env') return token.in;
  const found = {
    compose: `the token is written out in ${layout.composeFile}`,
    elsewhere: `cloudflared in ${layout.composeFile} takes its token in a way that is not followed here`,
    nothing: `cloudflared in ${layout.composeFile} is given no token`,
  }[token.in];
  throw new Failure('not-in-this-version', 'The new token cannot be put in the old one’s place.', {
    found,
    expected: 'a token in a file that cloudflared has (TUNNEL_TOKEN_FILE), or TUNNEL_TOKEN in .env',
    nextSteps: [
      'See what install would change, and why: mcp-tunnel install --token-file FILE --dry-run',
      'Or by hand, with a short outage: put the new token there, then docker compose up -d cloudflared',
    ],
  });
}

function programmatic(): Failure {
  return new Failure('not-in-this-version', 'The vendor’s setup component keeps this token.', {
    found: 'a service that runs /setup: programmatic access',
    expected: 'a tunnel in manual mode, whose token a person rotates in the Console',
    nextSteps: [
      'By hand: raise --token-version in the Compose file, then docker compose run --rm setup, with a fresh identity token',
      'export TUNNEL_TOKEN="$(sudo cat data/tunnel-token)", then docker compose up -d cloudflared, on every host',
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

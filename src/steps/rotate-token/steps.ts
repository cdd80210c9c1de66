import { services } from '../../domain/deployment.ts';
import { proveBridge } from '../bridge/bridge-proof.ts';
import {
  type BridgeContent,
  type BridgedWorld,
  isSameBridge,
  planBridge,
  planRemoval,
  removeBridge,
  writeBridge,
} from '../bridge/build-bridge.ts';
import type { InstallSettings } from '../install/ports.ts';
import { token as installToken } from '../install/token.ts';
import { planEnvToken, upAnew, writeEnvToken } from './env-token.ts';
import { planOwnFile, writeOwnFile } from './own-token-file.ts';
import { type RotationContext, type RotationStep, rotationOf } from './rotation.ts';

function contentOf(answers: RotationContext['answers'], world: BridgedWorld): BridgeContent {
  return {
    token: rotationOf(answers, world).token.secret,
    purpose: 'a token rotation',
    otherwise: 'Or give the new token there: mcp-tunnel install --token-file FILE',
  };
}

/** A second pair with the new token, which proves itself before anything that runs is touched. */
export function bridge(settings: InstallSettings): RotationStep {
  return {
    id: 'bridge',
    title: 'Second pair with the new token',
    plan(answers, world) {
      const { taken } = rotationOf(answers, world);
      return taken ? [] : planBridge(world, contentOf(answers, world));
    },
    async run({ answers, world, ports, emit, signal }) {
      const content = contentOf(answers, world);
      // Left over with another token, its cloudflared would go on with that one.
      if (world.bridge.left && !isSameBridge(world, content)) await removeBridge(ports, world);
      await writeBridge(ports, world, content, emit);
      const options = { timeoutMs: settings.startTimeoutMs, command: 'mcp-tunnel rotate-token' };
      await proveBridge({ ports, world, answers, emit, signal, ...options });
    },
  };
}

/** Where the deployment keeps its token: the old connections go on, the next start takes the new one. */
export const newToken: RotationStep = {
  ...installToken,
  pointOfNoReturn: true,
  plan(answers, world) {
    const { place, token } = rotationOf(answers, world);
    if (place === 'env') return [planEnvToken(world, token.secret)];
    if (world.deployment.layout.byHand) return [planOwnFile(world, token.secret)];
    return installToken.plan(withToken(answers, world), world);
  },
  run(context) {
    const { answers, world } = context;
    const { place, token } = rotationOf(answers, world);
    if (place === 'env') return writeEnvToken(context, token.secret);
    if (world.deployment.layout.byHand) return writeOwnFile(context, token.secret);
    return installToken.run({ ...context, answers: withToken(answers, world) });
  },
};

function withToken(
  answers: RotationContext['answers'],
  world: RotationContext['world'],
): RotationContext['answers'] {
  return { ...answers, tokenIn: 'file', token: rotationOf(answers, world).token };
}

/** cloudflared takes the new token; meanwhile the second pair carries the tunnel. */
export const restart: RotationStep = {
  id: 'restart',
  title: 'Restart with the new token',
  plan(answers, world) {
    const { taken, place } = rotationOf(answers, world);
    if (taken) return [];
    const inEnv = place === 'env';
    return [
      {
        action: 'run',
        what: inEnv ? 'make cloudflared anew' : 'restart cloudflared',
        command: [...world.compose.command, ...(inEnv ? upAnew : restartOne)],
        why: inEnv
          ? 'a container keeps the environment it was made with; the second pair carries the tunnel meanwhile'
          : 'it reads its token when it starts; the second pair carries the tunnel meanwhile',
        undoable: false,
      },
    ];
  },
  async run({ answers, world, ports, emit }) {
    const project = { dir: world.deployment.dir, project: world.project.name };
    if (rotationOf(answers, world).place === 'env') {
      emit({ type: 'command', argv: ports.compose.argv(upAnew) });
      const onLine = (text: string) => emit({ type: 'log', service: 'compose', text });
      await ports.compose.up(project, { services: [services.cloudflared], noDeps: true, onLine });
      return;
    }
    emit({ type: 'command', argv: ports.compose.argv(restartOne) });
    await ports.compose.restart(project, [services.cloudflared]);
  },
};

const restartOne = ['restart', services.cloudflared] as const;

/** The second pair leaves, with grace: requests on their way still end. */
export const leave: RotationStep = {
  id: 'bridge-leaves',
  title: 'Second pair leaves',
  plan(answers, world) {
    const settled = rotationOf(answers, world).taken && !world.bridge.left;
    return settled ? [] : planRemoval(world);
  },
  run: ({ ports, world }) => removeBridge(ports, world),
};

import { commandLine } from '../../domain/command-line.ts';
import { services } from '../../domain/deployment.ts';
import { Failure } from '../../domain/failure.ts';
import { planPairRestart, restartPair } from '../bridge/restart-pair.ts';
import { tellServed } from '../renew-cert/served.ts';
import { does, type RotationContext, type RotationStep, type RotationWorld } from './world.ts';

type Where = Omit<RotationContext, 'undo'>;

/** True if a second pair carries the tunnel while the main one would restart. */
function hasBridge(world: RotationWorld): boolean {
  return does(world, 'swap') && world.bridged && (does(world, 'prove') || world.bridge.left);
}

function look(context: Where) {
  const { deployment, project } = context.world;
  const { dir, proxyService: service } = deployment;
  return tellServed(context, { pair: { dir, project: project.name, service } });
}

function notTaken({ ports, world }: Where, fingerprint: string, served: string): Failure {
  const project = { dir: world.deployment.dir, project: world.project.name };
  const restart = (service: string) =>
    commandLine(ports.compose.argv(['restart', service], project));
  return new Failure('verification-failed', 'The proxy has not taken the new certificate.', {
    found: `it serves ${served}`,
    expected: fingerprint,
    nextSteps: [
      `In a quiet moment (calls fail for some seconds): ${restart(world.deployment.proxyService)}; ${restart(services.cloudflared)}`,
      'Then go on: mcp-tunnel rotate-ca',
      'Until then the old CA has to stay registered.',
    ],
  });
}

/**
 * Looks at what the main pair's proxy serves; whether it could be seen is told.
 * @throws Failure `verification-failed` if it is another certificate than the one on disk.
 */
export async function assertServed(context: Where): Promise<void> {
  const { fingerprint, seen } = await look(context);
  if (seen.served === 'no') throw notTaken(context, fingerprint, seen.fingerprint);
}

const onlyIf = 'only if it has not taken the certificate by itself within a minute';

/** The main pair serves the new certificate; where it does not by itself, it is restarted beside the second one. */
export const served: RotationStep = {
  id: 'served',
  title: 'Proof that the proxy serves it',
  plan(_answers, world) {
    if (!does(world, 'swap')) return [];
    const restart = hasBridge(world)
      ? planPairRestart(world, { proxy: true, cloudflared: true }, onlyIf)
      : [];
    const [first, ...rest] = restart;
    return [
      {
        action: 'run',
        what: 'ask the proxy which certificate it serves',
        undoable: false,
      },
      ...(first ? [first] : []),
      ...rest.map((line) => ({ ...line, why: onlyIf })),
    ];
  },
  async run(context) {
    const { fingerprint, seen } = await look(context);
    if (seen.served !== 'no') return;
    if (!hasBridge(context.world)) throw notTaken(context, fingerprint, seen.fingerprint);
    const both = { proxy: true, cloudflared: true };
    await restartPair(context, both, context.answers.routes.length);
    await assertServed(context);
  },
};

import { formatFingerprint } from '../domain/fingerprint.ts';
import type { Conclusion, Flow } from '../runner/step.ts';
import { assertDeployed } from '../steps/assert-deployment.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import type { InstallAnswers } from '../steps/install/answers.ts';
import type { InstallPorts, InstallSettings } from '../steps/install/ports.ts';
import { checkClock } from '../steps/renew-cert/clock-check.ts';
import { mendProxy } from '../steps/renew-cert/mend-proxy.ts';
import { registerNewCaAction, revokeOldCaAction } from '../steps/rotate-ca/actions.ts';
import { bridge, bridgeLeaves } from '../steps/rotate-ca/bridge.ts';
import { archiveOldCa } from '../steps/rotate-ca/ca-archive.ts';
import { cancel } from '../steps/rotate-ca/cancel.ts';
import { close } from '../steps/rotate-ca/close.ts';
import { newCa } from '../steps/rotate-ca/new-ca.ts';
import { newPair } from '../steps/rotate-ca/new-pair.ts';
import { observeNextCa } from '../steps/rotate-ca/next-ca-on-disk.ts';
import { observeRotation } from '../steps/rotate-ca/observe-rotation.ts';
import type { CaRotationOptions } from '../steps/rotate-ca/options.ts';
import { registration } from '../steps/rotate-ca/registration.ts';
import { assertServed, served } from '../steps/rotate-ca/served.ts';
import { settle } from '../steps/rotate-ca/settle.ts';
import { swap } from '../steps/rotate-ca/swap.ts';
import {
  does,
  type RotationContext,
  type RotationStep,
  type RotationWorld,
} from '../steps/rotate-ca/world.ts';

export type RotateCaFlow = Flow<InstallAnswers, RotationWorld, InstallPorts>;

type Ending = Omit<RotationContext, 'undo'>;

/** Only once the pair that no proxy could start with is another one. */
const mended: RotationStep = {
  ...mendProxy,
  plan: (answers, world) => (does(world, 'swap') ? mendProxy.plan(answers, world) : []),
};

/** A rotation that waits for a person says for what; one that is over, what follows from it. */
async function ending(context: Ending, settings: InstallSettings): Promise<Conclusion> {
  const { ports, world, answers, emit } = context;
  const { deployment, work } = world;
  const { ca, place, registered, oldCa } = await observeNextCa(ports, deployment);
  if (work.waitsFor === undefined || !ca) {
    if (does(world, 'close')) tellOver(context);
    else emit({ type: 'notice', text: 'No CA rotation is under way: there is nothing to do.' });
    return { outcome: 'done' };
  }
  const { fingerprint } = ca.facts;
  const about = { domain: answers.domain, self: settings.self, fingerprint };
  const path = place.caCertificate;
  emit({ type: 'ca', path, fingerprint, registered, created: does(world, 'make') });
  if (work.waitsFor === 'registration') {
    const { hostname } = ports.host;
    const current = world.ca?.facts.fingerprint;
    const action = registerNewCaAction({ ...about, hostname, path, current });
    emit({ type: 'action.needed', action });
    return { outcome: 'action-needed' };
  }
  if (!does(world, 'swap')) await assertServed(context);
  const old = oldCa?.facts.fingerprint;
  const { dir } = deployment;
  const action = revokeOldCaAction({ ...about, dir, old, hosts: world.otherHosts });
  emit({ type: 'action.needed', action });
  return { outcome: 'action-needed' };
}

function tellOver({ emit, world }: Ending): void {
  const text = `The CA rotation is over. An answers file of your own that names certificates.caRegistered${world.newKey.elsewhere ? ' or certificates.caKeyFile' : ''} has to name the new one.`;
  emit({ type: 'notice', text });
}

function tellCancelled({ world, emit }: Ending): void {
  const { ca, registered, keyElsewhere, keyPath, stage } = world.next;
  if (stage === 'none') {
    emit({ type: 'notice', text: 'No CA rotation is under way: there is nothing to cancel.' });
    return;
  }
  const known = registered ? 'It is' : 'If it is';
  if (ca && world.registrar === undefined) {
    emit({
      type: 'notice',
      text: `${known} registered in the Console: Revoke ${formatFingerprint(ca.facts.fingerprint)} there, it takes one of the tunnel’s two places.`,
    });
  }
  if (keyElsewhere)
    emit({ type: 'notice', text: `The new CA’s key stays at ${keyPath}: remove it there.` });
}

/**
 * Another CA in the old one's place, over days if need be: made beside the old one, registered by a
 * person, proven by a second pair, swapped in, and the old one revoked (facts 4.5). What is done is
 * read from disk each time. The old CA may be expired or its key lost: only the new one signs.
 */
export function rotateCaFlow(
  dir: string,
  settings: InstallSettings,
  options: CaRotationOptions,
): RotateCaFlow {
  const steps = [
    ...[newCa(options), registration, newPair(options), bridge(settings), archiveOldCa],
    ...[swap, settle, mended, served, bridgeLeaves, close],
  ];
  return {
    id: 'rotate-ca',
    title: options.cancel ? 'CA rotation taken back' : 'CA rotation',
    steps: options.cancel ? [bridgeLeaves, cancel] : steps,
    async check(ports, _answers, emit) {
      await assertDeployed(ports, await deploymentOnDisk(ports.files, dir));
      await ports.engine.info();
      await ports.compose.info();
      await checkClock(ports, settings.apiUrl, emit);
    },
    observe: async (ports, answers) =>
      observeRotation(ports, answers, await deploymentOnDisk(ports.files, dir), options),
    differences: () => [],
    async conclude(context) {
      if (!options.cancel) return ending(context, settings);
      tellCancelled(context);
      return { outcome: 'done' };
    },
  };
}

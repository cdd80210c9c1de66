import { services } from '../../domain/deployment.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { proveBridge } from '../bridge/bridge-proof.ts';
import { type BridgeData, removeBridge } from '../bridge/build-bridge.ts';
import type { InstallSettings } from '../install/ports.ts';
import { seeServed } from '../renew-cert/ask-proxy.ts';
import { selfCommand } from '../self-command.ts';
import { CallWatch, type Refusal } from './call-watch.ts';
import { newCaOnDisk, notRegistered } from './registration.ts';
import type { RotationContext } from './world.ts';

/** How long the second pair's proxy may take to listen. */
const listenMs = 15_000;
/** How long a call is waited for that meets the second pair. */
const callWaitMs = 30_000;
const lookEveryMs = 200;
/** The vendor's side meets one of the connections of both pairs in turn. */
const mostLooks = 40;
const lookTimeoutMs = 5_000;

/** Its proxy shows the new certificate, asked before any call can reach it. */
async function assertBridgeServes(context: RotationContext, fingerprint: string): Promise<void> {
  const { place, project } = context.world.bridge;
  const seen = await seeServed(context, fingerprint, {
    pair: { dir: place.dir, project, service: services.proxy },
    patienceMs: listenMs,
    reloadMs: 0,
  });
  if (seen.served === 'no') {
    throw new Failure('verification-failed', 'The second pair serves another certificate.', {
      found: seen.fingerprint,
      expected: fingerprint,
      nextSteps: ['Run the same command again.'],
    });
  }
  const text =
    seen.served === 'yes'
      ? `The second pair serves the new certificate (seen by ${seen.seenBy}).`
      : `Whether the second pair serves the new certificate could not be seen from here (${seen.why}).`;
  context.emit({ type: 'notice', text });
}

function refusalOf(context: RotationContext, { id, line }: Refusal, fingerprint: string): Failure {
  const untouched = 'The second pair was taken away at once, the running pair was not touched.';
  if (id === 'server-certificate-refused') {
    return new Failure(
      'certificate-refused',
      `A caller refuses the new server certificate. ${untouched}`,
      {
        found: line,
        expected: 'a TLS handshake',
        nextSteps: [
          `openssl x509 -noout -text -in ${context.world.next.place.serverCertificate}`,
          'mcp-tunnel rotate-ca --cancel   (takes the new CA back)',
        ],
      },
    );
  }
  return notRegistered({
    summary: `The new CA is not registered on this tunnel: a caller refused it. ${untouched}`,
    found: line,
    fingerprint,
    current: context.world.ca?.facts.fingerprint,
    nextSteps: [
      `When it is there: mcp-tunnel rotate-ca --ca-registered ${fingerprint} --yes`,
      'If it has been there for minutes only, give it some more.',
    ],
  });
}

/** Where the vendor's side can be asked, no call has to be risked. @throws Failure `ca-not-registered`. */
export async function assertRegistered(context: RotationContext): Promise<void> {
  const { ports, answers, world } = context;
  const { registrar } = ports;
  if (!registrar) return;
  const { ca } = await newCaOnDisk(context);
  const { fingerprint } = ca.facts;
  const active = await registrar.active(answers.domain);
  if (active.includes(fingerprint)) return;
  await forgetRegistration(context);
  throw notRegistered({
    summary: 'The new CA is not registered on this tunnel. No second pair was started.',
    found: `the ${registrar.name} has: ${active.join(', ') || 'none'}`,
    fingerprint,
    current: world.ca?.facts.fingerprint,
    nextSteps: ['Then run the same command again.'],
  });
}

/** The word has proven wrong: the next run asks for it again before calls are risked once more. */
async function forgetRegistration({ ports, world }: RotationContext): Promise<void> {
  await ports.files.remove(world.next.place.registered);
}

/** Calls end up at either pair; those at the second one have to be accepted. */
async function seeAccepted(
  context: RotationContext,
  fingerprint: string,
  calls: CallWatch,
  refused: (refusal: Refusal) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { ports, answers, emit } = context;
  const { vendorSide, clock } = ports;
  if (vendorSide?.servedCertificate) {
    const host = `${answers.routes[0]?.name ?? 'any'}.${answers.domain}`;
    for (let look = 0; look < mostLooks && !calls.accepted; look += 1) {
      try {
        const seen = await vendorSide.servedCertificate({ host, timeoutMs: lookTimeoutMs });
        if (seen === fingerprint) return `the ${vendorSide.name} accepts the new certificate`;
      } catch (error) {
        const line = asFailure(error).found ?? '';
        if (/unknown certificate authority/iu.test(line))
          refused({ id: 'ca-not-registered', line });
      }
      signal.throwIfAborted();
      await clock.sleep(lookEveryMs, signal);
    }
  } else if (!calls.accepted) {
    emit({
      type: 'notice',
      text: `For up to ${callWaitMs / 1000} s: a call through Claude that meets the second pair proves the registration.`,
    });
    const begin = clock.now().getTime();
    while (!calls.accepted && clock.now().getTime() - begin < callWaitMs)
      await clock.sleep(lookEveryMs, signal);
  }
  return calls.accepted ? 'a call came through it: the new certificate is accepted' : undefined;
}

/**
 * Starts the second pair with the new server certificate: its proxy alone first, which is asked for
 * what it serves; then it joins the tunnel, and calls decide. The first one that is refused ends it:
 * its cloudflared is told to leave before anything else is done.
 * @throws Failure `ca-not-registered`, `certificate-refused`, and those of `proveBridge`.
 */
export async function proveNewCa(
  context: RotationContext,
  data: BridgeData,
  settings: InstallSettings,
): Promise<void> {
  const { ports, world, answers, emit } = context;
  const { place, project } = world.bridge;
  const { ca } = await newCaOnDisk(context);
  const { fingerprint } = ports.certificates.read(data.certificate);
  const [refused, over] = [new AbortController(), new AbortController()];
  const bridgeOf = async (service: string) =>
    (await ports.engine.containers({ project, workingDir: place.dir, service }))[0];
  let leaving: Promise<unknown> = Promise.resolve();
  const refuse = (refusal: Refusal): void => {
    if (refused.signal.aborted) return;
    leaving = bridgeOf(services.cloudflared).then(
      (each) => each && ports.engine.terminate(each.id),
    );
    leaving.catch(() => undefined);
    refused.abort(refusalOf(context, refusal, ca.facts.fingerprint));
  };
  const calls = new CallWatch(refuse);
  let watching: Promise<void> = Promise.resolve();
  const signal = AbortSignal.any([context.signal, refused.signal]);
  try {
    await proveBridge({
      ...{ ports, world, answers, emit, signal },
      timeoutMs: settings.startTimeoutMs,
      command: selfCommand(settings.self, 'rotate-ca').join(' '),
      beforeConnecting: async () => {
        await assertBridgeServes(context, fingerprint);
        watching = calls.follow(ports, () => bridgeOf(services.proxy), over.signal);
      },
    });
    const proof = await seeAccepted(context, fingerprint, calls, refuse, signal);
    refused.signal.throwIfAborted();
    const text = proof
      ? `The new CA is proven: ${proof}.`
      : 'No call was seen at the second pair: that the new CA is registered stays your word. Only a call proves it: one through Claude, or mcp-tunnel verify. A refused one is in the log of mcp-proxy: unknown certificate authority.';
    emit({ type: 'notice', text });
  } catch (error) {
    if (!refused.signal.aborted || context.signal.aborted) throw error;
    await leaving.catch(() => undefined);
    await removeBridge(ports, world);
    await forgetRegistration(context);
    throw refused.signal.reason;
  } finally {
    over.abort();
    await watching;
  }
}

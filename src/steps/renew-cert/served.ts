import { daysLeft } from '../../domain/certificate.ts';
import { commandLine } from '../../domain/command-line.ts';
import { services } from '../../domain/deployment.ts';
import { Failure } from '../../domain/failure.ts';
import type { ActionNeeded } from '../../runner/events.ts';
import { type Look, type Seen, seeServed } from './ask-proxy.ts';
import { type ProxyWord, proxyWord, type ServedContext } from './proxy-trouble.ts';
import type { RenewalStep } from './world.ts';

/** What could be seen where nobody could look at the certificate itself. */
function unseenText(
  { ports, world }: ServedContext,
  why: string,
  { proxy, trouble }: ProxyWord,
): string {
  const { proxyService } = world.deployment;
  if (proxy?.state !== 'running') {
    const state = proxy ? `is ${proxy.state}` : 'is not there';
    return `${proxyService} ${state}: it takes this certificate when it starts. Start the stack: mcp-tunnel install`;
  }
  const log =
    trouble.length === 0
      ? 'its log has no TLS error since'
      : `its log has ${trouble.length} TLS errors since, the last: ${trouble.at(-1)}`;
  const project = { dir: world.deployment.dir, project: world.project.name };
  const [first, second] = [proxyService, services.cloudflared].map((service) =>
    commandLine(ports.compose.argv(['restart', service], project)),
  );
  return `It could not be seen from here whether the proxy serves this certificate (${why}). ${proxyService} runs, and ${log}; it looks at the file by itself. To check: call a tool through Claude. If that fails: ${first}, then ${second}`;
}

/** The proxy goes on with the old certificate: a person decides when it is restarted. */
export function restartNeeded(
  { ports, world }: ServedContext,
  file: string,
  served: string,
  resume: readonly string[],
): ActionNeeded {
  const project = { dir: world.deployment.dir, project: world.project.name };
  const restart = (service: string) =>
    commandLine(ports.compose.argv(['restart', service], project));
  return {
    id: 'restart-proxy',
    title: 'restart the proxy: it has not taken the certificate by itself',
    steps: [
      'Choose a quiet moment: calls fail for some seconds.',
      restart(world.deployment.proxyService),
      restart(services.cloudflared),
      'Then see it proven, without renewing again:',
    ],
    values: { file, served },
    resume,
  };
}

/**
 * Looks whether the proxy serves the certificate that is on disk, and tells of it; where it could not
 * be seen, what could be and how to check. Nothing is restarted.
 */
export async function tellServed(
  context: ServedContext,
  look: Look = {},
): Promise<{ readonly fingerprint: string; readonly seen: Seen }> {
  const { ports, world, emit } = context;
  const path = world.deployment.serverCertificate;
  const pem = await ports.files.readText(path);
  if (pem === undefined)
    throw new Failure('file-unreadable', 'data/tls.crt is gone.', {
      nextSteps: ['Run the same command again.'],
    });
  const { fingerprint, notAfter } = ports.certificates.read(pem);
  const seen: Seen = await seeServed(context, fingerprint, look);
  const word = await proxyWord(context);
  emit({
    type: 'certificate',
    ...{ path, fingerprint, notAfter: notAfter.toISOString(), served: seen.served },
    daysLeft: daysLeft(notAfter, ports.clock.now()),
    ...(seen.served === 'unseen' ? {} : { seenBy: seen.seenBy }),
    ...(seen.served === 'no' ? { servedFingerprint: seen.fingerprint } : {}),
  });
  if (seen.served === 'unseen') emit({ type: 'notice', text: unseenText(context, seen.why, word) });
  return { fingerprint, seen };
}

/** The proof, and what it came to once it has run. */
export interface ServedProof {
  readonly step: RenewalStep;
  /** What only a person can do now; undefined if nothing. */
  readonly action: () => ActionNeeded | undefined;
}

/**
 * Proves that the proxy serves the certificate that is on disk, or says plainly that it could not be
 * seen.
 * @param resume argv that proves it again without renewing.
 */
export function servedProof(resume: readonly string[]): ServedProof {
  let action: ActionNeeded | undefined;
  const step: RenewalStep = {
    id: 'served',
    title: 'Proof that the proxy serves it',
    always: true,
    plan: () => [],
    async run(context) {
      const { fingerprint, seen } = await tellServed(context);
      if (seen.served === 'no')
        action = restartNeeded(context, fingerprint, seen.fingerprint, resume);
    },
  };
  return { step, action: () => action };
}

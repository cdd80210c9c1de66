import { daysLeft } from '../../domain/certificate.ts';
import { commandLine } from '../../domain/command-line.ts';
import { services } from '../../domain/deployment.ts';
import { Failure } from '../../domain/failure.ts';
import type { ActionNeeded } from '../../runner/events.ts';
import { type Seen, seeServed } from './ask-proxy.ts';
import { type ProxyWord, proxyWord } from './proxy-trouble.ts';
import type { RenewalContext, RenewalStep } from './world.ts';

/** What could be seen where nobody could look at the certificate itself. */
function unseenText(
  { ports, world }: RenewalContext,
  why: string,
  { proxy, trouble }: ProxyWord,
): string {
  if (proxy?.state !== 'running') {
    const state = proxy ? `is ${proxy.state}` : 'is not there';
    return `${services.proxy} ${state}: it takes this certificate when it starts. Start the stack: mcp-tunnel install`;
  }
  const log =
    trouble.length === 0
      ? 'its log has no TLS error since'
      : `its log has ${trouble.length} TLS errors since, the last: ${trouble.at(-1)}`;
  const project = { dir: world.deployment.dir, project: world.project.name };
  const [first, second] = [services.proxy, services.cloudflared].map((service) =>
    commandLine(ports.compose.argv(['restart', service], project)),
  );
  return `It could not be seen from here whether the proxy serves this certificate (${why}). ${services.proxy} runs, and ${log}; it looks at the file by itself. To check: call a tool through Claude. If that fails: ${first}, then ${second}`;
}

/** The proxy goes on with the old certificate: a person decides when it is restarted. */
function restartNeeded(
  { ports, world }: RenewalContext,
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
      restart(services.proxy),
      restart(services.cloudflared),
      'Then see it proven, without renewing again:',
    ],
    values: { file, served },
    resume,
  };
}

/** The proof, and what it came to once it has run. */
export interface ServedProof {
  readonly step: RenewalStep;
  /** What only a person can do now; undefined if nothing. */
  readonly action: () => ActionNeeded | undefined;
}

/**
 * Proves that the proxy serves the certificate that is on disk, or says plainly that it could not be
 * seen, with what could be and how to check. Nothing is restarted.
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
      const { ports, world, emit } = context;
      const path = world.deployment.serverCertificate;
      const pem = await ports.files.readText(path);
      if (pem === undefined)
        throw new Failure('file-unreadable', 'data/tls.crt is gone.', {
          nextSteps: ['Run the same command again.'],
        });
      const { fingerprint, notAfter } = ports.certificates.read(pem);
      const seen: Seen = await seeServed(context, fingerprint);
      const word = await proxyWord(context);
      emit({
        type: 'certificate',
        ...{ path, fingerprint, notAfter: notAfter.toISOString(), served: seen.served },
        daysLeft: daysLeft(notAfter, ports.clock.now()),
        ...(seen.served === 'unseen' ? {} : { seenBy: seen.seenBy }),
        ...(seen.served === 'no' ? { servedFingerprint: seen.fingerprint } : {}),
      });
      if (seen.served === 'unseen')
        emit({ type: 'notice', text: unseenText(context, seen.why, word) });
      if (seen.served === 'no')
        action = restartNeeded(context, fingerprint, seen.fingerprint, resume);
    },
  };
  return { step, action: () => action };
}

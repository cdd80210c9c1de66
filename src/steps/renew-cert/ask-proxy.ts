import { asFailure, Failure } from '../../domain/failure.ts';
import { listenPort } from '../../domain/proxy-config-read.ts';
import type { ComposeProject } from '../../ports/engine.ts';
import type { RenewalContext, RenewalWorld } from './world.ts';

const askTimeoutMs = 3_000;
const askEveryMs = 500;
/** How long a polled certificate may take to be seen. The period is undocumented (facts 4.1). */
const reloadTimeoutMs = 60_000;

/** What was seen of the certificate that the proxy serves. */
export type Seen =
  | { readonly served: 'yes'; readonly seenBy: string }
  | { readonly served: 'no'; readonly seenBy: string; readonly fingerprint: string }
  | { readonly served: 'unseen'; readonly why: string };

/** What looking at a proxy's certificate takes. */
export interface LookContext extends Pick<RenewalContext, 'answers' | 'ports' | 'signal'> {
  readonly world: Pick<RenewalWorld, 'deployment' | 'project'>;
}

/** A pair, with what its proxy's service is called there. */
export interface AskedPair extends ComposeProject {
  readonly service: string;
}

/** How a proxy is looked at. */
export interface Look {
  /**
   * The pair whose proxy is asked, at its own address. Absent: the main pair's; where the vendor's side
   * can be asked, that is, and may meet any pair of the tunnel.
   */
  readonly pair?: AskedPair;
  /** How long to go on asking while there is no handshake at all. */
  readonly patienceMs?: number;
  /** How long a proxy that shows another one has to take it. */
  readonly reloadMs?: number;
}

/** Somebody who can speak TLS with the proxy. */
interface Witness {
  readonly name: string;
  /** How long to go on asking while there is no handshake at all. */
  readonly patienceMs: number;
  ask(): Promise<string>;
}

/** The address of a pair's proxy on one of its networks. */
async function proxyAddress(
  { ports }: LookContext,
  { project, dir: workingDir, service }: AskedPair,
): Promise<string> {
  const filter = { project, workingDir, service };
  const [proxy] = await ports.engine.containers(filter);
  const address = Object.values(proxy?.addresses ?? {}).find((each) => each !== '');
  if (proxy?.state === 'running' && address !== undefined) return address;
  throw new Failure('stack-not-running', `${service} does not run.`, {
    found: proxy ? `${service} is ${proxy.state}` : `there is no ${service}`,
  });
}

/** Any host of the tunnel: the proxy shows the same certificate for all. */
function hostOf({ answers }: LookContext): string {
  return `${answers.routes[0]?.name ?? 'any'}.${answers.domain}`;
}

function witnessOf(context: LookContext, { pair }: Look): Witness | undefined {
  const { ports } = context;
  const { vendorSide, proxyTls } = ports;
  const { deployment, project } = context.world;
  const host = hostOf(context);
  if (vendorSide?.servedCertificate && !pair) {
    const ask = vendorSide.servedCertificate.bind(vendorSide);
    return {
      name: `the ${vendorSide.name}`,
      // cloudflared may still be connecting.
      patienceMs: 20_000,
      ask: () => ask({ host, timeoutMs: askTimeoutMs }),
    };
  }
  if (!proxyTls) return undefined;
  return {
    name: 'this host',
    patienceMs: 3_000,
    ask: async () =>
      proxyTls.servedCertificate({
        address: await proxyAddress(
          context,
          pair ?? {
            ...{ dir: deployment.dir, project: project.name },
            service: deployment.proxyService,
          },
        ),
        port: listenPort(await ports.files.readText(deployment.proxyConfig)),
        host,
        timeoutMs: askTimeoutMs,
      }),
  };
}

/**
 * Asks until the proxy shows the certificate with this fingerprint, or has had the time to take it.
 * Never throws for what the proxy does.
 */
export async function seeServed(
  context: LookContext,
  fingerprint: string,
  look: Look = {},
): Promise<Seen> {
  const { ports, signal } = context;
  const witness = witnessOf(context, look);
  if (!witness) return { served: 'unseen', why: 'nobody here can speak with the proxy' };
  const { patienceMs = witness.patienceMs, reloadMs = reloadTimeoutMs } = look;
  const begin = ports.clock.now().getTime();
  let last: string | undefined;
  let why = '';
  for (;;) {
    try {
      last = await witness.ask();
      if (last === fingerprint) return { served: 'yes', seenBy: witness.name };
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code === 'bug') throw error;
      why = failure.found ?? failure.summary;
    }
    const waited = ports.clock.now().getTime() - begin;
    if (waited >= (last === undefined ? patienceMs : reloadMs)) break;
    await ports.clock.sleep(askEveryMs, signal);
  }
  if (last === undefined) return { served: 'unseen', why };
  return { served: 'no', seenBy: witness.name, fingerprint: last };
}

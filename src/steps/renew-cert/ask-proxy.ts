import { services } from '../../domain/deployment.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { readProxyConfig } from '../../domain/proxy-config-read.ts';
import type { RenewalContext } from './world.ts';

/** The layout's port, where the configuration does not say (facts 4.1). */
const usualPort = 8080;
const askTimeoutMs = 3_000;
const askEveryMs = 500;
/** How long a polled certificate may take to be seen. The period is undocumented (facts 4.1). */
const reloadTimeoutMs = 60_000;

/** What was seen of the certificate that the proxy serves. */
export type Seen =
  | { readonly served: 'yes'; readonly seenBy: string }
  | { readonly served: 'no'; readonly seenBy: string; readonly fingerprint: string }
  | { readonly served: 'unseen'; readonly why: string };

/** Somebody who can speak TLS with the proxy. */
interface Witness {
  readonly name: string;
  /** How long to go on asking while there is no handshake at all. */
  readonly patienceMs: number;
  ask(): Promise<string>;
}

async function proxyPort({ ports, world }: RenewalContext): Promise<number> {
  const text = await ports.files.readText(world.deployment.proxyConfig);
  const config = text === undefined ? undefined : readProxyConfig(text);
  const port = config?.ok ? /:(\d+)$/u.exec(config.value.listenAddr ?? '')?.[1] : undefined;
  return port === undefined ? usualPort : Number(port);
}

/** The address of the proxy's container on one of its networks. */
async function proxyAddress({ ports, world }: RenewalContext): Promise<string> {
  const [proxy] = await ports.engine.containers({
    project: world.project.name,
    workingDir: world.deployment.dir,
    service: services.proxy,
  });
  const address = Object.values(proxy?.addresses ?? {}).find((each) => each !== '');
  if (proxy?.state === 'running' && address !== undefined) return address;
  throw new Failure('stack-not-running', `${services.proxy} does not run.`, {
    found: proxy ? `${services.proxy} is ${proxy.state}` : `there is no ${services.proxy}`,
  });
}

/** Any host of the tunnel: the proxy shows the same certificate for all. */
function hostOf({ answers }: RenewalContext): string {
  return `${answers.routes[0]?.name ?? 'any'}.${answers.domain}`;
}

function witnessOf(context: RenewalContext): Witness | undefined {
  const { vendorSide, proxyTls } = context.ports;
  const host = hostOf(context);
  if (vendorSide?.servedCertificate) {
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
        address: await proxyAddress(context),
        port: await proxyPort(context),
        host,
        timeoutMs: askTimeoutMs,
      }),
  };
}

/**
 * Asks until the proxy shows the certificate with this fingerprint, or has had the time to take it.
 * Never throws for what the proxy does.
 */
export async function seeServed(context: RenewalContext, fingerprint: string): Promise<Seen> {
  const { ports, signal } = context;
  const witness = witnessOf(context);
  if (!witness) return { served: 'unseen', why: 'nobody here can speak with the proxy' };
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
    if (waited >= (last === undefined ? witness.patienceMs : reloadTimeoutMs)) break;
    await ports.clock.sleep(askEveryMs, signal);
  }
  if (last === undefined) return { served: 'unseen', why };
  return { served: 'no', seenBy: witness.name, fingerprint: last };
}

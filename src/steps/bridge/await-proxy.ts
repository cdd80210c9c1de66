import { diagnose } from '../../diagnosis/diagnose.ts';
import { services } from '../../domain/deployment.ts';
import type { ComposeProject, ContainerInfo } from '../../ports/engine.ts';
import type { InstallPorts } from '../install/ports.ts';

/** Longest wait for a proxy that does not listen. */
const proxyTimeoutMs = 30_000;
/** How long a running proxy is given where nobody can see whether it listens. */
const proxyGraceMs = 2_000;
const connectTimeoutMs = 500;
const lookEveryMs = 100;

type Listening = 'yes' | 'no' | 'unseen';

/** Whether a connection to the proxy's own address is accepted; rootless engines hide that from this host. */
async function listening(
  { network }: Pick<InstallPorts, 'network'>,
  { addresses }: ContainerInfo,
  port: number,
): Promise<Listening> {
  const address = Object.values(addresses).find((each) => each !== '');
  if (address === undefined) return 'unseen';
  const answer = await network.connect(address, port, connectTimeoutMs);
  if (answer.ok) return 'yes';
  return answer.code === 'ECONNREFUSED' ? 'no' : 'unseen';
}

/** Lines of the current start only: an earlier one's say nothing of this one. */
async function configuredRoutes(
  { engine }: Pick<InstallPorts, 'engine'>,
  { id, startedAt }: ContainerInfo,
): Promise<number> {
  let configured = 0;
  const options = { follow: false, ...(startedAt ? { since: startedAt } : {}) };
  for await (const { text } of engine.logs(id, options)) {
    const found = diagnose({ service: services.proxy, text });
    if (found?.id === 'route-configured') configured += 1;
  }
  return configured;
}

/**
 * Until a pair's proxy accepts connections: only then may its cloudflared join the edge, which sends
 * calls at once. Where that cannot be seen from here, until it has configured its routes, or has run
 * for a while; one that ends is not waited for.
 */
export async function awaitProxy(
  ports: Pick<InstallPorts, 'engine' | 'network' | 'clock'>,
  pair: ComposeProject,
  {
    port,
    routes,
    service = services.proxy,
  }: { readonly port: number; readonly routes: number; readonly service?: string },
): Promise<void> {
  const filter = { project: pair.project, workingDir: pair.dir, service };
  const begin = ports.clock.now().getTime();
  const elapsed = () => ports.clock.now().getTime() - begin;
  while (elapsed() < proxyTimeoutMs) {
    const proxy = (await ports.engine.containers(filter)).find((each) => !each.oneOff);
    if (!proxy || proxy.state === 'exited' || proxy.state === 'dead') return;
    if (proxy.state === 'running') {
      const seen = await listening(ports, proxy, port);
      if (seen === 'yes') return;
      if (seen === 'unseen') {
        if (elapsed() >= proxyGraceMs) return;
        if ((await configuredRoutes(ports, proxy)) >= routes) return;
      }
    }
    await ports.clock.sleep(lookEveryMs);
  }
}

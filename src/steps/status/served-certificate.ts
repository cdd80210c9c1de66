import { asFailure } from '../../domain/failure.ts';
import { parsed, problem } from '../../domain/result.ts';
import type { StatusObservation } from '../../domain/status-observation.ts';
import type { ContainerInfo } from '../../ports/engine.ts';
import type { OnDisk } from './observe-disk.ts';
import type { StatusPorts } from './ports.ts';

const lookTimeoutMs = 3_000;
const usualPort = 8080;

function portOf(listenAddr: string | undefined): number {
  const port = Number(/:(\d{1,5})$/u.exec(listenAddr ?? '')?.[1] ?? usualPort);
  return port > 0 && port < 65_536 ? port : usualPort;
}

/** The certificate that the proxy shows in a handshake: from the vendor's side, else from this host. */
export async function servedCertificate(
  { proxyTls, vendorSide }: StatusPorts,
  { config, domain }: OnDisk,
  proxy: ContainerInfo | undefined,
): Promise<StatusObservation['served']> {
  if (proxy?.state !== 'running' || domain === undefined || !config.ok) return undefined;
  const [name = 'status'] = Object.keys(config.value.routes);
  const host = name.includes('.') ? name : `${name}.${domain}`;
  const address = Object.values(proxy.addresses)[0];
  const ask = { host, timeoutMs: lookTimeoutMs };
  try {
    if (vendorSide?.servedCertificate) {
      const fingerprint = await vendorSide.servedCertificate(ask);
      return parsed({ fingerprint, by: vendorSide.name });
    }
    if (!proxyTls || address === undefined) return undefined;
    const port = portOf(config.value.listenAddr);
    const fingerprint = await proxyTls.servedCertificate({ ...ask, address, port });
    return parsed({ fingerprint, by: 'TLS handshake of this host' });
  } catch (error) {
    const { summary, found } = asFailure(error);
    return problem(found === undefined ? summary : `${summary} ${found}`);
  }
}

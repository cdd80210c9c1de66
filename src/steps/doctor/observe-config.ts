import type { Deployment } from '../../domain/deployment.ts';
import type { DoctorObservation } from '../../domain/doctor/doctor-observation.ts';
import { asFailure } from '../../domain/failure.ts';
import { isIpv4 } from '../../domain/ipv4.ts';
import { type ProxyConfig, readProxyConfig } from '../../domain/proxy-config-read.ts';
import { type Parsed, problem } from '../../domain/result.ts';
import { parseRoute, parseUpstream, type Route } from '../../domain/route.ts';
import type { ContainerInfo } from '../../ports/engine.ts';
import type { DoctorPorts } from './ports.ts';

/** Larger files of ours hold something else. */
const largest = 4 * 1024 * 1024;

/** The proxy’s configuration as it is written; a problem where it cannot be read. */
export async function configOf(
  { files }: DoctorPorts,
  { proxyConfig }: Deployment,
): Promise<Parsed<ProxyConfig>> {
  try {
    const text = await files.readText(proxyConfig, largest);
    return text === undefined ? problem('it is not there') : readProxyConfig(text);
  } catch (error) {
    return problem(asFailure(error).summary);
  }
}

/** Routes that the proxy can take. */
export function routesIn(config: Parsed<ProxyConfig>): readonly Route[] {
  if (!config.ok) return [];
  return Object.entries(config.value.routes).flatMap(([name, url]) => {
    const route = parseRoute(name, url);
    return route.ok ? [route.value] : [];
  });
}

/** Addresses of the routes' hosts: literal, of the stack's containers, or by this host's resolver. */
export async function addressesOf(
  { network }: DoctorPorts,
  config: Parsed<ProxyConfig>,
  containers: readonly ContainerInfo[],
): Promise<DoctorObservation['addresses']> {
  if (!config.ok) return new Map();
  const hosts = Object.values(config.value.routes).flatMap((url) => {
    const upstream = parseUpstream(url);
    return upstream.ok ? [upstream.value.host] : [];
  });
  const found = await Promise.all(
    [...new Set(hosts)].map(async (host) => {
      const container = containers.find(({ service }) => service === host);
      if (container) return [host, Object.values(container.addresses).filter(Boolean)] as const;
      if (isIpv4(host)) return [host, [host]] as const;
      const answer = host.includes('.') ? await network.lookup(host) : undefined;
      return [host, answer?.ok ? answer.addresses : []] as const;
    }),
  );
  return new Map(found);
}

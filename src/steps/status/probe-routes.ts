import { cleanLine } from '../../domain/log-line.ts';
import { type Parsed, parsed, problem } from '../../domain/result.ts';
import { parseUpstream } from '../../domain/route.ts';
import { explainProbe } from '../../domain/route-probe.ts';
import type { ObservedRoute } from '../../domain/status-observation.ts';
import type { ContainerInfo } from '../../ports/engine.ts';
import { upstreamFromHost } from '../install/upstream-from-host.ts';
import type { OnDisk } from './observe-disk.ts';
import type { StatusPorts } from './ports.ts';

const probeTimeoutMs = 3_000;

/**
 * The routes in the proxy's configuration, their upstreams asked from this host, all at once; those
 * of the stack itself only if the engine has told its containers.
 */
export async function probeRoutes(
  ports: StatusPorts,
  disk: OnDisk,
  containers: readonly ContainerInfo[] | undefined,
): Promise<Parsed<readonly ObservedRoute[]>> {
  if (!disk.config.ok) return disk.config;
  const routes = Object.entries(disk.config.value.routes);
  return parsed(
    await Promise.all(routes.map(([name, url]) => probe(ports, disk, containers, name, url))),
  );
}

async function probe(
  ports: StatusPorts,
  disk: OnDisk,
  containers: readonly ContainerInfo[] | undefined,
  name: string,
  url: string,
): Promise<ObservedRoute> {
  const upstream = parseUpstream(url);
  const route = { name: cleanLine(name), upstream: cleanLine(url) };
  if (!upstream.ok) return { ...route, upstream: 'not shown', service: undefined, probe: upstream };
  const { host } = upstream.value;
  const services = disk.services.ok ? disk.services.value.map((each) => each.name) : [];
  const isService =
    services.includes(host) || containers?.some(({ service }) => service === host) === true;
  const service = isService ? host : undefined;
  if (isService && !containers)
    return { ...route, service, probe: problem('Docker cannot be asked for its address') };
  const running = (containers ?? []).filter(({ state }) => state === 'running');
  if (isService && !running.some((each) => each.service === host))
    return { ...route, service, probe: problem('its container does not run') };
  const asked = upstreamFromHost(upstream.value.url, running);
  if (asked === undefined)
    return { ...route, service, probe: problem('its container has no address') };
  const { caFile, includeSystemCas: systemCas } = disk.config.ok
    ? disk.config.value.tls
    : { caFile: undefined, includeSystemCas: false };
  const answer = await ports.mcp.probe(asked, probeTimeoutMs, {
    systemCas,
    ...(disk.upstreamCa === undefined ? {} : { caPem: disk.upstreamCa }),
  });
  const explained = explainProbe({ name: route.name, upstream: upstream.value }, answer, {
    domain: disk.domain ?? '',
    caConfigured: systemCas || caFile !== undefined,
  });
  return { ...route, service, probe: parsed(explained) };
}

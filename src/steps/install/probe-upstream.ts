import { type Route, routeUrl } from '../../domain/route.ts';
import { explainProbe, type ProbeExplanation } from '../../domain/route-probe.ts';
import type { ContainerInfo } from '../../ports/engine.ts';
import type { McpAnswer, McpClient } from '../../ports/mcp-client.ts';
import type { FlowEvent } from '../../runner/events.ts';
import type { InstallAnswers } from './answers.ts';
import { upstreamFromHost } from './upstream-from-host.ts';
import type { InstallWorld } from './world.ts';

const probeTimeoutMs = 5_000;

export interface ProbeRequest {
  readonly domain: string;
  /** Containers of the stack: its services are asked by their addresses. */
  readonly containers: readonly ContainerInfo[];
  /** As the proxy trusts `https` upstreams. */
  readonly trust: { readonly caPem?: string; readonly systemCas: boolean };
}

/** Whom the proxy trusts with these answers. */
export function upstreamTrust(
  { upstream }: Pick<InstallAnswers, 'upstream'>,
  { upstreamCa }: Pick<InstallWorld, 'upstreamCa'>,
): ProbeRequest['trust'] {
  const { includeSystemCas: systemCas } = upstream;
  return upstreamCa === undefined ? { systemCas } : { systemCas, caPem: upstreamCa };
}

export interface ProbedUpstream extends ProbeExplanation {
  readonly answer: McpAnswer;
}

/** Asks a route's upstream from this host, which is another place than the proxy's network. */
export async function probeUpstream(
  ports: { readonly mcp: McpClient },
  route: Route,
  { domain, containers, trust }: ProbeRequest,
): Promise<ProbedUpstream> {
  const url = upstreamFromHost(route.upstream.url, containers);
  const answer: McpAnswer =
    url === undefined
      ? { kind: 'unreachable', code: 'no address yet' }
      : await ports.mcp.probe(url, probeTimeoutMs, trust);
  const caConfigured = trust.systemCas || trust.caPem !== undefined;
  return { answer, ...explainProbe(route, answer, { domain, caConfigured }) };
}

/** What a probe has shown, for whoever listens. */
export function probedEvent(
  route: Route,
  domain: string,
  { answer, ...explained }: ProbedUpstream,
): Extract<FlowEvent, { type: 'route.probed' }> {
  return {
    type: 'route.probed',
    route: route.name,
    upstream: route.upstream.url,
    url: routeUrl(route.name, domain),
    from: 'this host',
    ...explained,
    ...(answer.kind === 'mcp' ? { tools: answer.tools.map((tool) => tool.name) } : {}),
  };
}

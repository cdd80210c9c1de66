import { samplePort, services } from '../../domain/deployment.ts';
import { type Route, routeUrl } from '../../domain/route.ts';
import { explainProbe } from '../../domain/route-probe.ts';
import { verificationOf } from '../../domain/verification.ts';
import type { McpAnswer } from '../../ports/mcp-client.ts';
import type { StartedStack } from '../await-start.ts';
import { caOnDisk } from './ca-registration.ts';
import { awaitInstalled } from './connected.ts';
import type { InstallSettings } from './ports.ts';
import type { InstallContext, InstallStep } from './step.ts';
import { upstreamFromHost } from './upstream-from-host.ts';

const probeTimeoutMs = 5_000;
const callTimeoutMs = 30_000;

interface ProbedRoute {
  readonly name: string;
  readonly answered: boolean;
  readonly why: string;
  readonly from: string;
}

async function probeRoute(
  { answers, ports, world, emit }: InstallContext,
  route: Route,
  started: StartedStack,
): Promise<ProbedRoute> {
  const url = upstreamFromHost(route.upstream.url, started.containers);
  const { includeSystemCas: systemCas } = answers.upstream;
  const trust = {
    systemCas,
    ...(world.upstreamCa === undefined ? {} : { caPem: world.upstreamCa }),
  };
  const answer: McpAnswer =
    url === undefined
      ? { kind: 'unreachable', code: 'no address yet' }
      : await ports.mcp.probe(url, probeTimeoutMs, trust);
  const explained = explainProbe(route, answer, {
    domain: answers.domain,
    caConfigured: systemCas || world.upstreamCa !== undefined,
  });
  emit({
    type: 'route.probed',
    route: route.name,
    upstream: route.upstream.url,
    url: routeUrl(route.name, answers.domain),
    from: 'this host',
    ...explained,
    ...(answer.kind === 'mcp' ? { tools: answer.tools.map((tool) => tool.name) } : {}),
  });
  return {
    name: route.name,
    answered: explained.status === 'pass',
    why: explained.found,
    from: 'this host',
  };
}

/** Calls the sample server's tool from the vendor's side; undefined where that side cannot be asked. */
async function callSample({
  answers,
  ports,
  emit,
}: InstallContext): Promise<{ route: string; via: string } | undefined> {
  const { vendorSide } = ports;
  const route = answers.routes.find(
    (each) => each.upstream.host === services.sample && each.upstream.port === samplePort,
  );
  if (!vendorSide || !route) return undefined;
  const url = routeUrl(route.name, answers.domain);
  const tool = 'hello';
  const answer = await vendorSide.callTool({
    url,
    tool,
    arguments: { name: 'tunnel' },
    timeoutMs: callTimeoutMs,
  });
  emit({
    type: 'tool.answered',
    route: route.name,
    url,
    via: vendorSide.name,
    tool,
    text: answer.text,
  });
  return { route: route.name, via: vendorSide.name };
}

/** Waits for the connections, asks the upstreams, and says which level of proof was reached (design 6). */
export function verified(settings: InstallSettings): InstallStep {
  return {
    id: 'verified',
    title: 'Verification',
    always: true,
    plan: () => [],
    async run(context) {
      const { answers, emit } = context;
      const started = await awaitInstalled(
        context,
        settings.startTimeoutMs,
        settings.self.join(' '),
      );
      const probed = await Promise.all(
        answers.routes.map((route) => probeRoute(context, route, started)),
      );
      const called = await callSample(context);
      const ca = await caOnDisk(context);
      const cloudflared = started.containers.find((each) => each.service === services.cloudflared);
      const { level, proven, unproven } = verificationOf({
        containersUp: started.containers.every(
          (each) => each.state === 'running' && each.health !== 'unhealthy',
        ),
        connections: started.connections,
        readyByHealth: cloudflared?.health === 'healthy',
        routes: probed.map((route) =>
          route.name === called?.route ? { ...route, answered: true } : route,
        ),
        routesConfigured: started.routesConfigured,
        caRegistered: ca?.registered ?? false,
        calledFrom: called?.via,
      });
      emit({ type: 'verified', level, proven, unproven });
    },
  };
}

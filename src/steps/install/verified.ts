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
/** How long a polled certificate may take to be seen; how often to look. The period is undocumented. */
const reloadTimeoutMs = 10_000;
const reloadRetryMs = 500;

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

/**
 * Tries again where this run has made a new server certificate for a running proxy: it polls the file
 * (facts 4.2), so that for a while callers see the old one.
 */
async function onceReloaded<T>(
  { world, ports, signal }: InstallContext,
  call: () => Promise<T>,
  error: unknown,
): Promise<T> {
  const polls = world.certificates.issueServer && world.containers.length > 0;
  const giveUp = ports.clock.now().getTime() + reloadTimeoutMs;
  for (let last = error; ; ) {
    if (!polls || ports.clock.now().getTime() >= giveUp) throw last;
    await ports.clock.sleep(reloadRetryMs, signal);
    try {
      return await call();
    } catch (again) {
      last = again;
    }
  }
}

/** Calls the sample server's tool from the vendor's side; undefined where that side cannot be asked. */
async function callSample(
  context: InstallContext,
): Promise<{ route: string; via: string } | undefined> {
  const { answers, ports, emit } = context;
  const { vendorSide } = ports;
  const route = answers.routes.find(
    (each) => each.upstream.host === services.sample && each.upstream.port === samplePort,
  );
  if (!vendorSide || !route) return undefined;
  const url = routeUrl(route.name, answers.domain);
  const tool = 'hello';
  const call = () =>
    vendorSide.callTool({
      ...{ url, tool },
      arguments: { name: 'tunnel' },
      timeoutMs: callTimeoutMs,
    });
  const answer = await call().catch((error) => onceReloaded(context, call, error));
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

import { samplePort, services } from '../../domain/deployment.ts';
import { asFailure } from '../../domain/failure.ts';
import { type Route, routeUrl } from '../../domain/route.ts';
import { verificationOf } from '../../domain/verification.ts';
import type { VendorSide } from '../../ports/mcp-client.ts';
import type { StartedStack } from '../await-start.ts';
import { caOnDisk } from './ca-registration.ts';
import { awaitInstalled } from './connected.ts';
import type { InstallSettings } from './ports.ts';
import {
  type ProbedUpstream,
  probedEvent,
  probeUpstream,
  upstreamTrust,
} from './probe-upstream.ts';
import type { InstallContext, InstallStep } from './step.ts';

const callTimeoutMs = 30_000;
/** How long a polled certificate may take to be seen; how often to look. The period is undocumented. */
const reloadTimeoutMs = 10_000;
const reloadRetryMs = 500;

interface ProbedRoute {
  readonly route: Route;
  readonly probed: ProbedUpstream;
}

async function probeRoute(
  { answers, ports, world, emit }: InstallContext,
  route: Route,
  started: StartedStack,
): Promise<ProbedRoute> {
  const { domain } = answers;
  const probed = await probeUpstream(ports, route, {
    domain,
    containers: started.containers,
    trust: upstreamTrust(answers, world),
  });
  emit(probedEvent(route, domain, probed));
  return { route, probed };
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

function isSample({ upstream }: Route): boolean {
  return upstream.host === services.sample && upstream.port === samplePort;
}

const sampleCall: ToolCall = { tool: 'hello', arguments: { name: 'tunnel' } };

/** The tool that proves a route, and what it is given; undefined if none can be called just like that. */
function provingTool({ route, probed: { answer } }: ProbedRoute): ToolCall | undefined {
  if (isSample(route)) return sampleCall;
  const found = answer.kind === 'mcp' ? answer.tools.find((tool) => tool.callable) : undefined;
  return found && { tool: found.name, arguments: {} };
}

interface ToolCall {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Calls a route's tool from the vendor's side, and tells of its answer. */
async function callTool(
  context: InstallContext,
  vendorSide: VendorSide,
  { name }: Route,
  call: ToolCall,
): Promise<void> {
  const url = routeUrl(name, context.answers.domain);
  const ask = () => vendorSide.callTool({ url, ...call, timeoutMs: callTimeoutMs });
  const answer = await ask().catch((error) => onceReloaded(context, ask, error));
  const via = vendorSide.name;
  context.emit({
    type: 'tool.answered',
    route: name,
    url,
    via,
    tool: call.tool,
    text: answer.text,
  });
}

/** Which routes were called from the vendor's side, and which of those that had to be were not. */
interface Calls {
  readonly called: readonly string[];
  readonly uncalled: readonly { readonly name: string; readonly why: string }[];
}

/**
 * Calls the sample server, whose failure is one of the tunnel, and the routes named in `more`, whose
 * failure may be their upstream's: it is told, and ends nothing.
 */
async function callRoutes(
  context: InstallContext,
  probed: readonly ProbedRoute[],
  more: readonly string[],
): Promise<Calls> {
  const { vendorSide } = context.ports;
  const called: string[] = [];
  const uncalled: { name: string; why: string }[] = [];
  const sample = probed.find(({ route }) => isSample(route));
  if (vendorSide && sample) {
    await callTool(context, vendorSide, sample.route, sampleCall);
    called.push(sample.route.name);
  }
  for (const each of probed) {
    const { name } = each.route;
    if (!vendorSide || called.includes(name) || !more.includes(name)) continue;
    const call = provingTool(each);
    if (!call) {
      uncalled.push({ name, why: 'it has no tool that can be called without arguments' });
      continue;
    }
    try {
      await callTool(context, vendorSide, each.route, call);
      called.push(name);
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code !== 'verification-failed') throw error;
      uncalled.push({ name, why: failure.found ?? failure.summary });
    }
  }
  return { called, uncalled };
}

/**
 * Waits for the connections, asks the upstreams, and says which level of proof was reached (design 6).
 * `call` names routes that are to be called from the vendor's side, too, where that can be asked.
 */
export function verified(settings: InstallSettings, call: readonly string[] = []): InstallStep {
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
      const { called, uncalled } = await callRoutes(context, probed, call);
      const ca = await caOnDisk(context);
      const cloudflared = started.containers.find((each) => each.service === services.cloudflared);
      const { level, proven, unproven } = verificationOf({
        containersUp: started.containers.every(
          (each) => each.state === 'running' && each.health !== 'unhealthy',
        ),
        connections: started.connections,
        readyByHealth: cloudflared?.health === 'healthy',
        routes: probed.map(({ route: { name }, probed: { status, found } }) => ({
          name,
          answered: status === 'pass' || called.includes(name),
          why: found,
          from: 'this host',
        })),
        routesConfigured: started.routesConfigured,
        caRegistered: ca?.registered ?? false,
        calledFrom: called.length > 0 ? context.ports.vendorSide?.name : undefined,
        uncalled,
      });
      emit({ type: 'verified', level, proven, unproven });
    },
  };
}

import { type Deployment, services } from '../../domain/deployment.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { proxyConfigName } from '../../domain/proxy-config.ts';
import { type CallableRoute, type PlannedCall, planCalls } from '../../domain/verify-plan.ts';
import type { Engine } from '../../ports/engine.ts';
import type { FlowEvent } from '../../runner/events.ts';
import { observeHosts } from '../rotate-token/observe-hosts.ts';
import { type AskedRoute, askRoutes } from '../routes/observe-routes.ts';
import type { VerifyPorts, VerifyRequest } from './ports.ts';

export interface PreparedCalls {
  readonly calls: readonly PlannedCall[];
  /** Routes that are not called. */
  readonly others: readonly string[];
  /** Other hosts of this tunnel, as the operator has listed them. */
  readonly hosts: readonly string[];
  /** What this host knows that may matter for the calls, and what the upstreams said to it. */
  readonly told: readonly FlowEvent[];
}

/** An engine that cannot be asked is no reason not to call: the vendor's side does not ask it either. */
async function engineOf(
  { engine }: VerifyPorts,
  dir: string,
): Promise<{ readonly engine: Pick<Engine, 'containers'>; readonly trouble?: string }> {
  try {
    await engine.containers({ workingDir: dir });
    return { engine };
  } catch (error) {
    return { engine: { containers: async () => [] }, trouble: asFailure(error).summary };
  }
}

function callable(asked: readonly AskedRoute[]): readonly CallableRoute[] {
  return asked.flatMap(({ listed, route, answer }) =>
    route && answer ? [{ name: listed.route, url: listed.url, route, answer }] : [],
  );
}

function probedEvent({ listed }: AskedRoute): FlowEvent {
  const { proxy, ...said } = listed;
  return { ...said, type: 'route.probed' };
}

/** What stands in the way already, as far as this host can see; other hosts may carry the call all the same. */
async function warnings(
  engine: Pick<Engine, 'containers'>,
  { dir, proxyService }: Deployment,
  asked: readonly AskedRoute[],
): Promise<readonly string[]> {
  const all = await engine.containers({ workingDir: dir });
  const runs = (name: string) =>
    all.some(({ service, state, oneOff }) => service === name && state === 'running' && !oneOff);
  const stopped = [proxyService, services.cloudflared].filter((name) => !runs(name));
  const isOld = asked.some(({ listed }) => listed.proxy === 'changed');
  return [
    ...(stopped.length > 0
      ? [
          `${stopped.join(' and ')} ${stopped.length === 1 ? 'does' : 'do'} not run here: a call can only come through by way of another host.`,
        ]
      : []),
    ...(isOld
      ? [
          `${proxyConfigName} changed after ${proxyService} started; it may not have these routes yet.`,
        ]
      : []),
  ];
}

/** A list that cannot be read is the business of those who need it. */
async function hostNames(ports: VerifyPorts, deployment: Deployment): Promise<readonly string[]> {
  const { others } = await observeHosts(ports, deployment).catch(() => ({ others: [] }));
  return others.map(({ name }) => name);
}

/**
 * Asks the upstreams from this host and decides which tool of which route is to be called.
 * @throws Failure `proxy-config-refused`, `answers-invalid`, and those of `planCalls`.
 */
export async function prepareCalls(
  ports: VerifyPorts,
  deployment: Deployment,
  request: VerifyRequest,
): Promise<PreparedCalls> {
  const { engine, trouble } = await engineOf(ports, deployment.dir);
  const asked = await askRoutes({ ...ports, engine }, deployment, '');
  const routes = callable(asked);
  if (routes.length === 0) {
    throw new Failure('proxy-config-refused', 'There is no route to call.', {
      found: asked.map(({ listed }) => `${listed.route}: ${listed.found}`).join('\n'),
      nextSteps: ['mcp-tunnel routes add NAME=URL'],
    });
  }
  const calls = planCalls(routes, request);
  const called = (name: string) => calls.some(({ route }) => route === name);
  const strange = [...request.authorization.keys()].find((name) => !called(name));
  if (strange !== undefined) {
    throw new Failure('answers-invalid', '1 answer is missing or invalid.', {
      missing: [
        {
          question: 'Whose token?',
          problem: `The route ${strange} is not called.`,
          flag: '--authorization-file',
        },
      ],
      nextSteps: [`mcp-tunnel verify --route ${strange} …`],
    });
  }
  const notices = trouble
    ? [`Docker could not be asked (${trouble}) That does not matter for the call itself.`]
    : await warnings(engine, deployment, asked);
  return {
    calls,
    hosts: await hostNames(ports, deployment),
    others: asked.map(({ listed }) => listed.route).filter((name) => !called(name)),
    told: [
      ...asked.filter(({ listed }) => called(listed.route)).map(probedEvent),
      ...notices.map((text): FlowEvent => ({ type: 'notice', text })),
    ],
  };
}

import { join } from 'node:path';
import type { Deployment } from '../../domain/deployment.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import type { McpAnswer } from '../../domain/mcp-answer.ts';
import { proxyConfigName } from '../../domain/proxy-config.ts';
import { type ProxyConfig, readProxyConfig } from '../../domain/proxy-config-read.ts';
import { isShowable, quoteForeign } from '../../domain/quote-foreign.ts';
import { parseRoute, type Route, routeUrl } from '../../domain/route.ts';
import { neededRestarts } from '../../domain/stack-freshness.ts';
import type { ContainerInfo, Engine } from '../../ports/engine.ts';
import type { FlowEvent } from '../../runner/events.ts';
import type { InstallPorts } from '../install/ports.ts';
import {
  type ProbedUpstream,
  type ProbeRequest,
  probeUpstream,
} from '../install/probe-upstream.ts';

export type ListedRoute = Extract<FlowEvent, { type: 'route' }>;

type Ports = Pick<InstallPorts, 'files' | 'mcp' | 'clock'> & {
  readonly engine: Pick<Engine, 'containers'>;
};

/** A server of the stack that has just been started gets this long before its silence counts. */
const startMs = 15_000;
const lookEveryMs = 300;

/** A route with all that its upstream said; without `route` where the proxy takes none of it. */
export interface AskedRoute {
  readonly listed: ListedRoute;
  readonly route?: Route;
  readonly answer?: McpAnswer;
}

/**
 * Every route of the configuration with what its upstream says, in their order; changes nothing.
 * `domain` stands in where the configuration names none.
 * @throws Failure `proxy-config-refused` if the configuration is missing or cannot be read.
 */
export async function observeRoutes(
  ports: Ports,
  deployment: Deployment,
  domain: string,
): Promise<readonly ListedRoute[]> {
  return (await askRoutes(ports, deployment, domain)).map(({ listed }) => listed);
}

/** The same, with the upstreams' whole answers. */
export async function askRoutes(
  ports: Ports,
  deployment: Deployment,
  domain: string,
): Promise<readonly AskedRoute[]> {
  const config = await readConfig(ports, deployment);
  const all = await ports.engine.containers({ workingDir: deployment.dir });
  const containers = all.filter(({ oneOff }) => !oneOff);
  const proxy = await proxyState(ports, deployment, containers);
  const request = {
    domain: config.domain ?? domain,
    containers,
    trust: await trustOf(ports, deployment, config),
  };
  return Promise.all(
    Object.entries(config.routes).map(async ([name, upstream]): Promise<AskedRoute> => {
      const route = parseRoute(name.split('.')[0] ?? name, upstream);
      const place = { type: 'route', proxy, from: 'this host' } as const;
      if (!route.ok) {
        const listed = {
          ...place,
          route: showable(name),
          upstream: showable(upstream),
          url: '-',
          status: 'warn',
          found: route.problem,
          expected: 'a route that the proxy takes',
          fix: `Correct it in ${proxyConfigName}.`,
        } as const;
        return { listed };
      }
      const { answer, ...said } = await ask(ports, route.value, request);
      const listed = {
        ...place,
        route: name,
        upstream: route.value.upstream.url,
        url: urlOf(name, config.domain ?? domain),
        ...said,
        ...(answer.kind === 'mcp' ? { tools: answer.tools.map((tool) => tool.name) } : {}),
      };
      return { listed, route: route.value, answer };
    }),
  );
}

async function readConfig({ files }: Ports, { proxyConfig }: Deployment): Promise<ProxyConfig> {
  const refused = (found: string, cause?: unknown) =>
    new Failure('proxy-config-refused', `${proxyConfigName} cannot be read.`, {
      found,
      expected: 'a configuration with routes, as the proxy takes it',
      nextSteps: [`Correct ${proxyConfig}, then run the same command again.`],
      ...(cause === undefined ? {} : { cause }),
    });
  const text = await files.readText(proxyConfig).catch((error: unknown) => {
    const { summary, found } = asFailure(error);
    throw refused(found ?? summary, error);
  });
  if (text === undefined) throw refused(`nothing at ${proxyConfig}`);
  const config = readProxyConfig(text);
  if (config.ok) return config.value;
  throw refused(config.problem);
}

/** What is no route may be anything, a secret too. */
function showable(text: string): string {
  return isShowable(text) ? quoteForeign(text) : '(not shown)';
}

/** Full host names are routed, too (facts 4.1). */
function urlOf(name: string, domain: string): string {
  const [label = '', ...rest] = name.split('.');
  return routeUrl(label, rest.length === 0 ? domain : rest.join('.'));
}

async function proxyState(
  { files }: Ports,
  { proxyConfig, proxyService }: Deployment,
  containers: readonly ContainerInfo[],
): Promise<ListedRoute['proxy']> {
  const runs = containers.some(
    ({ service, state }) => service === proxyService && state === 'running',
  );
  if (!runs) return 'not-running';
  const changed = (await files.stat(proxyConfig))?.changedAt;
  const old = neededRestarts(
    containers,
    {
      proxyConfig: changed,
      token: undefined,
      sampleServer: undefined,
    },
    proxyService,
  );
  return old.some(({ service }) => service === proxyService) ? 'changed' : 'has-it';
}

/** As the proxy trusts; a CA that this user cannot read is left out. */
async function trustOf(
  { files }: Ports,
  { dataDir }: Deployment,
  { tls }: ProxyConfig,
): Promise<ProbeRequest['trust']> {
  const inData = tls.caFile?.startsWith('/data/') ? tls.caFile.slice('/data/'.length) : undefined;
  const caPem =
    inData === undefined
      ? undefined
      : await files.readText(join(dataDir, inData)).catch(() => undefined);
  const systemCas = tls.includeSystemCas;
  return caPem === undefined ? { systemCas } : { systemCas, caPem };
}

/** Once, or until a server that has just been started answers. */
async function ask(ports: Ports, route: Route, request: ProbeRequest): Promise<ProbedUpstream> {
  const { host } = route.upstream;
  const server = request.containers.find(({ service }) => service === host);
  for (;;) {
    const said = await probeUpstream(ports, route, request);
    const silent = said.answer.kind === 'unreachable' || said.answer.kind === 'timeout';
    const age = ports.clock.now().getTime() - (server?.startedAt?.getTime() ?? 0);
    if (!silent || age >= startMs) return said;
    await ports.clock.sleep(lookEveryMs);
  }
}

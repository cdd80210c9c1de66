import { judgeRoutes } from '../../domain/allowed-ips.ts';
import { allowedIpsAfter } from '../../domain/allowed-ips-change.ts';
import { bridgeUpstreamCa } from '../../domain/bridge.ts';
import { services } from '../../domain/deployment.ts';
import { Failure, type MissingAnswer } from '../../domain/failure.ts';
import { proxyConfigName } from '../../domain/proxy-config.ts';
import { parseRoute } from '../../domain/route.ts';
import { changeRoutes, type RouteChange, type RoutesRequest } from '../../domain/route-change.ts';
import { YamlFile } from '../../domain/yaml-file.ts';
import type { BridgeContent, BridgedWorld } from '../bridge/build-bridge.ts';
import { neededPairRestart, type PairRestart } from '../bridge/restart-pair.ts';
import type { InstallAnswers } from '../install/answers.ts';
import { wantedFiles } from '../install/files.ts';
import { proxyConfigFile, upstreamCaFile } from '../install/proxy-config-file.ts';
import { planFile, type WantedFile } from '../planned-file.ts';

/** A change of routes, worked out from what is asked for and what is seen: a killed one goes on from there. */
export interface RoutesChange extends Pick<RouteChange, 'routes' | 'set' | 'removed'> {
  /** The deployment's answers with it. */
  readonly answers: InstallAnswers;
  /** In the order in which they are written: what a later installation goes by, then what runs. */
  readonly files: readonly WantedFile[];
  readonly bridge: BridgeContent;
  readonly restart: PairRestart;
  /** True if the main pair runs with the configuration that is wanted. */
  readonly settled: boolean;
}

/**
 * Judges the request as an installation does, and says what has to be done.
 * @throws Failure `answers-invalid`, `file-malformed`, `proxy-config-refused`, `stack-not-running`,
 * `token-unreadable`.
 */
export function routesChange(
  request: RoutesRequest,
  given: InstallAnswers,
  world: BridgedWorld,
): RoutesChange {
  const { proxyConfig } = world.deployment;
  const text = world.files.get(proxyConfig)?.text;
  if (text === undefined) throw noConfig(proxyConfig);
  const change = changeRoutes(text, request, world.bridge.record?.without ?? []);
  const answers = changedAnswers(request, given, change);
  judge(answers);

  const { upstreamCa } = world.deployment;
  const files = filesToWrite(answers, world);
  const isChanged = (path: string) =>
    files.some((file) => file.path === path && !isKept(file, world));
  const changedAt = (path: string) => world.files.get(path)?.stat?.changedAt;
  const restart =
    isChanged(proxyConfig) || isChanged(upstreamCa)
      ? { proxy: true, cloudflared: true }
      : neededPairRestart(
          world.containers,
          {
            proxyConfig: latest(changedAt(proxyConfig), changedAt(upstreamCa)),
            token: world.token?.stat.changedAt,
          },
          world.deployment.proxyService,
        );
  return {
    ...change,
    answers,
    files,
    bridge: bridgeContent(change, files, world),
    restart,
    settled: !restart.cloudflared,
  };
}

/** A stack made by hand has no answers of ours: its own configuration is what counts. */
function filesToWrite(answers: InstallAnswers, world: BridgedWorld): readonly WantedFile[] {
  const { layout, answers: stored, upstreamCa, proxyConfig } = world.deployment;
  if (layout.byHand) return [...upstreamCaFile(answers, world), proxyConfigFile(answers, world)];
  const all = wantedFiles(answers, world);
  return [stored, upstreamCa, proxyConfig].flatMap((path) =>
    all.filter((file) => file.path === path),
  );
}

function isKept(file: WantedFile, world: BridgedWorld): boolean {
  const observed = world.files.get(file.path) ?? { stat: undefined, text: undefined };
  return planFile(world.deployment.dir, file, observed).action === 'keep';
}

function latest(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (!one || !other) return one ?? other;
  return one > other ? one : other;
}

function changedAnswers(
  request: RoutesRequest,
  given: InstallAnswers,
  { routes, before }: RouteChange,
): InstallAnswers {
  const allowedIps = allowedIpsAfter({
    answered: given.upstream.allowedIps,
    configured: before.allowedIps,
    given: request.allowedIps,
    before: Object.entries(before.routes).flatMap(([name, url]) => {
      const route = parseRoute(name, url);
      return route.ok ? [route.value] : [];
    }),
    after: routes,
    composeServices: [services.sample],
  });
  return { ...given, routes, upstream: { ...given.upstream, allowedIps } };
}

/** @throws Failure `answers-invalid` with every reason why the proxy would not serve these routes. */
function judge({ routes, upstream, sampleServer }: InstallAnswers): void {
  const { allowedIps: explicit, caFile, includeSystemCas } = upstream;
  const tls = { includeSystemCas, ...(caFile === undefined ? {} : { caFile }) };
  const judged = judgeRoutes({ routes, explicit, composeServices: [services.sample], tls });
  const unserved = sampleServer
    ? []
    : routes.filter((route) => route.upstream.host === services.sample);
  const missing: readonly MissingAnswer[] = [
    ...judged.map(({ route, problem }) => ({ question: `Route ${route}:`, problem })),
    ...unserved.map(({ name }) => ({
      question: `Route ${name}:`,
      problem: `It points to ${services.sample}, but the sample server is switched off.`,
      flag: 'mcp-tunnel install --sample-server',
    })),
  ];
  if (missing.length === 0) return;
  const what = missing.length === 1 ? 'One of the routes' : `${missing.length} of the routes`;
  throw new Failure('answers-invalid', `${what} would not be served.`, { missing });
}

function bridgeContent(
  { removed }: RouteChange,
  files: readonly WantedFile[],
  world: BridgedWorld,
): BridgeContent {
  const { deployment, deployedToken: token, containers } = world;
  const missing = [deployment.proxyService, services.cloudflared].find(
    (name) => !containers.some(({ service }) => service === name),
  );
  if (missing !== undefined) throw notRunning(missing);
  if (!token) throw unreadableToken(deployment.tunnelToken);
  const textOf = (path: string) => files.find((file) => file.path === path)?.text;
  const config = textOf(deployment.proxyConfig) ?? '';
  const ca = textOf(deployment.upstreamCa);
  // The running proxy may read its CA again: it gets the new one only once the bridge is proven.
  const isNewCa = ca !== undefined && ca !== world.files.get(deployment.upstreamCa)?.text;
  return {
    token,
    purpose: 'a change of routes',
    otherwise,
    proxyConfig: isNewCa ? withOwnCa(config) : config,
    ...(isNewCa ? { upstreamCa: ca } : {}),
    without: removed,
  };
}

const otherwise = 'Or set all routes there: mcp-tunnel install --route NAME=URL …';

function withOwnCa(config: string): string {
  const file = new YamlFile(proxyConfigName, config);
  file.setScalar(['upstream', 'tls', 'ca_file'], bridgeUpstreamCa, bridgeUpstreamCa);
  return file.text;
}

function noConfig(path: string): Failure {
  return new Failure('proxy-config-refused', `There is no ${proxyConfigName}.`, {
    found: `nothing at ${path}`,
    nextSteps: ['Write it anew: mcp-tunnel install'],
  });
}

function notRunning(service: string): Failure {
  return new Failure(
    'stack-not-running',
    'The stack does not run: there is no traffic to keep up.',
    {
      found: `no container of ${service}`,
      expected: 'a running pair of mcp-proxy and cloudflared',
      nextSteps: ['Start it first: mcp-tunnel install', otherwise],
    },
  );
}

function unreadableToken(path: string): Failure {
  return new Failure('token-unreadable', 'The tunnel token of this deployment cannot be read.', {
    found: path,
    expected: 'the token that cloudflared runs with: a second pair needs it, too',
    nextSteps: ['mcp-tunnel install   (shows what is missing)'],
  });
}

import { Failure, type MissingAnswer } from './failure.ts';
import { nearest } from './nearest.ts';
import { proxyConfigName } from './proxy-config.ts';
import { type ProxyConfig, readProxyConfig } from './proxy-config-read.ts';
import { quoteForeign } from './quote-foreign.ts';
import { parseRoute, type Route } from './route.ts';
import { YamlFile } from './yaml-file.ts';

/** What is to become of the routes: names to set, names to take away, or both in one go. */
export interface RoutesRequest {
  readonly set: readonly Route[];
  /** True if names that exist get the upstream given. */
  readonly replace: boolean;
  /** Ranges to allow beside those that are. */
  readonly allowedIps: readonly string[];
  readonly remove: readonly string[];
}

/** The request that changes nothing: it finishes what an earlier run has begun. */
export const noRoutesRequest: RoutesRequest = {
  set: [],
  replace: false,
  allowedIps: [],
  remove: [],
};

/** The routes of a configuration after a change, and what it was before. */
export interface RouteChange {
  /** All of them: those that stay in their order, new ones after them. */
  readonly routes: readonly Route[];
  /** Names that the request sets, also where they are so already. */
  readonly set: readonly string[];
  /** Names that are no longer there. */
  readonly removed: readonly string[];
  readonly before: ProxyConfig;
}

/**
 * The routes that a proxy's configuration has to have. A route that is there with the same upstream
 * is no change; `gone` are names that an unfinished removal has taken away already.
 * @throws Failure `answers-invalid` with all that is wrong with the request; `file-malformed`, naming
 * the line, if the configuration cannot be read or a route that stays is none.
 */
export function changeRoutes(
  text: string,
  request: RoutesRequest,
  gone: readonly string[],
): RouteChange {
  const file = new YamlFile(proxyConfigName, text);
  const before = configOf(file);
  const current = new Map(Object.entries(before.routes));
  const problems = [...judgeSet(current, request), ...judgeRemoved(current, request, gone)];
  if (problems.length > 0) throw refused(request, problems);

  const { set } = request;
  const removed = [...new Set(request.remove)];
  const next = new Map(current);
  for (const name of removed) next.delete(name);
  for (const { name, upstream } of set) next.set(name, upstream.url);
  if (next.size === 0) throw lastRoute(removed);
  const routes = [...next].map(([name, url]) => {
    const route = parseRoute(name, url);
    if (route.ok) return route.value;
    throw file.refusal(['routes', name], route.problem);
  });
  return { routes, set: set.map(({ name }) => name), removed, before };
}

function configOf(file: YamlFile): ProxyConfig {
  const config = readProxyConfig(file.text);
  if (config.ok) return config.value;
  const place = `${file.name}, line ${file.lineOf(['routes'])}`;
  throw new Failure('file-malformed', config.problem, {
    expected: 'routes: a map of name: scheme://host:port',
    nextSteps: [`Correct ${place}, then run the same command again.`],
  });
}

function judgeSet(
  current: ReadonlyMap<string, string>,
  { set, replace, remove }: RoutesRequest,
): readonly MissingAnswer[] {
  return set.flatMap(({ name, upstream }) => {
    if (remove.includes(name))
      return [{ question: `Route ${name}`, problem: 'is to be set and removed at once.' }];
    const url = current.get(name);
    if (url === undefined || url === upstream.url || replace) return [];
    const problem = `leads to ${quoteForeign(url)} already; --replace gives it the new URL.`;
    return [{ question: `Route ${name}`, problem, flag: '--replace' }];
  });
}

function judgeRemoved(
  current: ReadonlyMap<string, string>,
  { remove }: RoutesRequest,
  gone: readonly string[],
): readonly MissingAnswer[] {
  const unknown = remove.filter((name) => !current.has(name) && !gone.includes(name));
  const known = [...current.keys()];
  return unknown.map((name) => {
    const near = nearest(name, known);
    const advice = near ? `Did you mean ${near}?` : `There are: ${known.join(', ')}.`;
    return { question: `Route ${quoteForeign(name)}`, problem: `is not there. ${advice}` };
  });
}

function refused({ set, remove }: RoutesRequest, problems: readonly MissingAnswer[]): Failure {
  const count = problems.length === 1 ? 'A route' : `${problems.length} routes`;
  const what = remove.length === 0 ? 'added' : set.length === 0 ? 'removed' : 'changed';
  return new Failure('answers-invalid', `${count} cannot be ${what}.`, {
    missing: problems,
    nextSteps: ['mcp-tunnel routes list   (shows what is there)'],
  });
}

function lastRoute(removed: readonly string[]): Failure {
  const names = removed.join(', ');
  return new Failure('answers-invalid', 'The last route cannot be removed.', {
    found: `nothing but ${names}`,
    expected: 'at least one route: without any, the proxy answers no call',
    nextSteps: [
      'Add another one first: mcp-tunnel routes add NAME=URL',
      'To end the tunnel’s traffic, stop the stack: docker compose down',
    ],
  });
}

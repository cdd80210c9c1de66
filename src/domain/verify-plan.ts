import { samplePort, services } from './deployment.ts';
import { Failure } from './failure.ts';
import type { McpAnswer } from './mcp-answer.ts';
import { nearest } from './nearest.ts';
import type { Route } from './route.ts';

/** A route that could be called, and what its upstream said when it was asked from this host. */
export interface CallableRoute {
  readonly name: string;
  readonly url: string;
  readonly route: Route;
  readonly answer: McpAnswer;
}

/** What the person wants called; undefined: it is chosen. */
export interface WantedCalls {
  readonly routes: readonly string[];
  readonly tool: string | undefined;
}

/** A tool of a route that is to be called, and on what ground just this one. */
export interface PlannedCall {
  readonly route: string;
  readonly url: string;
  readonly upstream: string;
  readonly tool: string;
  /** `sample`: the sample server's own. `read-only`: it says so of itself. `named`: by the person. */
  readonly ground: 'sample' | 'read-only' | 'named';
}

const sampleTool = 'hello';
const shownTools = 8;

function isSample({ upstream }: Route): boolean {
  return upstream.host === services.sample && upstream.port === samplePort;
}

function toolsOf({ answer }: CallableRoute) {
  return answer.kind === 'mcp' ? answer.tools : undefined;
}

/** The tool that is called without being named: it must be known to change nothing. Undefined: none is. */
function harmlessTool(each: CallableRoute): Pick<PlannedCall, 'tool' | 'ground'> | undefined {
  const tools = toolsOf(each);
  const hasSampleTool = tools === undefined || tools.some(({ name }) => name === sampleTool);
  if (isSample(each.route) && hasSampleTool) return { tool: sampleTool, ground: 'sample' };
  const reading = (tools ?? []).filter(({ readOnly }) => readOnly);
  // One that needs nothing to be made up for it tells more about the tunnel.
  const found = reading.find(({ callable }) => callable) ?? reading[0];
  return found && { tool: found.name, ground: 'read-only' };
}

function planned(each: CallableRoute, call: Pick<PlannedCall, 'tool' | 'ground'>): PlannedCall {
  const { name, url, route } = each;
  return { route: name, url, upstream: route.upstream.url, ...call };
}

function invalid(question: string, flag: string, problem: string): Failure {
  return new Failure('answers-invalid', '1 answer is missing or invalid.', {
    missing: [{ question, problem, flag }],
    nextSteps: ['mcp-tunnel verify --help'],
  });
}

function namedTool(each: CallableRoute, tool: string): PlannedCall {
  const names = toolsOf(each)?.map(({ name }) => name);
  if (names && !names.includes(tool)) {
    const near = nearest(tool, names);
    const others = near === undefined ? listed(names) : `Did you mean ${near}?`;
    throw invalid('Which tool?', '--tool', `${each.name} has no such tool. ${others}`);
  }
  return planned(each, { tool, ground: 'named' });
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'It has none.';
  const more = names.length - shownTools;
  return `It has: ${names.slice(0, shownTools).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

function toolUnnamed(routes: readonly CallableRoute[]): Failure {
  const [first] = routes;
  const found = routes.map((each) => {
    const names = toolsOf(each)?.map(({ name }) => name);
    return `${each.name}: ${names ? listed(names) : 'this host cannot list its tools.'}`;
  });
  return new Failure('tool-unnamed', 'No tool is called that is not known to only read.', {
    found: found.join('\n'),
    expected: 'a tool that says of itself that it only reads (readOnlyHint), or one that you name',
    nextSteps: [
      `Name one that changes nothing: mcp-tunnel verify --route ${first?.name ?? 'NAME'} --tool NAME`,
    ],
  });
}

function wantedRoutes(
  routes: readonly CallableRoute[],
  names: readonly string[],
): readonly CallableRoute[] {
  return [...new Set(names)].map((name) => {
    const found = routes.find((each) => each.name === name);
    if (found) return found;
    const all = routes.map((each) => each.name);
    const near = nearest(name, all);
    const others = near === undefined ? `There are: ${all.join(', ')}.` : `Did you mean ${near}?`;
    throw invalid('Which route?', '--route', `There is no such route. ${others}`);
  });
}

/** With a tool and no route: the one route whose server has it. */
function routeOfTool(routes: readonly CallableRoute[], tool: string): CallableRoute {
  const [only, ...others] = routes;
  if (only && others.length === 0) return only;
  const having = routes.filter((each) => toolsOf(each)?.some(({ name }) => name === tool));
  const [first] = having;
  if (first && having.length === 1) return first;
  const problem =
    having.length > 1
      ? `Several routes have a tool ${tool}: ${having.map(({ name }) => name).join(', ')}.`
      : 'Which route the tool belongs to cannot be told from here.';
  throw invalid('Which route?', '--route', problem);
}

/**
 * Which tool of which routes to call. Without a person's word only tools that change nothing are
 * called, on one route: the sample server's `hello`, else the first that says of itself that it only
 * reads.
 * @throws Failure `tool-unnamed` where there is no such tool, `answers-invalid`.
 */
export function planCalls(
  routes: readonly CallableRoute[],
  wanted: WantedCalls,
): readonly PlannedCall[] {
  const { tool } = wanted;
  if (tool !== undefined && wanted.routes.length > 1)
    throw invalid('Which route?', '--route', 'With --tool, name one route.');
  const named = wantedRoutes(routes, wanted.routes);
  if (tool !== undefined) return [namedTool(named[0] ?? routeOfTool(routes, tool), tool)];
  if (named.length > 0) {
    return named.map((each) => {
      const call = harmlessTool(each);
      if (call) return planned(each, call);
      throw toolUnnamed([each]);
    });
  }
  const inOrder = routes.toSorted((a, b) => Number(isSample(b.route)) - Number(isSample(a.route)));
  for (const each of inOrder) {
    const call = harmlessTool(each);
    if (call) return [planned(each, call)];
  }
  throw toolUnnamed(routes);
}

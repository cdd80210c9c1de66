import { mcpPath } from './deployment.ts';
import { quoteForeign } from './quote-foreign.ts';
import { type Parsed, parsed, problem } from './result.ts';
import { parseRouteName } from './route-name.ts';
import { parseUpstream, type Upstream } from './upstream.ts';

export { parseRouteName } from './route-name.ts';
export { parseUpstream, type Upstream } from './upstream.ts';

/** A name under the tunnel's domain and the MCP server behind it. */
export interface Route {
  readonly name: string;
  readonly upstream: Upstream;
}

const howToWrite =
  'Write a flat map of name to upstream, such as: routes: { echo: http://hello-mcp:9000 }';
const shownProblems = 5;

/** The URL that callers use for a route: `https://echo.abcd1234.tunnel.anthropic.com/mcp`. */
export function routeUrl(name: string, domain: string): string {
  return `https://${name}.${domain}${mcpPath}`;
}

/** Reads a name and an upstream; a problem with the upstream says which route it is about. */
export function parseRoute(name: string, url: string): Parsed<Route> {
  const label = parseRouteName(name);
  if (!label.ok) return label;
  const upstream = parseUpstream(url);
  if (!upstream.ok) return problem(`Route ${quoteForeign(label.value)}: ${upstream.problem}`);
  return parsed({ name: label.value, upstream: upstream.value });
}

/** Reads a flag's value, `name=scheme://host:port`. */
export function parseRouteFlag(text: string): Parsed<Route> {
  const equals = text.indexOf('=');
  if (equals >= 0) return parseRoute(text.slice(0, equals), text.slice(equals + 1));
  return problem(
    `The route ${quoteForeign(text)} has no "=". Expected name=scheme://host:port, such as echo=http://hello-mcp:9000.`,
  );
}

/**
 * Reads routes from a parsed YAML or JSON document: a flat map of name to upstream, not empty, no name
 * twice. A list is refused with the proxy's own words (facts 4.2). The order of the map is kept. All
 * that is wrong is told at once, up to five problems.
 */
export function parseRoutes(value: unknown): Parsed<readonly Route[]> {
  if (value === null || value === undefined) return problem(`There are no routes. ${howToWrite}`);
  if (Array.isArray(value)) {
    return problem(
      `The routes are a list; the proxy would exit with "cannot unmarshal !!seq into map[string]string". ${howToWrite}`,
    );
  }
  if (typeof value !== 'object') return problem(`The routes are not a map. ${howToWrite}`);
  const entries: readonly (readonly [unknown, unknown])[] =
    value instanceof Map ? [...value] : Object.entries(value);
  if (entries.length === 0) return problem(`There are no routes. ${howToWrite}`);
  const read = entries.map(([name, url]) => parseEntry(String(name), url));
  const problems = [
    ...repeatedNames(entries.map(([name]) => String(name))),
    ...read.flatMap((route) => (route.ok ? [] : [route.problem])),
  ];
  if (problems.length === 0)
    return parsed(read.flatMap((route) => (route.ok ? [route.value] : [])));
  const more = problems.length - shownProblems;
  return problem(
    [...problems.slice(0, shownProblems), ...(more > 0 ? [`And ${more} more.`] : [])].join(' '),
  );
}

function parseEntry(name: string, url: unknown): Parsed<Route> {
  if (typeof url === 'string') return parseRoute(name, url);
  const label = parseRouteName(name);
  if (!label.ok) return label;
  return problem(
    `Route ${quoteForeign(label.value)}: its value is not text of the form scheme://host:port. ${howToWrite}`,
  );
}

function repeatedNames(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const name of names.map((name) => name.trim().toLowerCase())) {
    (seen.has(name) ? repeated : seen).add(name);
  }
  return [...repeated].map(
    (name) =>
      `The route ${quoteForeign(name)} is given more than once (case makes no difference); keep one.`,
  );
}

import { mcpPath } from './deployment.ts';
import type { McpAnswer, McpTool } from './mcp-answer.ts';
import type { Route } from './route.ts';
import { explainUnreachable } from './route-unreachable.ts';

export interface ProbeContext {
  /** The tunnel's domain, `abcd1234.tunnel.anthropic.com`. */
  readonly domain: string;
  /** True if the proxy has a CA for `https` upstreams and the probe used it too. */
  readonly caConfigured?: boolean;
}

/** What a probe's answer means for the route. Never a failure: the probe asks from another place than the proxy. */
export interface ProbeExplanation {
  readonly status: 'pass' | 'warn';
  readonly found: string;
  readonly expected: string;
  readonly fix?: string;
}

const shownTools = 8;

/** The proxy may see another answer than this host does. */
const askedFromHere =
  'This was asked from this host; the proxy asks from its own network, where the answer can be another.';

function toolsIn(tools: readonly McpTool[]): string {
  if (tools.length === 0) return 'no tools';
  const names = tools.slice(0, shownTools).map(({ name }) => name);
  const more = tools.length - names.length;
  const list = `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `${tools.length} ${tools.length === 1 ? 'tool' : 'tools'}: ${list}`;
}

function explainMcp(answer: McpAnswer & { kind: 'mcp' }, expected: string): ProbeExplanation {
  const server = [answer.serverName, answer.serverVersion].filter((part) => part !== '').join(' ');
  return {
    status: 'pass',
    found: `MCP server ${server || 'without a name'} with ${toolsIn(answer.tools)}`,
    expected,
  };
}

/** FastMCP's check of the Host header (python-sdk, TransportSecuritySettings) knows localhost only. */
function hostCheckFix(route: Route, domain: string): string {
  const name = `${route.name}.${domain}`;
  return `Allow the tunnel's name in the server. With FastMCP (import TransportSecuritySettings from mcp.server.transport_security): FastMCP(…, transport_security=TransportSecuritySettings(allowed_hosts=["${name}", "${name}:*", "${route.upstream.host}:*"])). Other servers call it allowed hosts or DNS-rebinding protection.`;
}

const otherPath = `Find the server's MCP path; ${mcpPath} is the usual one. The proxy passes the path of the caller's URL through unchanged, so the route stays as it is and callers use that path.`;

/** `found` and `fix` by HTTP status; a status without an entry is explained by its class. */
function httpMeaning(
  status: number,
  location: string | undefined,
  route: Route,
  domain: string,
): { found: string; fix: string; status?: 'pass' } {
  const http = `HTTP ${status}`;
  switch (status) {
    case 401:
      return {
        status: 'pass',
        found: `${http}: it wants a sign-in of its own`,
        fix: 'Nothing to change in the tunnel, which carries the sign-in too. Callers give the server\'s token: "authorization_token" of the entry in mcp_servers (Messages API), a vault credential (managed agents), or OAuth (claude.ai connectors).',
      };
    case 403:
      return {
        found: `${http}: it refuses this host`,
        fix: `If it decides by name or address, allow ${route.name}.${domain} and Docker's networks in the server; if it wants a token, callers give it as "authorization_token".`,
      };
    case 404:
      return { found: `${http}: it has nothing at ${mcpPath}`, fix: otherPath };
    case 405:
      return {
        found: `${http}: it takes no POST at ${mcpPath}`,
        fix: `${otherPath} If the server only speaks the older HTTP+SSE transport, switch it to Streamable HTTP.`,
      };
    case 406:
      return {
        found: `${http}: it offers neither JSON nor an event stream at ${mcpPath}`,
        fix: `${otherPath} The server must speak Streamable HTTP.`,
      };
    case 421:
      return {
        found: `${http} Misdirected Request: it refuses the name it was called by`,
        fix: hostCheckFix(route, domain),
      };
    case 429:
      return { found: `${http}: it limits requests`, fix: 'Try again later.' };
    default:
      return httpClass(status, location, http);
  }
}

function httpClass(status: number, location: string | undefined, http: string) {
  if (status >= 300 && status < 400) {
    return {
      found: `${http}: a redirect${location === undefined ? '' : ` to ${location}`}`,
      fix: `Callers must use the address the server redirects to. If only the path differs, they use that path; if the scheme or host differs, put that into the route.`,
    };
  }
  if (status >= 500) {
    return {
      found: `${http}: the server, or what stands before it, fails`,
      fix: 'Read the log of the MCP server.',
    };
  }
  return {
    found: `${http}: it refuses an MCP initialize request`,
    fix: `Read the log of the MCP server. ${otherPath}`,
  };
}

/**
 * Explains what an upstream said to MCP when it was asked from this host. `pass` where the tunnel
 * needs nothing more (an upstream that wants its own sign-in is fine), `warn` for all else; an
 * upstream that this host cannot reach is only a warning, because the proxy's network is another.
 */
export function explainProbe(
  route: Route,
  answer: McpAnswer,
  context: ProbeContext,
): ProbeExplanation {
  const { upstream } = route;
  const expected = `an MCP server (Streamable HTTP) at ${upstream.url}${mcpPath}`;
  const warn = (found: string, fix: string): ProbeExplanation => ({
    status: 'warn',
    found,
    expected,
    fix: `${fix} ${askedFromHere}`,
  });
  switch (answer.kind) {
    case 'mcp':
      return explainMcp(answer, expected);
    case 'http': {
      const { status, found, fix } = httpMeaning(
        answer.status,
        answer.location,
        route,
        context.domain,
      );
      return status === 'pass' ? { status, found, expected, fix } : warn(found, fix);
    }
    case 'not-mcp':
      return warn(
        `something that is not MCP: ${answer.detail}`,
        `Check host and port of the route. ${otherPath}`,
      );
    case 'timeout':
      return warn(
        'no answer in time',
        'Look whether the server hangs or is still starting (its log), and whether a firewall swallows its answers.',
      );
    case 'unreachable': {
      const { found, fix } = explainUnreachable(
        upstream,
        answer.code,
        context.caConfigured ?? false,
      );
      return warn(found, fix);
    }
  }
}

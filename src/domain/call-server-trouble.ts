import type { ServerTrouble } from './api-problem.ts';
import { type CallContext, type CallTrouble, callCommand } from './call-context.ts';
import { mcpPath } from './deployment.ts';

/** Nothing came from the tunnel: from the outside alone the reasons cannot be told apart. */
function connectionTrouble(call: CallContext): CallTrouble {
  return {
    code: 'tunnel-call-failed',
    summary: `The vendor’s side could not reach ${call.url}.`,
    expected: 'a connected cloudflared, an active CA certificate, a route and an upstream',
    nextSteps: [
      `What is wrong here, in the order of the way: ${callCommand(call, 'doctor')}`,
      'Console > Manage > MCP tunnels: is the status Active? “Needs certificate” means that the CA is not registered.',
      `What the proxy said meanwhile: ${callCommand(call, 'logs', 'mcp-proxy', 'cloudflared')}. Nothing at all: the call never arrived.`,
    ],
  };
}

const wrongPath = [404, 405, 406, 410];
const noUpstream = [502, 503, 504];

function httpTrouble(status: number, call: CallContext): CallTrouble {
  if (noUpstream.includes(status)) {
    return {
      code: 'mcp-route-failed',
      summary: `The tunnel answers HTTP ${status} for ${call.url}: it has no such route, or its upstream does not answer.`,
      expected: `a route ${call.route} that leads to a running MCP server`,
      nextSteps: [
        `What the routes are, and what their upstreams say: ${callCommand(call, 'routes', 'list')}`,
        `Why, in the proxy’s words: ${callCommand(call, 'logs', 'mcp-proxy')}. No “request started”: cloudflared is not connected yet.`,
        callCommand(call, 'doctor'),
      ],
    };
  }
  if (wrongPath.includes(status)) {
    return {
      code: 'mcp-path-wrong',
      summary: `The tunnel works, but what is behind ${call.route} has no MCP at ${mcpPath}: it answers HTTP ${status}.`,
      expected: `an MCP server (Streamable HTTP) at ${call.upstream}${mcpPath}`,
      nextSteps: [
        'The path of the caller’s URL reaches the server unchanged: callers use the path that the server has.',
        `What the upstream says to this host: ${callCommand(call, 'routes', 'list')}`,
      ],
    };
  }
  const ofHost =
    status === 421
      ? [
          `HTTP 421: the server does not know the name it is called by. Allow ${new URL(call.url).host} in it (allowed hosts, DNS-rebinding protection).`,
        ]
      : [];
  return {
    code: 'mcp-server-failed',
    summary: `The tunnel works, but the MCP server behind ${call.route} answers HTTP ${status}.`,
    expected: 'an answer to MCP initialize and tools/list',
    nextSteps: [
      ...ofHost,
      `Read the log of the server at ${call.upstream}.`,
      `What it says to this host: ${callCommand(call, 'routes', 'list')}`,
    ],
  };
}

/** What became of the call behind the API: tunnel, route, path, server. */
export function explainServer(trouble: ServerTrouble, call: CallContext): CallTrouble {
  switch (trouble.kind) {
    case 'connection':
      return connectionTrouble(call);
    case 'http':
      return httpTrouble(trouble.status, call);
    case 'authorization':
      return {
        code: 'mcp-authorization',
        summary: call.authorized
          ? `The tunnel works; the server behind ${call.route} does not accept the token it was given.`
          : `The tunnel works; the server behind ${call.route} wants a sign-in of its own.`,
        nextSteps: [
          `Give a token that the server takes, from a file: ${callCommand(call, 'verify', '--route', call.route, '--authorization-file', `${call.route}=FILE`)}`,
          'Callers of the Messages API send it as authorization_token; managed agents take it from a vault.',
        ],
      };
    case 'protocol':
      return {
        code: 'mcp-server-failed',
        summary: `The tunnel works, but the server behind ${call.route} fails at MCP.`,
        expected: 'an answer to MCP initialize and tools/list',
        nextSteps: [
          `Read the log of the server at ${call.upstream}.`,
          `What it says to this host: ${callCommand(call, 'routes', 'list')}`,
        ],
      };
  }
}

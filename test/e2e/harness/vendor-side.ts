import { randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Edge } from '../../../src/simulator/edge/edge.ts';
import { EdgeFailure } from '../../../src/simulator/edge/edge-failure.ts';
import { edgeFetch } from '../../../src/simulator/edge/edge-fetch.ts';
import type { EdgeTunnel } from '../../../src/simulator/edge/tunnel-directory.ts';
import { messagesServer } from '../../../src/simulator/messages/messages-server.ts';
import { apiPort, bridgeAddress, edgePort } from './addresses.ts';

/** A tool call through the tunnel: what the tool answered, or why nothing came. */
export type CallAnswer =
  | { readonly answered: true; readonly isError: boolean; readonly text: string }
  | { readonly answered: false; readonly reason: string; readonly message: string };

/** What the Console shows of a tunnel; the token as its eye icon reveals it. */
export interface ConsoleTunnel {
  readonly tunnel: string;
  readonly domain: string;
  readonly token: string;
  readonly certificates: number;
  readonly connections: number;
}

/**
 * The vendor's side of one namespace: a Console as state in memory, the simulated edge, and the API
 * host with its Messages API, which refuses everyone without a key. Tests reach it by HTTP on a Unix
 * socket (vendor-client.ts).
 */
export async function startVendorSide(controlSocket: string): Promise<void> {
  const tunnels = new Map<string, EdgeTunnel>();
  /** Workspaces by API key; every tunnel is in the default one. */
  const keys = new Map<string, string>();
  const edge = await Edge.listen({
    directory: { tunnels: () => [...tunnels.values()] },
    host: bridgeAddress,
    port: edgePort,
  });

  const shown = ({ tunnel, domain, account, secret, certificates }: EdgeTunnel): ConsoleTunnel => {
    const content = { a: account, s: secret, t: tunnel, e: `${bridgeAddress}:${edgePort}` };
    return {
      tunnel,
      domain,
      token: Buffer.from(JSON.stringify(content)).toString('base64'),
      certificates: certificates.length,
      connections: edge.connections(tunnel),
    };
  };
  const found = (id: string | undefined): EdgeTunnel => {
    const tunnel = tunnels.get(id ?? '');
    if (!tunnel) throw new Error(`no tunnel ${id}`);
    return tunnel;
  };
  const newSecret = () => randomBytes(32).toString('base64');

  const actions: Readonly<Record<string, (body: string, id: string | undefined) => unknown>> = {
    'POST tunnels': () => {
      const tunnel: EdgeTunnel = {
        tunnel: randomUUID(),
        account: randomBytes(16).toString('hex'),
        secret: newSecret(),
        domain: `${randomBytes(4).toString('hex')}.tunnel.anthropic.com`,
        archived: false,
        certificates: [],
      };
      tunnels.set(tunnel.tunnel, tunnel);
      return shown(tunnel);
    },
    'GET tunnels': (_body, id) => shown(found(id)),
    'POST certificates': (pem, id) => {
      const tunnel = found(id);
      const certificates = [...tunnel.certificates, new X509Certificate(pem).toString()];
      if (certificates.length > 2) throw new Error('a tunnel has two certificates at most');
      tunnels.set(tunnel.tunnel, { ...tunnel, certificates });
      return shown(found(id));
    },
    'DELETE certificates': (_body, id) => {
      tunnels.set(found(id).tunnel, { ...found(id), certificates: [] });
      return shown(found(id));
    },
    'POST revocation': (fingerprint, id) => {
      const tunnel = found(id);
      const certificates = tunnel.certificates.filter((pem) => fingerprintOf(pem) !== fingerprint);
      tunnels.set(tunnel.tunnel, { ...tunnel, certificates });
      return shown(found(id));
    },
    'POST rotation': (_body, id) => {
      tunnels.set(found(id).tunnel, { ...found(id), secret: newSecret() });
      return shown(found(id));
    },
    'POST keys': (workspace) => {
      const key = `sk-ant-api03-${randomBytes(70).toString('base64url')}AA`;
      keys.set(key, workspace);
      return key;
    },
    'POST served': (host) => edge.servedCertificate({ host }),
    'POST calls': (body) => callTool(edge, JSON.parse(body)),
  };
  const control = createServer((request, response) => {
    const answer = async () => {
      // /ACTION or /ACTION/TUNNEL
      const [, action, id] = (request.url ?? '').split('/');
      const act = actions[`${request.method} ${action}`];
      if (!act) throw new Error(`no action ${request.method} ${request.url}`);
      return act(await text(request), id);
    };
    answer().then(
      (value) => say(response, 200, value),
      (error: unknown) => say(response, 400, { error: String(error) }),
    );
  });
  control.listen(controlSocket);

  const api = messagesServer({
    edge,
    workspaces: {
      workspaceOfKey: (key) => keys.get(key),
      workspaceOfHost: (host) =>
        [...tunnels.values()].some(({ domain }) => host.endsWith(`.${domain}`))
          ? 'default'
          : undefined,
    },
  });
  api.listen(apiPort, '127.0.0.1');
  await Promise.all([once(control, 'listening'), once(api, 'listening')]);
}

function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
}

function say(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** As the vendor's own MCP client does it: through the edge, never from this host. */
async function callTool(
  edge: Edge,
  call: { url: string; tool: string; arguments: Record<string, unknown> },
): Promise<CallAnswer> {
  const client = new Client({ name: 'vendor-side', version: '1' });
  try {
    await client.connect(
      new StreamableHTTPClientTransport(new URL(call.url), { fetch: edgeFetch(edge) }),
    );
    const { isError, content } = await client.callTool({
      name: call.tool,
      arguments: call.arguments,
    });
    const parts = Array.isArray(content) ? content : [];
    const said = parts
      .map((part) => (part.type === 'text' ? part.text : `[${part.type}]`))
      .join('\n');
    return { answered: true, isError: isError === true, text: said };
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof EdgeFailure ? error.cause : error;
    const reason = cause instanceof EdgeFailure ? cause.reason : 'protocol';
    return { answered: false, reason, message: String(cause) };
  } finally {
    await client.close();
  }
}

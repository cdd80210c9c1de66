import { createServer, type Server } from 'node:http';
import type { ContainerView } from '../container/container-view.ts';

/** What the metrics server tells about the tunnel. */
export interface TunnelHealth {
  readonly connectorId: string;
  readonly connections: () => number;
}

/** Where the metrics server listens. */
export interface MetricsServer {
  readonly address: string;
  close(): void;
}

/** Default ports in containers: the first that is free (facts 5.1). */
const defaultPorts = [20241, 20242, 20243, 20244, 20245];

/**
 * Serves `/ready`, `/healthcheck` and `/metrics` (facts 5.3).
 * @param wanted `HOST:PORT`, or empty for the default
 * @throws with `code` EADDRINUSE if the wanted port, or each of the default ones, is taken.
 */
export async function startMetrics(
  wanted: string,
  health: TunnelHealth,
  view: ContainerView,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const { status, type, body } = answer((request.url ?? '').split('?')[0] ?? '', health);
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  const address = wanted === '' ? await firstFree(server, view) : await bind(server, wanted, view);
  return {
    address,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Host and port of `HOST:PORT`; an empty host means all addresses, as in Go. */
export function hostAndPort(address: string): { host: string; port: number } | undefined {
  const shape = /^(.*):(\d{1,5})$/.exec(address);
  return shape ? { host: shape[1] || '0.0.0.0', port: Number(shape[2]) } : undefined;
}

async function bind(server: Server, wanted: string, view: ContainerView): Promise<string> {
  const place = hostAndPort(wanted);
  if (!place) throw new Error(`listen tcp: address ${wanted}: missing port in address`);
  const [ip] = await view.resolve(place.host);
  await view.listen(server, place.port, ip ?? place.host);
  return `${ip ?? place.host}:${place.port}`;
}

async function firstFree(server: Server, view: ContainerView): Promise<string> {
  let lastError: unknown;
  for (const port of defaultPorts) {
    try {
      return await bind(server, `0.0.0.0:${port}`, view);
    } catch (error) {
      lastError = error;
    }
  }
  throw lastError;
}

function answer(
  path: string,
  health: TunnelHealth,
): { status: number; type: string; body: string } {
  const connections = health.connections();
  if (path === '/ready') {
    const status = connections > 0 ? 200 : 503;
    const body = { status, readyConnections: connections, connectorId: health.connectorId };
    return { status, type: 'application/json', body: `${JSON.stringify(body)}\n` };
  }
  if (path === '/healthcheck') return { status: 200, type: 'text/plain', body: 'OK\n' };
  if (path === '/metrics') {
    const name = 'cloudflared_tunnel_ha_connections';
    return {
      status: 200,
      type: 'text/plain; version=0.0.4',
      body: `# TYPE ${name} gauge\n${name} ${connections}\n`,
    };
  }
  return { status: 404, type: 'text/plain', body: '404 page not found\n' };
}

import { resolveSrv } from 'node:dns/promises';
import type { ContainerView } from '../container/container-view.ts';
import type { CloudflaredLog } from './cloudflared-log.ts';

/** An address of the edge as the container knows it. */
export interface EdgeAddress {
  readonly ip: string;
  readonly port: number;
}

const srvName = '_v2-origintunneld._tcp.argotunnel.com';
const firstRegion = 'region1.v2.argotunnel.com';
const edgePort = 7844;

/**
 * Where the edge is: `host:port` in the token's `e` (assumed, design 7), else the vendor's first
 * region where the rehearsal answers for it. In a real container without `e` the look-up is made as
 * the real program makes it, but nothing is dialled: no token ever goes to a real edge from here.
 * Undefined after the documented lines (e2e.md 9): the program exits 1.
 */
export async function edgeAddress(
  endpoint: string,
  view: ContainerView,
  log: CloudflaredLog,
): Promise<EdgeAddress | undefined> {
  const named = /^([^:\s]+):(\d{1,5})$/.exec(endpoint);
  try {
    if (named) return { ip: await first(view, named[1] ?? ''), port: Number(named[2]) };
    if (view.rehearsed) return { ip: await first(view, firstRegion), port: edgePort };
    await resolveSrv(srvName);
    log('ERR', 'The simulated cloudflared dials only the edge named in its token (field e)');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log('ERR', 'edge discovery: error looking up Cloudflare edge IPs: the DNS query failed', {
      error: reason,
      event: 0,
    });
    log(
      'ERR',
      `Could not lookup srv records on ${srvName}: ${reason}, please make sure that the domain resolves`,
    );
  }
  log('ERR', 'Tunnel server stopped');
  return undefined;
}

async function first(view: ContainerView, host: string): Promise<string> {
  const [address] = await view.resolve(host);
  if (address === undefined) throw new Error(`lookup ${host}: no such host`);
  return address;
}

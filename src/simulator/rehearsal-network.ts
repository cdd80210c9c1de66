import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { ConnectAnswer, LookupAnswer, Network } from '../ports/network.ts';
import { errnoOf } from './container/errno.ts';
import type { Edge } from './edge/edge.ts';

/** The vendor's edge in a rehearsal: these names, on this port, with pretend addresses (facts 5.3). */
export const edgeHosts: Readonly<Record<string, string>> = {
  'region1.v2.argotunnel.com': '198.41.192.7',
  'region2.v2.argotunnel.com': '198.41.200.13',
};
export const edgePort = 7844;

/** Pretend address of everything else that the rehearsal answers for (RFC 5737). */
const otherAddress = '192.0.2.10';

export interface RehearsalNetworkOptions {
  readonly edge: Edge;
  /** Hosts of the vendor's API; the default one, and that of `--api-url`. */
  readonly apiHosts: readonly string[];
  /** The network for hosts outside that the caller names: upstreams of routes. */
  readonly outside?: { readonly network: Network; readonly hosts: readonly string[] };
}

/**
 * The network of a rehearsal: the edge's names lead to the edge in this process, the API answers
 * by itself, everything else is unknown. Nothing leaves this machine except to the hosts named.
 */
export class RehearsalNetwork implements Network {
  readonly #options: RehearsalNetworkOptions;

  constructor(options: RehearsalNetworkOptions) {
    this.#options = options;
  }

  async lookup(host: string): Promise<LookupAnswer> {
    const edge = edgeHosts[host];
    if (edge !== undefined) return { ok: true, addresses: [edge] };
    if (this.#options.apiHosts.includes(host)) return { ok: true, addresses: [otherAddress] };
    return this.#outside(host)?.lookup(host) ?? { ok: false, code: 'ENOTFOUND' };
  }

  async connect(host: string, port: number, timeoutMs: number): Promise<ConnectAnswer> {
    const address = edgeAddress(host);
    if (address !== undefined) {
      if (port !== edgePort) return { ok: false, code: 'ECONNREFUSED' };
      return connectTo(this.#options.edge, address, timeoutMs);
    }
    if (this.#options.apiHosts.includes(host) || host === otherAddress) {
      return port === 443
        ? { ok: true, address: otherAddress }
        : { ok: false, code: 'ECONNREFUSED' };
    }
    return this.#outside(host)?.connect(host, port, timeoutMs) ?? { ok: false, code: 'ENOTFOUND' };
  }

  async answersQuic(host: string, port: number, timeoutMs: number): Promise<boolean> {
    if (edgeAddress(host) === undefined || port !== edgePort) return false;
    return negotiates(this.#options.edge, timeoutMs);
  }

  async httpDate(url: string, timeoutMs: number): ReturnType<Network['httpDate']> {
    const { hostname } = new URL(url);
    // As api.anthropic.com answers a request without a key.
    if (this.#options.apiHosts.includes(hostname))
      return { ok: true, status: 401, date: new Date() };
    return this.#outside(hostname)?.httpDate(url, timeoutMs) ?? { ok: false, code: 'ENOTFOUND' };
  }

  #outside(host: string): Network | undefined {
    const { outside } = this.#options;
    return outside?.hosts.includes(host) ? outside.network : undefined;
  }
}

/** Pretend address of an edge host given by name or by that address. */
function edgeAddress(host: string): string | undefined {
  return edgeHosts[host] ?? Object.values(edgeHosts).find((address) => address === host);
}

function connectTo(edge: Edge, address: string, timeoutMs: number): Promise<ConnectAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host: edge.host, port: edge.port, timeout: timeoutMs });
    const end = (answer: ConnectAnswer): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end({ ok: true, address }));
    socket.once('timeout', () => end({ ok: false, code: 'timeout' }));
    socket.on('error', (error) => end({ ok: false, code: errnoOf(error) }));
  });
}

/** Sends a packet of a version nobody speaks (RFC 9000 15) and awaits Version Negotiation. */
function negotiates(edge: Edge, timeoutMs: number): Promise<boolean> {
  const hello = Buffer.alloc(1200);
  hello.set([0xc0, 0x1a, 0x2a, 0x3a, 0x4a, 4, 1, 2, 3, 4, 4, 5, 6, 7, 8]);
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const end = (answered: boolean): void => {
      clearTimeout(timer);
      socket.close();
      resolve(answered);
    };
    const timer = setTimeout(() => end(false), timeoutMs);
    socket.once('message', (answer) => end(answer.length > 5 && answer.readUInt32BE(1) === 0));
    socket.once('error', () => end(false));
    socket.send(hello, edge.port, edge.host);
  });
}

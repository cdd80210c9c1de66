import { lookup as resolve } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIPv4 } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectAnswer, LookupAnswer, Network } from '../ports/network.ts';
import { networkErrorCode } from './network-error-code.ts';
import { probeQuic } from './quic-probe.ts';
import { connectAny } from './tcp-connect.ts';

/** The system's resolver has no timeout of its own; some configurations make it take minutes. */
const lookupTimeoutMs = 15_000;
/** Addresses asked over UDP: each costs datagrams, and one answer is enough. */
const mostQuicAddresses = 4;

/** The promise's value, or `late` once the time is over; what loses the race is ignored. */
async function within<T, L>(ms: number, promise: Promise<T>, late: L): Promise<T | L> {
  const stop = new AbortController();
  const timer = delay(ms, late, { signal: stop.signal }).catch(() => late);
  try {
    return await Promise.race([promise, timer]);
  } finally {
    stop.abort();
  }
}

async function lookup(host: string, timeoutMs = lookupTimeoutMs): Promise<LookupAnswer> {
  if (isIPv4(host)) return { ok: true, addresses: [host] };
  const late: LookupAnswer = { ok: false, code: 'timeout' };
  const answer = resolve(host, { family: 4, all: true }).then(
    (all): LookupAnswer => ({ ok: true, addresses: [...new Set(all.map((each) => each.address))] }),
    (error: unknown): LookupAnswer => ({ ok: false, code: networkErrorCode(error) }),
  );
  return within(timeoutMs, answer, late);
}

async function connect(host: string, port: number, timeoutMs: number): Promise<ConnectAnswer> {
  const start = performance.now();
  const found = await lookup(host, timeoutMs);
  if (!found.ok) return found;
  const left = Math.max(1, timeoutMs - (performance.now() - start));
  try {
    return await connectAny(found.addresses, port, left);
  } catch (error) {
    // A port that is no port.
    return { ok: false, code: networkErrorCode(error) };
  }
}

async function answersQuic(host: string, port: number, timeoutMs: number): Promise<boolean> {
  const start = performance.now();
  const found = await lookup(host, timeoutMs);
  if (!found.ok) return false;
  const left = Math.max(1, timeoutMs - (performance.now() - start));
  const probes = found.addresses.slice(0, mostQuicAddresses).map(async (address) => {
    if (!(await probeQuic(address, port, left))) throw new Error('no answer');
  });
  return Promise.any(probes).then(
    () => true,
    () => false,
  );
}

function dateOf(header: string | undefined): Date | undefined {
  const date = new Date(header ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}

type HttpDateAnswer = Awaited<ReturnType<Network['httpDate']>>;

function httpDate(url: string, timeoutMs: number): Promise<HttpDateAnswer> {
  const { promise, resolve: settle } = Promise.withResolvers<HttpDateAnswer>();
  try {
    const request = url.startsWith('http:') ? httpRequest : httpsRequest;
    // A connection of its own, directly: no pool keeps it, and no proxy's clock answers instead.
    const sent = request(url, { method: 'HEAD', agent: false, headers: { connection: 'close' } });
    const timer = setTimeout(() => {
      settle({ ok: false, code: 'timeout' });
      sent.destroy();
    }, timeoutMs);
    sent.once('response', (response) => {
      settle({ ok: true, status: response.statusCode ?? 0, date: dateOf(response.headers.date) });
      sent.destroy();
    });
    sent.on('error', (error) => settle({ ok: false, code: networkErrorCode(error) }));
    sent.once('close', () => clearTimeout(timer));
    sent.end();
  } catch (error) {
    // Not a URL that can be requested.
    settle({ ok: false, code: networkErrorCode(error) });
  }
  return promise;
}

/**
 * The network as this machine sees it: names by the system's resolver (so that /etc/hosts counts),
 * IPv4 as the tunnel's parts use it (facts 4.1, 5.3), always directly, never through a proxy.
 */
export const systemNetwork: Network = {
  lookup: (host) => lookup(host),
  connect,
  answersQuic,
  httpDate,
};

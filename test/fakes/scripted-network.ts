import type { ConnectAnswer, LookupAnswer, Network } from '../../src/ports/network.ts';

type DateAnswer = Awaited<ReturnType<Network['httpDate']>>;

/** A network that gives the answers a test wrote down, and where there is none a healthy one. */
export class ScriptedNetwork implements Network {
  readonly lookups = new Map<string, LookupAnswer>();
  readonly connects = new Map<string, ConnectAnswer>();
  readonly quic = new Map<string, boolean>();
  date: DateAnswer | (() => DateAnswer | Promise<DateAnswer>) = {
    ok: true,
    status: 404,
    date: undefined,
  };
  /** Everything that was asked, such as `lookup HOST` or `connect HOST:PORT`. */
  readonly asked: string[] = [];

  async lookup(host: string): Promise<LookupAnswer> {
    this.asked.push(`lookup ${host}`);
    return this.lookups.get(host) ?? { ok: true, addresses: ['198.41.192.7'] };
  }

  async connect(host: string, port: number): Promise<ConnectAnswer> {
    this.asked.push(`connect ${host}:${port}`);
    return this.connects.get(host) ?? { ok: true, address: '198.41.192.7' };
  }

  async answersQuic(host: string, port: number): Promise<boolean> {
    this.asked.push(`quic ${host}:${port}`);
    return this.quic.get(host) ?? true;
  }

  async httpDate(url: string): Promise<DateAnswer> {
    this.asked.push(`date ${url}`);
    return typeof this.date === 'function' ? this.date() : this.date;
  }
}

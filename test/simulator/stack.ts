import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CloudflaredIo,
  runCloudflared,
} from '../../src/simulator/cloudflared/run-cloudflared.ts';
import { NetworkTable } from '../../src/simulator/container/network-table.ts';
import { rehearsedView } from '../../src/simulator/container/rehearsed-view.ts';
import type { RehearsalSettings } from '../../src/simulator/container/settings.ts';
import { Edge } from '../../src/simulator/edge/edge.ts';
import type { EdgeTunnel } from '../../src/simulator/edge/tunnel-directory.ts';
import { runProxy } from '../../src/simulator/proxy/run-proxy.ts';
import { helloServer } from '../../src/simulator/sample/hello-server.ts';
import { makeCa, makeServer, type Pair } from './openssl.ts';

export const domain = 'abcd1234.tunnel.anthropic.com';

/** Keys cost time: every stack has the same CA and, unless told, the same server certificate. */
const sharedCa = makeCa();
const sharedPair = makeServer(sharedCa, domain);

/** Lines that a program wrote, which can be waited for. */
export class Lines {
  readonly all: string[] = [];
  #waiting: {
    readonly wanted: string;
    readonly from: number;
    readonly found: (line: string) => void;
  }[] = [];

  readonly push = (line: string): void => {
    this.all.push(line);
    this.#waiting = this.#waiting.filter(({ wanted, found }) => {
      if (!line.includes(wanted)) return true;
      found(line);
      return false;
    });
  };

  count(wanted: string): number {
    return this.all.filter((line) => line.includes(wanted)).length;
  }

  /** The first line from number `from` on with this text; the test's time limit ends the wait. */
  async line(wanted: string, from = 0): Promise<string> {
    const there = this.all.slice(from).find((line) => line.includes(wanted));
    return there ?? new Promise((found) => this.#waiting.push({ wanted, from, found }));
  }
}

export interface Program {
  readonly lines: Lines;
  readonly exit: Promise<number>;
  stop(): Promise<number>;
}

/** One whole stack in this process: edge, cloudflared, proxy, sample server, on a pretend network. */
export class Stack implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'sim-stack-'));
  readonly table = NetworkTable.create(join(this.dir, 'network'));
  readonly ca: Pair = sharedCa;
  readonly #running: Program[] = [];
  readonly #closers: (() => unknown)[] = [];
  tunnel: EdgeTunnel = {
    tunnel: randomUUID(),
    account: createHash('md5').update('account').digest('hex'),
    secret: randomBytes(32).toString('base64'),
    domain,
    archived: false,
    certificates: [this.ca.certificate],
  };
  #edge: Edge | undefined;

  static async start(): Promise<Stack> {
    const stack = new Stack();
    stack.#edge = await Edge.listen({ directory: { tunnels: () => [stack.tunnel] } });
    stack.addHost('region1.v2.argotunnel.com', '198.41.192.7', 'edge');
    stack.table.bind('edge', 7844, stack.#edge.port);
    stack.addHost('mcp-proxy', '172.30.0.2', 'proxy');
    for (const part of ['data', 'config', 'credentials'])
      mkdirSync(join(stack.dir, part), { mode: 0o755 });
    return stack;
  }

  get edge(): Edge {
    if (!this.#edge) throw new Error('the stack was not started');
    return this.#edge;
  }

  addHost(name: string, address: string, namespace: string): void {
    this.table.addNamespace(namespace);
    this.table.setName(name, address);
    this.table.setAddress(address, namespace);
  }

  settings(namespace: string): RehearsalSettings {
    return {
      paths: [
        { container: '/data', host: join(this.dir, 'data') },
        {
          container: '/etc/mcp-gateway/config.yaml',
          host: join(this.dir, 'config/mcp-proxy.yaml'),
        },
        { container: '/run/credentials', host: join(this.dir, 'credentials') },
      ],
      networkDir: join(this.dir, 'network'),
      namespace,
      deploymentDir: this.dir,
      ownersFile: join(this.dir, 'owners.json'),
      uid: 65532,
      gid: 65532,
      outsideHosts: [],
    };
  }

  token(fields: Record<string, unknown> = {}): string {
    const { account: a, secret: s, tunnel: t } = this.tunnel;
    return Buffer.from(
      JSON.stringify({ a, s, t, e: 'region1.v2.argotunnel.com:7844', ...fields }),
    ).toString('base64');
  }

  writePair(pair: Pair, keyMode = 0o644): void {
    writeFileSync(join(this.dir, 'data/tls.crt'), pair.certificate, { mode: 0o644 });
    writeFileSync(join(this.dir, 'data/tls.key'), pair.key, { mode: keyMode });
  }

  writeConfig(routes: string, more = ''): void {
    writeFileSync(
      join(this.dir, 'config/mcp-proxy.yaml'),
      `listen_addr: ":8080"\ntunnel_domain: ${domain}\ntls: {cert_file: /data/tls.crt, key_file: /data/tls.key}\nroutes: ${routes}\n${more}`,
    );
  }

  proxy(args: readonly string[] = []): Program {
    return this.#run((lines, stopped) =>
      runProxy(args, {
        view: rehearsedView(this.settings('proxy')),
        writeLine: lines.push,
        stopped: stopped.then(() => undefined),
      }),
    );
  }

  cloudflared(
    env: CloudflaredIo['env'] = { TUNNEL_TOKEN: this.token() },
    args = ['tunnel', '--no-autoupdate', 'run', '--url', 'http://localhost:8080'],
  ): Program {
    const view = rehearsedView(this.settings('proxy'));
    return this.#run((lines, stopped) =>
      runCloudflared(args, { env, view, writeLine: lines.push, writeError: lines.push, stopped }),
    );
  }

  async sample(): Promise<void> {
    this.addHost('hello-mcp', '172.30.0.3', 'sample');
    const server = helloServer();
    await rehearsedView(this.settings('sample')).listen(server, 9000, '0.0.0.0');
    this.#closers.push(
      () => server.close(),
      () => server.closeAllConnections(),
    );
  }

  /** The proxy, cloudflared and the sample behind the route `echo`, connected four times. */
  async connected(pair = sharedPair): Promise<{ proxy: Program; cloudflared: Program }> {
    this.writePair(pair);
    this.writeConfig('{echo: "http://hello-mcp:9000"}');
    await this.sample();
    const proxy = this.proxy();
    await proxy.lines.line('proxy listening');
    const cloudflared = this.cloudflared();
    await Promise.all(
      [0, 1, 2, 3].map((index) =>
        cloudflared.lines.line(`Registered tunnel connection connIndex=${index}`),
      ),
    );
    return { proxy, cloudflared };
  }

  #run(start: (lines: Lines, stopped: Promise<string>) => Promise<number>): Program {
    const lines = new Lines();
    let signal: (name: string) => void = () => undefined;
    const stopped = new Promise<string>((resolve) => {
      signal = resolve;
    });
    const exit = start(lines, stopped);
    const program = {
      lines,
      exit,
      stop: () => {
        signal('SIGTERM');
        return exit;
      },
    };
    this.#running.push(program);
    return program;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((program) => program.stop()));
    for (const close of this.#closers) close();
    await this.#edge?.close();
  }
}

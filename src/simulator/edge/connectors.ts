import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { EdgeFailure } from './edge-failure.ts';
import { type EdgeLine, type Hello, LineReader, readHello } from './registration.ts';
import type { EdgeTunnel, TunnelDirectory } from './tunnel-directory.ts';

/** Pretend places of the edge, one for each connection. */
const locations = ['sjc01', 'lax05', 'sjc07', 'lax02'];

/** How long cloudflared may take to bring a stream. */
const streamTimeout = 10_000;
/** Idle time after which a connection is probed; ten probes later, a second apart, it counts as dead. */
const probeAfter = 1_000;

interface Connector {
  readonly tunnel: string;
  readonly socket: Socket;
  /** Streams that were asked for and have not come yet. */
  expected: number;
  /** It has said goodbye: it is asked for nothing more, what it was asked for still comes. */
  leaving: boolean;
}

interface AwaitedStream {
  readonly resolve: (socket: Socket) => void;
  readonly reject: (error: Error) => void;
}

/** The connections of every cloudflared: registers them, refuses them, asks them for streams. */
export class Connectors {
  readonly #directory: TunnelDirectory;
  readonly #connectors = new Set<Connector>();
  readonly #awaited = new Map<string, AwaitedStream>();
  readonly #sockets = new Set<Socket>();
  #turn = 0;

  constructor(directory: TunnelDirectory) {
    this.#directory = directory;
  }

  /** Takes a fresh connection from anyone. */
  accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const lines = new LineReader();
    const onData = (chunk: Buffer): void => {
      let hello: Hello | undefined;
      const fine = lines.push(chunk, (line) => {
        hello = readHello(line);
        if (hello === undefined) socket.destroy();
        return false;
      });
      if (!fine) socket.destroy();
      if (hello === undefined) return;
      socket.off('data', onData);
      if (hello.type === 'stream') this.#deliver(hello.id, socket, lines.rest);
      else this.#register(hello, socket);
    };
    socket.on('data', onData);
  }

  /** Connections registered for a tunnel. */
  count(tunnel: string): number {
    return this.#of(tunnel).length;
  }

  #of(tunnel: string): readonly Connector[] {
    return [...this.#connectors].filter((each) => each.tunnel === tunnel && !each.leaving);
  }

  /** Ends a tunnel's connections, as archiving does. */
  drop(tunnel: string): void {
    for (const connector of this.#connectors) {
      if (connector.tunnel === tunnel) connector.socket.destroy();
    }
  }

  /**
   * A stream to the origin of one of the tunnel's connections, each in its turn.
   * @throws EdgeFailure `not-connected`, `connection-lost`.
   */
  openStream(tunnel: string): Promise<Socket> {
    const candidates = this.#of(tunnel);
    const chosen = candidates[this.#turn++ % Math.max(candidates.length, 1)];
    if (!chosen) {
      throw new EdgeFailure('not-connected', 'no cloudflared is connected for this tunnel');
    }
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      const give = (act: () => void): void => {
        clearTimeout(timer);
        chosen.socket.off('close', lost);
        this.#awaited.delete(id);
        chosen.expected -= 1;
        if (chosen.leaving && chosen.expected === 0) chosen.socket.end();
        act();
      };
      const lost = (): void =>
        give(() =>
          reject(
            new EdgeFailure(
              'connection-lost',
              'cloudflared did not open a stream',
              'Failed to open a stream to the edge',
            ),
          ),
        );
      const timer = setTimeout(lost, streamTimeout);
      chosen.socket.once('close', lost);
      chosen.expected += 1;
      this.#awaited.set(id, { resolve: (socket) => give(() => resolve(socket)), reject });
      say(chosen.socket, { type: 'open', id });
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #deliver(id: string, socket: Socket, rest: Buffer): void {
    const awaited = this.#awaited.get(id);
    if (!awaited) {
      socket.destroy();
      return;
    }
    if (rest.length > 0) socket.unshift(rest);
    awaited.resolve(socket);
  }

  #register(hello: Hello & { type: 'register' }, socket: Socket): void {
    const error = refusal(
      hello,
      this.#directory.tunnels().find(({ tunnel }) => tunnel === hello.tunnel),
    );
    if (error !== undefined) {
      say(socket, { type: 'refused', error });
      socket.end();
      return;
    }
    const connector: Connector = { tunnel: hello.tunnel, socket, expected: 0, leaving: false };
    this.#connectors.add(connector);
    socket.once('close', () => this.#connectors.delete(connector));
    // Nothing more is expected; reading lets the end be noticed, and probing an end that nobody told
    // of: a network namespace that goes takes its connections along without a word.
    socket.resume();
    socket.setKeepAlive(true, probeAfter);
    socket.allowHalfOpen = true;
    socket.once('end', () => {
      connector.leaving = true;
      if (connector.expected === 0) socket.end();
    });
    const location = locations[hello.connIndex % locations.length] ?? 'sjc01';
    say(socket, { type: 'registered', connection: randomUUID(), location });
  }
}

/** The documented refusals (facts 5.2). Which of the last two means what is assumed. */
function refusal(
  hello: Hello & { type: 'register' },
  tunnel: EdgeTunnel | undefined,
): string | undefined {
  if (!tunnel || tunnel.account !== hello.account) return 'Unauthorized: Tunnel not found';
  if (tunnel.archived) return 'Unauthorized: Failed to get tunnel';
  const [shown, wanted] = [Buffer.from(hello.secret), Buffer.from(tunnel.secret)];
  const same = shown.length === wanted.length && timingSafeEqual(shown, wanted);
  return same ? undefined : 'Unauthorized: Invalid tunnel secret';
}

function say(socket: Socket, line: EdgeLine): void {
  socket.write(`${JSON.stringify(line)}\n`);
}

import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerView } from '../container/container-view.ts';
import { goErrnoText } from '../container/errno.ts';
import { type EdgeLine, type Hello, LineReader, readEdgeLine } from '../edge/registration.ts';
import type { CloudflaredLog } from './cloudflared-log.ts';
import type { EdgeAddress } from './edge-address.ts';
import type { Origin } from './origin.ts';
import type { TokenContent } from './tunnel-token.ts';

export interface ConnectionParts {
  readonly connIndex: number;
  readonly edge: EdgeAddress;
  readonly token: TokenContent;
  readonly connectorId: string;
  /** `auto`, `quic` or `http2`. */
  readonly protocol: string;
  readonly retries: number;
  readonly view: ContainerView;
  readonly origin: Origin;
  readonly log: CloudflaredLog;
  readonly stop: AbortSignal;
  readonly onConnected: (connected: boolean) => void;
}

/** How long an edge that no longer answers is waited for when stopping: what was seen, e2e 9. */
const longestGoodbye = 9_000;

/** How one attempt ended: it never worked, or it worked and was lost. */
type Outcome = 'failed' | 'lost' | 'stopped';

/**
 * Keeps one of the four connections to the edge: registers, serves what the edge opens, and comes
 * back after every refusal or loss, for ever (facts 5.2), until `stop`.
 */
export async function holdConnection(parts: ConnectionParts): Promise<void> {
  const { connIndex, log, stop } = parts;
  let protocol = parts.protocol === 'http2' ? 'http2' : 'quic';
  let failures = 0;
  while (!stop.aborted) {
    const outcome = await attempt(parts, protocol, () => {
      // The real program gives up on QUIC after some time-outs; here the first one is enough.
      if (parts.protocol === 'auto' && protocol === 'quic') {
        protocol = 'http2';
        log('INF', 'Switching to fallback protocol http2', { connIndex });
      }
    });
    if (outcome === 'stopped') return;
    failures = outcome === 'lost' ? 1 : failures + 1;
    const limit = 2 ** Math.min(failures, parts.retries + 1);
    log('INF', `Retrying connection in up to ${limit}s`, {
      connIndex,
      event: 0,
      ip: parts.edge.ip,
    });
    await sleep(Math.random() * limit * 1000, undefined, { signal: stop }).catch(() => undefined);
  }
}

async function attempt(
  parts: ConnectionParts,
  protocol: string,
  onUnreachable: () => void,
): Promise<Outcome> {
  const { connIndex, edge, log, stop } = parts;
  let socket: Socket;
  try {
    socket = await dial(parts);
  } catch (error) {
    const where = { connIndex, event: 0, ip: edge.ip };
    if (protocol === 'quic') {
      log('ERR', 'Failed to dial a quic connection', {
        ...where,
        error: 'failed to dial to edge with quic: timeout: no recent network activity',
      });
    } else {
      const reason = `DialContext error: dial tcp ${edge.ip}:${edge.port}: ${goErrnoText(error)}`;
      log('ERR', 'Unable to establish connection with Cloudflare edge', {
        ...where,
        error: reason,
      });
      log('ERR', 'Serve tunnel error', { ...where, error: reason });
    }
    onUnreachable();
    return 'failed';
  }
  // A stop while dialling came too early for the listener that `serve` adds.
  if (stop.aborted) {
    socket.destroy();
    return 'stopped';
  }
  const outcome = await serve(socket, parts, protocol);
  return stop.aborted ? 'stopped' : outcome;
}

/** Speaks on a fresh control connection until it ends. */
function serve(socket: Socket, parts: ConnectionParts, protocol: string): Promise<Outcome> {
  const { connIndex, edge, token, log, stop } = parts;
  const lines = new LineReader();
  const where = { connIndex, event: 0, ip: edge.ip };
  let registered = false;
  let refused = false;

  const hear = (line: EdgeLine | undefined): boolean => {
    if (line?.type === 'registered') {
      registered = true;
      parts.onConnected(true);
      log('INF', 'Registered tunnel connection', {
        ...where,
        connection: line.connection,
        location: line.location,
        protocol,
      });
    } else if (line?.type === 'refused') {
      refused = true;
      log('ERR', 'Register tunnel error from server side', { ...where, error: line.error });
      socket.end();
    } else if (line?.type === 'open') {
      void openStream(line.id, parts);
    }
    return line !== undefined;
  };

  return new Promise((resolve) => {
    let patience: NodeJS.Timeout | undefined;
    const onStop = (): void => {
      socket.end();
      patience = setTimeout(() => socket.destroy(), longestGoodbye);
    };
    stop.addEventListener('abort', onStop, { once: true });
    socket.setKeepAlive(true, 5000);
    socket.on('data', (chunk) => {
      if (!lines.push(chunk, (line) => hear(readEdgeLine(line)))) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      stop.removeEventListener('abort', onStop);
      clearTimeout(patience);
      if (registered) parts.onConnected(false);
      if (stop.aborted) {
        if (registered) log('INF', 'Unregistered tunnel connection', where);
      } else if (registered) {
        log('WRN', 'Lost connection with the edge', where);
        log('ERR', 'Connection terminated', { connIndex, error: 'connection with edge closed' });
      } else if (!refused) {
        log('ERR', 'Serve tunnel error', { ...where, error: 'connection with edge closed' });
      }
      resolve(registered ? 'lost' : 'failed');
    });
    const { account, secret, tunnel } = token;
    const { connectorId: connector } = parts;
    say(socket, { type: 'register', account, secret, tunnel, connector, connIndex, protocol });
  });
}

async function openStream(id: string, parts: ConnectionParts): Promise<void> {
  try {
    const stream = await dial(parts);
    stream.on('error', () => stream.destroy());
    say(stream, { type: 'stream', id });
    parts.origin.serve(stream);
  } catch (error) {
    parts.log('ERR', 'Failed to open a stream to the edge', {
      connIndex: parts.connIndex,
      error: goErrnoText(error),
    });
  }
}

function dial({ edge, view }: ConnectionParts): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { host, port } = view.dialTarget(edge.ip, edge.port);
    const socket = connect({ host, port, timeout: 10_000 });
    socket.once('timeout', () =>
      socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })),
    );
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function say(socket: Socket, hello: Hello): void {
  socket.write(`${JSON.stringify(hello)}\n`);
}

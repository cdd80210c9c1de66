import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { ContainerView } from '../container/container-view.ts';
import { goErrnoText } from '../container/errno.ts';
import { type CloudflaredLog, cloudflaredLog, environmentLine } from './cloudflared-log.ts';
import { type RunSettings, readCommand } from './command-line.ts';
import { edgeAddress } from './edge-address.ts';
import { holdConnection } from './edge-connection.ts';
import { startMetrics } from './metrics-server.ts';
import { originAt } from './origin.ts';
import { ready } from './ready-command.ts';
import { readTunnelToken, type TokenContent } from './tunnel-token.ts';

/** The pinned image's version (facts 4.4). */
const version = '2026.3.0';
const connections = 4;

export interface CloudflaredIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly view: ContainerView;
  readonly writeLine: (line: string) => void;
  readonly writeError: (line: string) => void;
  /** Resolves with the signal's name when the process is told to stop. */
  readonly stopped: Promise<string>;
}

/** Runs cloudflared as its arguments say. Returns its exit code. */
export async function runCloudflared(args: readonly string[], io: CloudflaredIo): Promise<number> {
  const command = readCommand(args, io.env);
  switch (command.kind) {
    case 'version':
      io.writeLine(`cloudflared version ${version} (simulated)`);
      return 0;
    case 'usage':
      io.writeError(command.text);
      return command.exitCode;
    case 'ready':
      return ready(command.metrics, io.view, io.writeError);
    case 'run':
      return run(command.settings, io);
  }
}

async function run(settings: RunSettings, io: CloudflaredIo): Promise<number> {
  const log = cloudflaredLog(io.writeError);
  const token = await tokenOf(settings, io);
  if (typeof token === 'string') {
    io.writeError(token);
    io.writeError("See 'cloudflared tunnel run --help'.");
    return 255;
  }
  const connectorId = randomUUID();
  log('INF', `Starting tunnel tunnelID=${token.tunnel}`);
  log('INF', `Version ${version}`);
  const environment = environmentLine(io.env);
  if (environment !== undefined) log('INF', environment);
  log('INF', `Generated Connector ID: ${connectorId}`);
  if (settings.url === '') {
    log(
      'WRN',
      'No ingress rules were defined in provided config (if any) nor from the cli, cloudflared will return 503 for all incoming HTTP requests',
    );
  }
  const edge = await edgeAddress(token.endpoint, io.view, log);
  if (edge === undefined) return 1;
  log('INF', `Initial protocol ${settings.protocol === 'http2' ? 'http2' : 'quic'}`);

  const live = new Set<number>();
  const health = { connectorId, connections: () => live.size };
  const metrics = await startMetrics(settings.metrics, health, io.view).catch((error: unknown) => {
    log('ERR', 'Error opening metrics server listener', { error: goErrnoText(error) });
    return undefined;
  });
  if (metrics === undefined) return 1;
  log('INF', `Starting metrics server on ${metrics.address}/metrics`);

  const stop = new AbortController();
  const origin = originAt(settings.url, io.view, log);
  let startOthers: () => void = () => undefined;
  const hold = (connIndex: number): Promise<void> =>
    holdConnection({
      ...{ connIndex, edge, token, connectorId, origin, log },
      ...{
        protocol: settings.protocol,
        retries: settings.retries,
        view: io.view,
        stop: stop.signal,
      },
      onConnected: (connected) => {
        if (connected) live.add(connIndex);
        else live.delete(connIndex);
        if (connected) startOthers();
      },
    });
  // As the real supervisor does: the others start once the first one is up.
  const others = new Promise<void>((resolve) => {
    startOthers = resolve;
  });
  const held = [
    hold(0),
    ...range(1, connections).map((index) =>
      Promise.race([others, once(stop.signal, 'abort')]).then(() => hold(index)),
    ),
  ];
  await shutDown(io.stopped, stop, held, origin.open, settings.gracePeriod, log);
  metrics.close();
  return 0;
}

async function shutDown(
  stopped: Promise<string>,
  stop: AbortController,
  held: readonly Promise<void>[],
  streams: ReadonlySet<{ once(event: 'close', listener: () => void): unknown }>,
  gracePeriod: number,
  log: CloudflaredLog,
): Promise<void> {
  const signal = await stopped;
  const word = signal === 'SIGINT' ? 'interrupt' : 'terminated';
  log('INF', `Initiating graceful shutdown due to signal ${word} ...`);
  stop.abort();
  await Promise.all(held);
  const drained = Promise.all(
    [...streams].map((stream) => new Promise<void>((done) => stream.once('close', done))),
  );
  await Promise.race([drained, new Promise((done) => setTimeout(done, gracePeriod).unref())]);
  log('INF', 'Tunnel server stopped');
}

/** The token, or the text of the refusal that ends the program with 255 (facts 5.2). */
async function tokenOf(
  settings: RunSettings,
  { view }: CloudflaredIo,
): Promise<TokenContent | string> {
  let text = settings.token;
  if (text === '' && settings.tokenFile !== '') {
    try {
      text = (await view.readFile(settings.tokenFile)).toString('utf8').trim();
    } catch (error) {
      return `Failed to read token file: open ${settings.tokenFile}: ${goErrnoText(error)}`;
    }
  }
  if (text === '') {
    return '"cloudflared tunnel run" requires the ID or name of the tunnel to run as the last command line argument or in the configuration file.';
  }
  return readTunnelToken(text) ?? 'Provided Tunnel token is not valid.';
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

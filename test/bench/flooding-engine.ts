import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { frame, inspected, refuse } from '../adapters/docker/fake-engine.ts';
import { lineOf } from './flood-line.ts';

/** An engine with one container, which writes as many lines as it is asked for, as fast as they are taken. */
export interface FloodingEngine extends AsyncDisposable {
  readonly socket: string;
  /** A directory that is a deployment of this engine's. */
  readonly deployment: string;
  /** Lines of the flood that is followed next. */
  lines: number;
  /** Told how many lines were taken so far, now and then; with the last, `isOver`. */
  onTaken: (taken: number, isOver: boolean) => void;
}

const linesOfAChunk = 400;
/** How often it is told how many were taken. */
const tellEvery = 10_000;

function stampOf(index: number): string {
  // 20,000 lines a second, a little more than cloudflared writes when the edge refuses it.
  const nanos = (index % 20_000) * 50_000;
  const second = new Date(Date.UTC(2026, 10, 24, 10) + Math.floor(index / 20_000) * 1000);
  return `${second.toISOString().slice(0, 19)}.${String(nanos).padStart(9, '0')}Z`;
}

async function flood(response: ServerResponse, engine: FloodingEngine): Promise<void> {
  const { lines } = engine;
  response.writeHead(200, { 'Content-Type': 'application/vnd.docker.multiplexed-stream' });
  let told = 0;
  let goOn: (() => void) | undefined;
  for (const name of ['drain', 'close']) response.on(name, () => goOn?.());
  for (let sent = 0; sent < lines && !response.destroyed; ) {
    const upTo = Math.min(lines, sent + linesOfAChunk);
    const frames: Buffer[] = [];
    for (; sent < upTo; sent += 1) frames.push(frame(2, `${stampOf(sent)} ${lineOf(sent).text}\n`));
    if (!response.write(Buffer.concat(frames)) && !response.destroyed)
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
    if (sent - told < tellEvery && sent < lines) continue;
    told = sent;
    engine.onTaken(sent, false);
  }
  response.end(() => engine.onTaken(lines, true));
}

/** What the docker client and the program ask of an engine, and nothing more. */
export async function floodingEngine(): Promise<FloodingEngine> {
  const dir = await mkdtemp(join(tmpdir(), 'flooding-engine-'));
  const socket = join(dir, 'docker.sock');
  const deployment = join(dir, 'mcp-tunnel');
  await mkdir(deployment);
  await writeFile(join(deployment, 'docker-compose.yaml'), 'services: { cloudflared: {} }\n');
  const container = inspected({ id: 'cloudflared' });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://engine');
    const path = url.pathname.replace(/^\/v1\.\d+/u, '');
    response.setHeader('Api-Version', '1.41').setHeader('Ostype', 'linux');
    if (path === '/_ping') response.end('OK');
    else if (path === '/containers/json')
      response.setHeader('Content-Type', 'application/json').end('[{"Id":"cloudflared"}]');
    else if (path === '/containers/cloudflared/json')
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(container));
    else if (path !== '/containers/cloudflared/logs') refuse(response, 404, 'page not found');
    // What was there before is nothing: all of it is written while it is followed.
    else if (url.searchParams.get('follow') !== '1') response.writeHead(200).end();
    else void flood(response, engine);
  });
  server.listen(socket);
  await once(server, 'listening');
  const engine: FloodingEngine = {
    ...{ socket, deployment, lines: 0, onTaken: () => undefined },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(dir, { recursive: true, force: true });
    },
  };
  return engine;
}

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DockerConnection } from '../../../src/adapters/docker/connection.ts';

export interface FakeEngine extends AsyncDisposable {
  readonly dir: string;
  readonly socket: string;
  readonly connection: DockerConnection;
  /** `METHOD /path?query` of every request, in order. */
  readonly requests: readonly string[];
  /** Ends every conversation and the socket, as an engine that is killed. */
  die(): Promise<void>;
}

export type Answer = (url: URL, request: IncomingMessage, response: ServerResponse) => unknown;

/** An HTTP server on a unix socket that answers as the test says; what it has no answer for is 404. */
export async function fakeEngine(routes: Readonly<Record<string, Answer>>): Promise<FakeEngine> {
  const dir = await mkdtemp(join(tmpdir(), 'fake-engine-'));
  const socket = join(dir, 'docker.sock');
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://engine');
    requests.push(`${request.method} ${request.url}`);
    const answer = routes[`${request.method} ${url.pathname}`];
    if (answer) answer(url, request, response);
    else refuse(response, 404, 'page not found');
  });
  server.listen(socket);
  await once(server, 'listening');
  const die = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return {
    dir,
    socket,
    requests,
    connection: connectionTo(socket),
    die,
    async [Symbol.asyncDispose]() {
      await die();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A connection to a socket, on a host with or without a docker program. */
export function connectionTo(socket: string, dockerInPath = true): DockerConnection {
  return new DockerConnection(
    { dockerHost: `unix://${socket}`, configDir: '/nonexistent' },
    { which: async () => (dockerInPath ? '/usr/bin/docker' : undefined) },
  );
}

export function json(value: unknown): Answer {
  return (_url, _request, response) => {
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(value));
  };
}

export function refuse(response: ServerResponse, status: number, message: string): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json' })
    .end(JSON.stringify({ message }));
}

/** What an engine answers to an `inspect`, as far as it is read. */
export function inspected(overrides: {
  readonly id: string;
  readonly tty?: boolean;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}): object {
  return {
    Id: overrides.id,
    Name: `/proj-${overrides.id}-1`,
    Created: '2026-11-24T02:00:00.123456789Z',
    Image: 'sha256:aa',
    RestartCount: 2,
    HostConfig: { RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 } },
    State: {
      Status: 'running',
      ExitCode: 0,
      StartedAt: overrides.startedAt ?? '2026-11-24T02:00:01Z',
      FinishedAt: overrides.finishedAt ?? '0001-01-01T00:00:00Z',
      Health: { Status: 'healthy' },
    },
    Config: {
      Image: 'proxy@sha256:bb',
      Tty: overrides.tty ?? false,
      Labels: {
        'com.docker.compose.project': 'proj',
        'com.docker.compose.service': overrides.id,
        'com.docker.compose.project.working_dir': '/srv/proj',
        'com.docker.compose.oneoff': 'False',
      },
    },
    NetworkSettings: {
      Networks: { proj_default: { IPAddress: '172.18.0.2' }, other: { IPAddress: '' } },
    },
  };
}

/** A record of a multiplexed log, as the engine writes it with `timestamps=1`. */
export function frame(stream: 1 | 2 | 3, record: string | Buffer): Buffer {
  const bytes = Buffer.from(record);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

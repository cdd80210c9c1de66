import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { json } from 'node:stream/consumers';

/** An address of this machine that a container could reach; undefined where there is none. */
export function ownAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

interface Message {
  readonly id?: number;
  readonly method: string;
}

function resultOf({ method }: Message): unknown {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'clock', version: '1' },
      };
    case 'tools/list':
      return {
        tools: [
          { name: 'wind', inputSchema: { type: 'object', required: ['turns'] } },
          { name: 'now', inputSchema: { type: 'object' } },
        ],
      };
    default:
      return { content: [{ type: 'text', text: 'noon' }] };
  }
}

/** An MCP server with a tool that takes no arguments, at an address of this machine. */
export async function serveTools(
  address: string,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    // What comes is the official client's.
    const message = (await json(request)) as Message;
    if (message.id === undefined) {
      response.writeHead(202).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result: resultOf(message) }));
  });
  server.listen(0, address);
  await once(server, 'listening');
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address}:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

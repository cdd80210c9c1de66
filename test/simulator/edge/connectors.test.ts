import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Connectors } from '../../../src/simulator/edge/connectors.ts';
import type { EdgeTunnel } from '../../../src/simulator/edge/tunnel-directory.ts';

const tunnel: EdgeTunnel = {
  tunnel: 'c0ffee00-1234-4abc-9def-0123456789ab',
  account: 'account',
  secret: 'secret',
  domain: 'abcd1234.tunnel.anthropic.com',
  archived: false,
  certificates: [],
};

/** The next line that an edge sends on a control connection. */
async function lineOf(socket: Socket): Promise<Record<string, unknown>> {
  let text = '';
  while (!text.includes('\n')) text += String((await once(socket, 'data'))[0]);
  return JSON.parse(text.split('\n')[0] ?? '');
}

test('a stream that was asked for before the goodbye still comes; then the edge hangs up', async () => {
  const connectors = new Connectors({ tunnels: () => [tunnel] });
  const server = createServer((socket) => connectors.accept(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo;
  const say = (socket: Socket, line: object) => socket.write(`${JSON.stringify(line)}\n`);
  try {
    const control = connect(port, '127.0.0.1');
    const { account, secret } = tunnel;
    const hello = { type: 'register', account, secret, tunnel: tunnel.tunnel };
    say(control, { ...hello, connector: 'one', connIndex: 0, protocol: 'quic' });
    expect(await lineOf(control)).toMatchObject({ type: 'registered' });

    const stream = connectors.openStream(tunnel.tunnel);
    const asked = await lineOf(control);
    expect(asked).toMatchObject({ type: 'open' });
    const hungUp = once(control, 'end');
    control.end();
    await expect.poll(() => connectors.count(tunnel.tunnel)).toBe(0);
    expect(() => connectors.openStream(tunnel.tunnel)).toThrow('no cloudflared is connected');

    const data = connect(port, '127.0.0.1');
    say(data, { type: 'stream', id: asked['id'] });
    (await stream).destroy();
    await hungUp;
    data.destroy();
  } finally {
    connectors.close();
    server.close();
  }
});

import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { rehearsedView } from '../../src/simulator/container/rehearsed-view.ts';
import { SimulatedVendorSide } from '../../src/simulator/vendor-side.ts';
import { domain, Stack } from './stack.ts';
import { get, hello, limit, url } from './through-the-edge.ts';

describe('cloudflared and its connections', () => {
  test('a stopped proxy is an origin that cannot be reached', limit, async () => {
    await using stack = await Stack.start();
    const { proxy, cloudflared } = await stack.connected();
    await proxy.stop();
    await expect(get(stack)).rejects.toMatchObject({ reason: 'origin-unreachable' });
    expect(await cloudflared.lines.line('Unable to reach the origin service')).toContain(
      'The service may be down or it may not be responding to traffic from cloudflared: dial tcp',
    );
  });

  test('established connections survive a rotation, reconnects do not', limit, async () => {
    await using stack = await Stack.start();
    const { cloudflared } = await stack.connected();
    stack.tunnel = { ...stack.tunnel, secret: Buffer.from('rotated').toString('base64') };
    expect(await hello(stack, 'still')).toBe('Hello, still!');
    stack.edge.drop(stack.tunnel.tunnel);
    expect(await cloudflared.lines.line('Register tunnel error from server side')).toContain(
      'Unauthorized: Invalid tunnel secret',
    );
    await cloudflared.lines.line('Retrying connection in up to');
    await expect(get(stack)).rejects.toMatchObject({ reason: 'not-connected' });
    expect(await cloudflared.stop()).toBe(0);
    const restarted = stack.cloudflared();
    await restarted.lines.line('Registered tunnel connection connIndex=3');
    expect(await hello(stack, 'again')).toBe('Hello, again!');
  });

  test('of two connectors one is stopped under load: no call is lost', limit, async () => {
    await using stack = await Stack.start();
    const { cloudflared } = await stack.connected();
    const other = stack.cloudflared();
    await other.lines.line('Registered tunnel connection connIndex=3');
    let [answered, stopping] = [0, false];
    const call = async (): Promise<void> => {
      while (!stopping) {
        expect(await hello(stack, 'load')).toBe('Hello, load!');
        answered += 1;
      }
    };
    const calls = Promise.all([call(), call(), call(), call()]);
    calls.catch(() => undefined);
    await expect.poll(() => answered).toBeGreaterThan(5);
    expect(await cloudflared.stop()).toBe(0);
    const before = answered;
    await expect.poll(() => answered).toBeGreaterThan(before + 5);
    stopping = true;
    await calls;
  });

  test('unknown and archived tunnels are refused, the program stays', limit, async () => {
    await using stack = await Stack.start();
    const unknown = stack.cloudflared({
      TUNNEL_TOKEN: stack.token({ t: '00000000-0000-4000-8000-000000000000' }),
    });
    expect(await unknown.lines.line('Register tunnel error')).toContain(
      'Unauthorized: Tunnel not found',
    );
    expect(await unknown.stop()).toBe(0);
    stack.tunnel = { ...stack.tunnel, archived: true };
    const archived = stack.cloudflared();
    expect(await archived.lines.line('Register tunnel error')).toContain(
      'Unauthorized: Failed to get tunnel',
    );
    await expect(get(stack)).rejects.toMatchObject({ reason: 'unknown-tunnel' });
  });

  test('an edge that refuses connections, by protocol', limit, async () => {
    await using stack = await Stack.start();
    stack.table.unbind('edge', 7844);
    const auto = stack.cloudflared();
    expect(await auto.lines.line('Failed to dial a quic connection')).toContain('connIndex=0');
    await auto.lines.line('Switching to fallback protocol http2');
    await auto.stop();
    const http2 = stack.cloudflared(undefined, [
      'tunnel',
      'run',
      '--protocol',
      'http2',
      '--url',
      'http://localhost:8080',
    ]);
    expect(await http2.lines.line('Unable to establish connection with Cloudflare edge')).toContain(
      'error="DialContext error: dial tcp 198.41.192.7:7844: connect: connection refused"',
    );
  });

  test('without --url every call is answered 503', limit, async () => {
    await using stack = await Stack.start();
    const cloudflared = stack.cloudflared(undefined, ['tunnel', 'run']);
    await cloudflared.lines.line('No ingress rules were defined');
    await cloudflared.lines.line('Registered tunnel connection');
    await expect(get(stack)).rejects.toMatchObject({ message: expect.stringContaining('503') });
  });
});

test('a request in flight ends before the proxy does', limit, async () => {
  await using stack = await Stack.start();
  const { proxy } = await stack.connected();
  let finish: () => void = () => undefined;
  const upstream = createServer((_request, response) => {
    response.writeHead(200).write('a');
    finish = () => response.end('b');
  });
  stack.addHost('hello-mcp', '172.30.0.4', 'slow');
  await rehearsedView(stack.settings('slow')).listen(upstream, 9000, '0.0.0.0');
  const response = await stack.edge.request({ host: `echo.${domain}`, path: '/', method: 'GET' });
  const exit = proxy.stop();
  await proxy.lines.line('shutting down');
  finish();
  expect(await text(response)).toBe('ab');
  expect(await exit).toBe(0);
  upstream.close();
});

describe('the vendor’s side', () => {
  const call = { url, tool: 'hello', arguments: { name: 'tunnel' }, timeoutMs: 10_000 };

  test('gives the tool’s answer, and a tool’s error with its text', limit, async () => {
    await using stack = await Stack.start();
    await stack.connected();
    const side = new SimulatedVendorSide(stack.edge);
    expect(await side.callTool(call)).toEqual({ isError: false, text: 'Hello, tunnel!' });
    await expect(side.callTool({ ...call, tool: 'goodbye' })).rejects.toMatchObject({
      code: 'verification-failed',
      found: expect.stringContaining('Unknown tool: goodbye'),
    });
  });

  test('names an upstream’s own refusal, and silence', limit, async () => {
    await using stack = await Stack.start();
    await stack.connected();
    const side = new SimulatedVendorSide(stack.edge);
    let answer = true;
    const upstream = createServer((request, response) => {
      request.resume();
      if (answer) response.writeHead(421).end('Invalid Host header');
    });
    stack.addHost('hello-mcp', '172.30.0.4', 'refusing');
    await rehearsedView(stack.settings('refusing')).listen(upstream, 9000, '0.0.0.0');
    await expect(side.callTool(call)).rejects.toMatchObject({
      found: 'MCP server error (HTTP 421): Invalid Host header',
    });
    answer = false;
    await expect(side.callTool({ ...call, timeoutMs: 300 })).rejects.toMatchObject({
      found: 'no answer within 300 ms',
    });
    upstream.close();
    upstream.closeAllConnections();
  });

  test('without a certificate it says so', limit, async () => {
    await using stack = await Stack.start();
    stack.tunnel = { ...stack.tunnel, certificates: [] };
    await expect(new SimulatedVendorSide(stack.edge).callTool(call)).rejects.toMatchObject({
      found: `the tunnel ${domain} has no active CA certificate`,
    });
  });
});

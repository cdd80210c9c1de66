import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { rehearsedView } from '../../src/simulator/container/rehearsed-view.ts';
import { edgeFetch } from '../../src/simulator/edge/edge-fetch.ts';
import { makeCa, makeServer, type ServerOptions } from './openssl.ts';
import { domain, Stack } from './stack.ts';
import { get, hello, limit, url } from './through-the-edge.ts';

test(
  'the official client calls the sample tool through edge, cloudflared and proxy',
  limit,
  async () => {
    await using stack = await Stack.start();
    const { proxy } = await stack.connected();
    expect(await hello(stack, 'tunnel')).toBe('Hello, tunnel!');
    expect(proxy.lines.count('"msg":"route configured"')).toBe(1);
    expect(proxy.lines.count('request started')).toBeGreaterThan(0);
    const megabyte = 'x'.repeat(1_000_000);
    expect(await hello(stack, megabyte)).toBe(`Hello, ${megabyte}!`);
    expect((await get(stack)).status).toBe(406);
  },
);

test(
  'path, query, Host and method pass unchanged, and answers stream while they are made',
  limit,
  async () => {
    await using stack = await Stack.start();
    await stack.connected();
    const seen: string[] = [];
    let finish: () => void = () => undefined;
    const upstream = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.host}`);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: one\n\n');
      finish = () => response.end('data: two\n\n');
    });
    stack.addHost('hello-mcp', '172.30.0.4', 'events');
    await rehearsedView(stack.settings('events')).listen(upstream, 9000, '0.0.0.0');
    const response = await get(stack, `https://echo.${domain}/a%20b/c?x=1&y=%2F`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe('data: one\n\n');
    finish();
    expect((await reader?.read())?.value).toBe('data: two\n\n');
    expect((await reader?.read())?.done).toBe(true);
    expect(seen).toEqual([`GET /a%20b/c?x=1&y=%2F echo.${domain}`]);
    upstream.close();
  },
);

test('a caller who goes away ends the request at the upstream', limit, async () => {
  await using stack = await Stack.start();
  await stack.connected();
  const gone = Promise.withResolvers<void>();
  const upstream = createServer((_request, response) => {
    response.writeHead(200).write('begun');
    response.once('close', () => gone.resolve());
  });
  stack.addHost('hello-mcp', '172.30.0.4', 'events');
  await rehearsedView(stack.settings('events')).listen(upstream, 9000, '0.0.0.0');
  const caller = new AbortController();
  await edgeFetch(stack.edge)(url, { signal: caller.signal });
  caller.abort();
  await gone.promise;
  upstream.close();
});

describe('the certificate is judged by every rule of facts 4.5, and the proxy logs the documented line', () => {
  const otherCa = makeCa();
  const noAki = ['extendedKeyUsage = serverAuth'];
  const cases: [string, ServerOptions & { foreign?: boolean }, string, string][] = [
    [
      'signed by another CA',
      { foreign: true },
      'unknown certificate authority',
      'not signed by a CA certificate registered',
    ],
    [
      'no AuthorityKeyIdentifier',
      { extra: [...noAki, 'authorityKeyIdentifier = none'] },
      'unknown certificate authority',
      'no AuthorityKeyIdentifier',
    ],
    [
      'SAN of another domain',
      { san: 'DNS:*.other.tunnel.anthropic.com' },
      'bad certificate',
      'does not cover echo.abcd1234',
    ],
    [
      'SAN without the wildcard',
      { san: `DNS:${domain}` },
      'bad certificate',
      'does not cover echo.abcd1234',
    ],
    ['expired', { notAfter: '20240601000000Z' }, 'bad certificate', 'expired'],
    ['not yet valid', { notBefore: '20480101000000Z' }, 'bad certificate', 'not yet valid'],
    [
      'EKU without serverAuth',
      { extra: ['authorityKeyIdentifier = keyid', 'extendedKeyUsage = clientAuth'] },
      'bad certificate',
      'lacks serverAuth',
    ],
    ['weak signature', { digest: 'sha1' }, 'bad certificate', 'weaker than SHA-256'],
  ];
  test.each(cases)('%s', limit, async (_name, { foreign, ...options }, alert, reason) => {
    await using stack = await Stack.start();
    const { proxy } = await stack.connected(
      makeServer(foreign ? otherCa : stack.ca, domain, options),
    );
    await expect(get(stack)).rejects.toMatchObject({
      reason: 'certificate-refused',
      message: expect.stringContaining(reason),
      logLine: expect.stringContaining(alert),
    });
    expect(await proxy.lines.line('tls handshake failed')).toContain(alert);
    expect(proxy.lines.count('request started')).toBe(0);
  });

  test('a renewed certificate is noticed without a restart', limit, async () => {
    await using stack = await Stack.start();
    const { proxy } = await stack.connected(
      makeServer(stack.ca, domain, { notAfter: '20240601000000Z' }),
    );
    await expect(get(stack)).rejects.toMatchObject({ reason: 'certificate-refused' });
    stack.writePair(makeServer(stack.ca, domain));
    await proxy.lines.line('tls certificate reloaded');
    expect((await get(stack)).status).toBe(406);
  });

  test('without an active certificate nothing reaches the proxy', limit, async () => {
    await using stack = await Stack.start();
    const { proxy } = await stack.connected();
    stack.tunnel = { ...stack.tunnel, certificates: [] };
    const before = proxy.lines.all.length;
    await expect(get(stack)).rejects.toMatchObject({ reason: 'no-certificate' });
    expect(proxy.lines.all.length).toBe(before);
  });

  test('two registered CAs, the second signed: accepted', limit, async () => {
    await using stack = await Stack.start();
    await stack.connected();
    stack.tunnel = { ...stack.tunnel, certificates: [otherCa.certificate, stack.ca.certificate] };
    expect(await hello(stack, 'tunnel')).toBe('Hello, tunnel!');
  });
});

describe('routes and upstreams', () => {
  test('an unknown route is refused by the proxy with the documented texts', limit, async () => {
    await using stack = await Stack.start();
    const { proxy } = await stack.connected();
    const response = await get(stack, `https://nobody.${domain}/mcp`);
    expect([response.status, await response.text()]).toEqual([
      502,
      'No route configured for host\n',
    ]);
    expect(await proxy.lines.line('no route for host')).toContain(`nobody.${domain}`);
  });

  const cases: [string, string, string, string][] = [
    [
      'a public address',
      'http://8.8.8.8:80',
      '',
      'IP validation failed: 8.8.8.8 is not a private address',
    ],
    [
      'loopback',
      'http://localhost:8080',
      '',
      'IP validation failed: 127.0.0.1 is not a private address',
    ],
    [
      'a replaced range',
      'http://hello-mcp:9000',
      'upstream: {allowed_ips: [10.0.0.0/8]}',
      'IP validation failed: 172.30.0.3 is not a private address',
    ],
    [
      'nobody listening',
      'http://hello-mcp:9001',
      '',
      'dial tcp 172.30.0.3:9001: connect: connection refused',
    ],
    ['no such name', 'http://nobody:9000', '', 'dial tcp: lookup nobody: no such host'],
    [
      'an address outside the rehearsal',
      'http://10.1.2.3:80',
      '',
      'dial tcp 10.1.2.3:80: connect: no route to host',
    ],
  ];
  test.each(cases)('%s', limit, async (_name, upstream, more, line) => {
    await using stack = await Stack.start();
    const { proxy } = await stack.connected();
    await proxy.stop();
    stack.writeConfig(`{echo: "${upstream}"}`, more);
    const second = stack.proxy();
    await second.lines.line('proxy listening');
    const response = await get(stack);
    expect([response.status, await response.text()]).toEqual([502, 'Bad Gateway\n']);
    expect(await second.lines.line('upstream request failed')).toContain(line);
  });
});

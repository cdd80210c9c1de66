import { expect, test } from 'vitest';
import type { ContainerView } from '../../../src/simulator/container/container-view.ts';
import { ErrnoError } from '../../../src/simulator/container/errno.ts';
import { runProxy } from '../../../src/simulator/proxy/run-proxy.ts';
import { makeCa, makeServer } from '../openssl.ts';
import { Lines } from '../stack.ts';

const domain = 'abcd1234.tunnel.anthropic.com';
const pair = makeServer(makeCa(), domain);
const files: Readonly<Record<string, string>> = {
  '/etc/mcp-gateway/config.yaml': `listen_addr: ":8080"\ntunnel_domain: ${domain}\ntls: {cert_file: /data/tls.crt, key_file: /data/tls.key}\nroutes: {echo: "http://hello-mcp:9000"}\n`,
  '/data/tls.crt': pair.certificate,
  '/data/tls.key': pair.key,
};

/** A container whose port is bound when `bind` says so. */
function containerThat(bind: () => Promise<void>): ContainerView {
  return {
    rehearsed: true,
    readFile: async (path) => Buffer.from(files[path] ?? ''),
    resolve: async () => [],
    dialTarget: (host, port) => ({ host, port }),
    listen: bind,
  };
}

test('a route is said to be configured only once a call can get in', async () => {
  const lines = new Lines();
  const { promise: binding, resolve: asked } = Promise.withResolvers<void>();
  const { promise: bound, resolve: bind } = Promise.withResolvers<void>();
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  const view = containerThat(() => {
    asked();
    return bound;
  });
  const exit = runProxy([], { view, writeLine: lines.push, stopped });
  await binding;
  expect(lines.all).toEqual([]);
  bind();
  await lines.line('proxy listening');
  expect(lines.count('"msg":"route configured"')).toBe(1);
  stop();
  expect(await exit).toBe(0);
});

test('a port that is taken ends the start', async () => {
  const lines = new Lines();
  const view = containerThat(() => Promise.reject(new ErrnoError('EADDRINUSE', 'port 8080')));
  const stopped = new Promise<void>(() => undefined);
  expect(await runProxy([], { view, writeLine: lines.push, stopped })).toBe(1);
  expect(lines.all).toHaveLength(1);
  expect(lines.all[0]).toContain('listen tcp :8080: bind: address already in use');
});

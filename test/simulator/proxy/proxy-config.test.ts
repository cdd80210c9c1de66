import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../../src/simulator/proxy/proxy-config.ts';

const base =
  'listen_addr: ":8080"\ntunnel_domain: d.example\ntls: {cert_file: /data/tls.crt, key_file: /data/tls.key}\n';
const read = (more: string) => readConfig(base + more);

test('the documented defaults', () => {
  const config = read('routes: {echo: "http://hello-mcp:9000"}');
  expect(config).toMatchObject({
    listenPort: 8080,
    logLevel: 'info',
    shutdownTimeout: 30_000,
    tunnelDomain: 'd.example',
  });
  expect(
    ['10.1.1.1', '172.16.0.1', '172.32.0.1', '192.168.0.1', '8.8.8.8', '127.0.0.1'].map(
      config.mayDial,
    ),
  ).toEqual([true, true, false, true, false, false]);
});

describe('refusals', () => {
  test.each([
    ['routes: ["http://a:1"]', 'cannot unmarshal !!seq into map[string]string'],
    ['routes: {a: "http://b:1/mcp"}', 'invalid upstream (must be scheme://host:port)'],
    ['routes: {a: "http://b"}', 'invalid upstream (must be scheme://host:port)'],
    ['routes: {a: "b:1"}', 'invalid upstream (must be scheme://host:port)'],
    ['routes: {a: "http://[::1]:80"}', 'invalid upstream (must be scheme://host:port)'],
    ['routes: {a: "https://b:443"}', 'needs upstream.tls'],
    ['', 'routes is required'],
    ['routes: {a: "http://b:1"}\nlog_level: loud', 'invalid log_level'],
    ['routes: {a: "http://b:1"}\nshutdown_timeout: soon', 'invalid shutdown_timeout'],
    [
      'routes: {a: "http://b:1"}\nupstream: {allowed_ips: ["fe80::/10"]}',
      'invalid allowed_ips entry',
    ],
    [
      'routes: {a: "http://b:1"}\nupstream: {allowed_ips: [10.0.0.0/8], disable_ip_validation: true}',
      'mutually exclusive',
    ],
    ['routes: {a: "http://b:1"', 'yaml:'],
  ])('%s', (more, text) => {
    expect(() => read(more)).toThrow(ConfigError);
    expect(() => read(more)).toThrow(text);
  });

  test('a bare route name without a tunnel domain, unless the flag gives it', () => {
    const text = base.replace('tunnel_domain: d.example\n', 'routes: {a: "http://b:1"}\n');
    expect(() => readConfig(text)).toThrow('tunnel_domain is required');
    expect(readConfig(text, 'E.example').tunnelDomain).toBe('e.example');
  });
});

test('allowed_ips replaces the default, validation can be switched off, https needs a CA setting', () => {
  const narrow = read('routes: {a: "http://b:1"}\nupstream: {allowed_ips: [10.0.0.0/8, 8.8.8.8]}');
  expect(['10.1.1.1', '192.168.0.1', '8.8.8.8'].map(narrow.mayDial)).toEqual([true, false, true]);
  expect(
    read('routes: {a: "http://b:1"}\nupstream: {disable_ip_validation: true}').mayDial('127.0.0.1'),
  ).toBe(true);
  const tls = read('routes: {a: "https://b:443"}\nupstream: {tls: {ca_file: /data/ca}}');
  expect(tls.upstreamTls).toEqual({ caFile: '/data/ca', includeSystemCas: false });
});

test('foreign text is read or refused with a ConfigError', () => {
  assert(
    property(string({ unit: 'binary' }), (text) => {
      try {
        readConfig(text);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
  );
});

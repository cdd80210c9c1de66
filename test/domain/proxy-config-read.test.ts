import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readProxyConfig } from '../../src/domain/proxy-config-read.ts';

describe('readProxyConfig', () => {
  test('everything', () => {
    const text = [
      'listen_addr: ":8080"',
      'log_level: debug',
      'shutdown_timeout: 30s',
      'tunnel_domain: d.tunnel.anthropic.com',
      'tls: { cert_file: /data/tls.crt, key_file: /data/tls.key }',
      'routes:',
      '  7: http://a:1',
      '  b: http://b:2',
      'upstream:',
      '  allowed_ips: [10.0.0.0/8]',
      '  disable_ip_validation: false',
      '  tls: { ca_file: /c, include_system_cas: true }',
    ].join('\n');
    expect(readProxyConfig(text)).toEqual({
      ok: true,
      value: {
        listenAddr: ':8080',
        logLevel: 'debug',
        shutdownTimeout: '30s',
        domain: 'd.tunnel.anthropic.com',
        certFile: '/data/tls.crt',
        keyFile: '/data/tls.key',
        routes: { '7': 'http://a:1', b: 'http://b:2' },
        allowedIps: ['10.0.0.0/8'],
        disableIpValidation: false,
        tls: { caFile: '/c', includeSystemCas: true },
      },
    });
  });

  test('an empty map has nothing', () => {
    expect(readProxyConfig('{}')).toMatchObject({
      ok: true,
      value: { domain: undefined, routes: {} },
    });
  });

  test.each([
    ['routes: [a]\n', /cannot unmarshal !!seq into map\[string\]string/],
    ['routes: text\n', /not a map of name/],
    ['routes: { a: 1 }\n', /routes\.a is not text/],
    [
      'tunnel_domain: 7\nupstream: { allowed_ips: x, disable_ip_validation: maybe }\n',
      /tunnel_domain is not text; upstream\.allowed_ips is not a list of texts; upstream\.disable_ip_validation is not true or false/,
    ],
    ['upstream: { allowed_ips: [1] }\n', /allowed_ips/],
    ['just text', /not a map of settings/],
    ['', /not a map of settings/],
    ['a: [', /line \d+: not valid YAML/],
  ])('%j is a problem', (text, message) => {
    const read = readProxyConfig(text);
    expect(read.ok).toBe(false);
    expect(!read.ok && read.problem).toMatch(message);
  });

  test('never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => typeof readProxyConfig(text).ok === 'boolean',
      ),
    );
  });
});

import { describe, expect, test } from 'vitest';
import { parsed, problem } from '../../../src/domain/result.ts';
import { domain } from '../../fakes/sample-answers.ts';
import { checksOf, configOf, doctorSeen, logOf } from '../../fakes/sample-doctor.ts';
import { routeSeen } from '../../fakes/sample-status.ts';
import { testTable } from './table.ts';

const dir = '/srv/mcp-tunnel';
const install = `mcp-tunnel install --dir ${dir}`;
const reload = `cd ${dir} && docker compose restart mcp-proxy && docker compose restart cloudflared`;
const correct = `Correct ${dir}/config/mcp-proxy.yaml, then: ${reload}`;

function proxySays(...known: Parameters<typeof logOf>[0] & object) {
  return new Map([...doctorSeen().logs, ['mcp-proxy', logOf(known)]]);
}

function answered(found: string, upstream = 'http://10.0.0.5:8000') {
  const probe = parsed({
    status: 'warn',
    found,
    expected: 'an MCP server',
    fix: 'Start it.',
  } as const);
  const routes = parsed([routeSeen({ name: 'wiki', upstream, service: undefined, probe })]);
  return { config: configOf({ routes: { wiki: upstream } }), status: { routes } };
}

describe('the proxy’s configuration', () => {
  testTable([
    [
      'routes as a list',
      {
        config: problem(
          'config/mcp-proxy.yaml: routes is a list: cannot unmarshal !!seq into map[string]string',
        ),
      },
      'proxy-config',
      'fail',
      'config/mcp-proxy.yaml: routes is a list: cannot unmarshal !!seq into map[string]string',
      `Correct ${dir}/config/mcp-proxy.yaml, or run: ${install}`,
    ],
    [
      'an upstream with a path',
      { config: configOf({ routes: { echo: 'http://hello-mcp:9000/mcp' } }) },
      'route-echo',
      'fail',
      /^The upstream has a path behind host and port\./u,
      `Correct it in ${dir}/config/mcp-proxy.yaml, then: ${reload}`,
    ],
    [
      'an upstream without a port',
      { config: configOf({ routes: { echo: 'http://hello-mcp' } }) },
      'route-echo',
      'fail',
      /^The upstream's port is missing/u,
      /then: cd/u,
    ],
    [
      'another port than cloudflared asks',
      { config: configOf({ listenAddr: ':9090' }) },
      'proxy-config',
      'fail',
      'listen_addr is :9090; cloudflared sends to localhost:8080',
      correct,
    ],
    [
      'settings that exclude each other',
      { config: configOf({ allowedIps: ['10.0.0.0/8'], disableIpValidation: true }) },
      'proxy-config',
      'fail',
      'upstream.allowed_ips and upstream.disable_ip_validation exclude each other',
      correct,
    ],
    [
      'https without a CA, and no domain',
      { config: configOf({ domain: undefined, routes: { wiki: 'https://10.0.0.5:443' } }) },
      'proxy-config',
      'fail',
      'tunnel_domain is missing, and wiki are no full host names; and 1 more',
      correct,
    ],
    [
      'no routes',
      { config: configOf({ routes: {} }) },
      'proxy-config',
      'fail',
      'there are no routes',
      correct,
    ],
    [
      'another domain than the tunnel’s',
      { config: configOf({ domain: 'ffff0000.tunnel.anthropic.com' }) },
      'tunnel-domain',
      'fail',
      `config/mcp-proxy.yaml says ffff0000.tunnel.anthropic.com: calls for ${domain} find no route`,
      `${install}   (writes ${domain}; for a tunnel that has changed: --domain)`,
    ],
    [
      'allowed addresses that replace the private ranges',
      { config: configOf({ allowedIps: ['203.0.113.0/24'] }) },
      'allowed-ips',
      'fail',
      'route echo: IP validation failed: 172.18.0.3 is not a private address (allowed: 203.0.113.0/24)',
      `mcp-tunnel routes --dir ${dir} add echo=http://hello-mcp:9000 --allow-ip 172.16.0.0/12   (without an outage; the list in config/mcp-proxy.yaml replaces the private ranges, so they have to stand in it, too)`,
    ],
    [
      'an own list that covers the routes',
      { config: configOf({ allowedIps: ['172.16.0.0/12'] }) },
      'allowed-ips',
      'pass',
      '172.16.0.0/12, instead of the private ranges',
    ],
    [
      'a public upstream',
      {
        config: configOf({ routes: { wiki: 'http://8.8.8.8:80' } }),
        addresses: new Map([['8.8.8.8', ['8.8.8.8']]]),
      },
      'allowed-ips',
      'fail',
      /^route wiki: IP validation failed: 8\.8\.8\.8 is not a private address/u,
      /--allow-ip 8\.8\.8\.8\/32/u,
    ],
    [
      'no validation at all',
      { config: configOf({ disableIpValidation: true }) },
      'allowed-ips',
      'warn',
      'disable_ip_validation: routes may lead to any address',
      /^Take upstream\.disable_ip_validation out/u,
    ],
  ]);
});

describe('routes and upstreams', () => {
  testTable([
    [
      'an upstream that refuses connections',
      answered('nothing listens at 10.0.0.5:8000 (ECONNREFUSED)'),
      'route-wiki',
      'fail',
      'http://10.0.0.5:8000: nothing listens at 10.0.0.5:8000 (ECONNREFUSED) (asked from this host)',
      'Start it.',
    ],
    [
      'a name that only other networks know: no proof of anything',
      answered('the name wiki does not resolve here (ENOTFOUND)', 'http://wiki:8000'),
      'route-wiki',
      'warn',
      /does not resolve here/u,
      'Start it.',
    ],
    [
      'a server that answers 421 for its name',
      answered('HTTP 421 Misdirected Request: it refuses the name it was called by'),
      'route-wiki',
      'warn',
      /421/u,
      'Start it.',
    ],
    [
      'a server that wants a sign-in of its own is well',
      {
        status: {
          routes: parsed([
            routeSeen({
              probe: parsed({
                status: 'pass',
                found: 'HTTP 401: it wants a sign-in',
                expected: 'x',
              }),
            }),
          ]),
        },
      },
      'route-echo',
      'pass',
      'http://hello-mcp:9000: HTTP 401: it wants a sign-in (asked from this host)',
    ],
    [
      'the sample server that could not get its package',
      {
        status: {
          routes: parsed([
            routeSeen({
              probe: parsed({
                status: 'warn',
                found: 'nothing listens (ECONNREFUSED)',
                expected: 'x',
              }),
            }),
          ]),
        },
        logs: new Map([
          ...doctorSeen().logs,
          [
            'hello-mcp',
            logOf([{ cause: 'The index does not answer.', fix: 'Open TCP 443.', last: 'pip' }]),
          ],
        ]),
      },
      'route-echo',
      'fail',
      /nothing listens \(ECONNREFUSED\) \(asked from this host\): The index does not answer\.$/u,
      'Open TCP 443.',
    ],
    [
      'a proxy that says nothing of its routes: no failure',
      { logs: proxySays() },
      'routes-loaded',
      'warn',
      '0 of 1; its log format is undocumented, so this proves nothing',
      `If a route does not answer: ${reload}`,
    ],
    [
      'calls for a name without a route',
      {
        logs: proxySays(
          { id: 'route-configured', severity: 'success' },
          {
            id: 'no-route',
            cause: 'No route for that name.',
            fix: 'Compare them.',
            count: 3,
            last: 'no route for host',
          },
        ),
      },
      'calls',
      'warn',
      'No route for that name.',
      'Compare them.',
    ],
  ]);

  test('what the log said of calls is shown with how often', () => {
    const logs = proxySays({ id: 'no-route', count: 3, last: 'no route for host x' });
    expect(checksOf(doctorSeen({ logs })).get('calls')?.evidence).toEqual([
      '3 ×: no route for host x',
    ]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certificatesOnly } from '../../../src/domain/support/certificates-only.ts';
import { envForReport } from '../../../src/domain/support/env-for-report.ts';
import {
  answersKnown,
  composeKnown,
  proxyConfigKnown,
  yamlForReport,
} from '../../../src/domain/support/keep-known.ts';
import { lineShape } from '../../../src/domain/support/line-shape.ts';

const planted = 'hunter2';

describe('a Compose file', () => {
  const shown = (text: string) => yamlForReport('docker-compose.yaml', text, composeKnown);

  test('keeps how things run; comments, variables and services of others lose what they hold', () => {
    const text = shown(`# password is ${planted}
services:
  cloudflared:
    image: cloudflare/cloudflared
    command: [tunnel, run] # ${planted}
    environment:
      - TUNNEL_METRICS=localhost:20241
      - MY_PASSWORD=${planted}
      - PASSED_THROUGH
    logging: { driver: splunk, options: { splunk-token: ${planted}, max-size: 10m } }
    network_mode: "service:mcp-proxy"
    labels: { secret: ${planted} }
  wiki:
    image: wiki:1
    command: serve --pass ${planted}
    environment: { PASS: ${planted}, HOME: /tmp, THROUGH: }
    healthcheck: { test: "curl -u me:${planted} localhost" }
secrets: { one: { file: ./${planted} } }
x-mine: ${planted}
`);
    expect(text).not.toContain(planted);
    expect(text).toBe(`services:
  cloudflared:
    image: cloudflare/cloudflared
    command: tunnel run
    environment:
      - TUNNEL_METRICS=localhost:20241
      - MY_PASSWORD=[masked, 7 characters]
      - PASSED_THROUGH
    logging:
      driver: splunk
      options:
        splunk-token: "[left out]"
        max-size: 10m
    network_mode: service:mcp-proxy
    labels: "[left out]"
  wiki:
    image: wiki:1
    command: "[left out]"
    environment:
      PASS: "[left out]"
      HOME: /tmp
      THROUGH: null
    healthcheck: "[left out]"
secrets: "[left out]"
x-mine: "[left out]"
`);
  });

  test('that is no YAML is left out whole', () => {
    const text = shown(`services:\n\t${planted}: x`);
    expect(text).toMatch(/^# left out: docker-compose\.yaml, line \d: not valid YAML/u);
    expect(text).not.toContain(planted);
  });

  test.each(['[]', 'null', '"x"', '3', 'services: [a]', 'services: { cloudflared: x }', '*a'])(
    'of another shape: %s',
    (text) => {
      expect(typeof shown(text)).toBe('string');
    },
  );

  test('never shows a value at a place that is not known', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (service, key) => {
        const text = JSON.stringify({
          services: {
            [`s${service}`]: {
              [`k${key}`]: { deep: [planted] },
              environment: { [`E${key}`]: planted },
            },
          },
          [`t${key}`]: [planted],
        });
        expect(shown(text)).not.toContain(planted);
      }),
    );
  });
});

test('the proxy’s configuration and the answers keep what is known of them', () => {
  const config = yamlForReport(
    'config/mcp-proxy.yaml',
    `routes: { echo: http://hello-mcp:9000 }\nupstream: { tls: { ca_file: /data/x }, auth: ${planted} }\nmy_key: ${planted}\n`,
    proxyConfigKnown,
  );
  expect(config).toBe(
    'routes:\n  echo: http://hello-mcp:9000\nupstream:\n  tls:\n    ca_file: /data/x\n  auth: "[left out]"\nmy_key: "[left out]"\n',
  );
  expect(yamlForReport('a', `tunnel: { domain: d, token: ${planted} }`, answersKnown)).toBe(
    'tunnel:\n  domain: d\n  token: "[left out]"\n',
  );
});

test('.env tells which variables it sets', () => {
  expect(
    envForReport(
      `# ${planted}\nCOMPOSE_PROJECT_NAME=x\nexport TUNNEL_TOKEN='${planted}'\nno assignment ${planted}\n`,
    ),
  ).toBe('COMPOSE_PROJECT_NAME=x\nTUNNEL_TOKEN=[masked, 7 characters]\n');
  expect(envForReport(`A="${planted}`)).toMatch(/^# left out: line 1/u);
});

test('a certificate file with a key in it gives only its certificates', () => {
  const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
  const key = `-----BEGIN PRIVATE KEY-----\n${planted}\n-----END PRIVATE KEY-----`;
  expect(certificatesOnly(`${planted}\n${certificate}\n${key}\n${certificate}\n`)).toBe(
    `${certificate}\n${certificate}\n`,
  );
  expect(certificatesOnly('nothing')).toBe('');
});

test.each([
  [
    '2026-11-24T16:48:37Z INF Registered connIndex=0 connection=4d746814-dac4-48c6-829b-6a6ac4ad1ace ip=198.41.192.7',
    '<time> INF Registered connIndex=<n> connection=<uuid> ip=<address>',
  ],
  ['dial tcp 172.18.0.3:9000: i/o timeout after 10s', 'dial tcp <address>: i/o timeout after <n>s'],
  ['GET https://a.example/x?y=1 200', 'GET <url> <n>'],
])('the shape of %j', (line, shape) => {
  expect(lineShape(line)).toBe(shape);
});

test('a shape is short, and made in no time of any line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 5000 }), (line) => {
      expect(lineShape(line).length).toBeLessThanOrEqual(200);
    }),
  );
  const begun = performance.now();
  for (const piece of ['a', ':', '1.', 'https://']) lineShape(piece.repeat(8000 / piece.length));
  expect(performance.now() - begun).toBeLessThan(500);
});

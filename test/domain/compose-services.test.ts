import { expect, test } from 'vitest';
import { readWantedServices } from '../../src/domain/compose-services.ts';

const main = `services:
  mcp-proxy: { image: proxy@sha256:1 }
  cloudflared: { image: cf@sha256:2 }
  built: { build: . }
  variable: { image: "\${IMAGE}" }
  on-demand: { image: x, profiles: [debug] }
`;

test('services of the file, with the images it names', () => {
  expect(readWantedServices([main])).toEqual({
    ok: true,
    value: [
      { name: 'mcp-proxy', image: 'proxy@sha256:1' },
      { name: 'cloudflared', image: 'cf@sha256:2' },
      { name: 'built', image: undefined },
      { name: 'variable', image: undefined },
    ],
  });
});

test('the override wins, and keeps what it does not name', () => {
  const override = `services:
  mcp-proxy: { image: mine@sha256:9 }
  cloudflared: { restart: always }
  built: { profiles: [later] }
  extra: { image: e }
`;
  const read = readWantedServices([main, undefined, override]);
  expect(read.ok && read.value.map(({ name, image }) => `${name} ${image}`)).toEqual([
    'mcp-proxy mine@sha256:9',
    'cloudflared cf@sha256:2',
    'variable undefined',
    'extra e',
  ]);
});

test.each([
  [undefined, 'there is no docker-compose.yaml'],
  ['services: [', expect.stringContaining('not valid YAML')],
])('%j is a problem', (text, problem) => {
  expect(readWantedServices([text])).toEqual({ ok: false, problem });
});

test.each(['', 'services:', 'services: []', 'a: b', 'services: { x: 1 }'])(
  '%j has no services',
  (text) => expect(readWantedServices([text])).toEqual({ ok: true, value: [] }),
);

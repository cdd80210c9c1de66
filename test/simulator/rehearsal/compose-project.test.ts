import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { interpolate } from '../../../src/domain/compose-variables.ts';
import {
  inStartOrder,
  readComposeProject,
} from '../../../src/simulator/rehearsal/compose-project.ts';
import { programArguments, roleOfService } from '../../../src/simulator/rehearsal/program-role.ts';
import { shellWords } from '../../../src/simulator/rehearsal/shell-words.ts';
import { renderComposeFile } from '../rendered-compose.ts';

function project(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'sim-compose-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

/** `@` stands for the dollar, so that no text here looks like a template that was forgotten. */
const dollars = (text: string) => text.replaceAll('@', '$');

test('our own file: roles, arguments, mounts, order, user, times', () => {
  const dir = project({ 'docker-compose.yaml': renderComposeFile() });
  const services = readComposeProject(dir);
  const order = inStartOrder(services);
  expect(order.map((service) => [service.name, roleOfService(service)])).toEqual([
    ['mcp-proxy', 'proxy'],
    ['cloudflared', 'cloudflared'],
    ['hello-mcp', 'sample'],
  ]);
  const [proxy, cloudflared, sample] = order;
  expect(proxy?.mounts).toEqual([
    { container: '/etc/mcp-gateway/config.yaml', host: join(dir, 'config/mcp-proxy.yaml') },
    { container: '/data', host: join(dir, 'data') },
  ]);
  expect(programArguments('cloudflared', cloudflared?.command ?? [])).toEqual([
    '--no-autoupdate',
    'tunnel',
    '--no-autoupdate',
    'run',
    '--url',
    'http://localhost:8080',
  ]);
  expect(programArguments('sample', sample?.command ?? [])).toEqual(['/app/hello_server.py']);
  expect(cloudflared).toMatchObject({
    networkOf: 'mcp-proxy',
    restart: 'unless-stopped',
    user: { uid: 65532, gid: 65532 },
    stopGrace: 40_000,
    healthcheck: {
      command: ['cloudflared', 'tunnel', '--metrics', 'localhost:20241', 'ready'],
      ...{ interval: 10_000, timeout: 5000, startPeriod: 60_000, retries: 3 },
    },
  });
});

test('.env, pass-through, override, profiles', () => {
  const dir = project({
    '.env': "TUNNEL_TOKEN='abc'\nTAG=7\n",
    'docker-compose.yaml': `services:
  a:
    image: cloudflare/cloudflared:\${TAG}
    environment: [TUNNEL_TOKEN, MISSING, X=1]
    command: tunnel run
    volumes: [./data:/data:ro]
  b: {image: x, profiles: [setup]}
`,
    'docker-compose.override.yaml':
      'services: {a: {environment: {X: "2"}, volumes: ["./other:/data", "/abs:/abs", "named:/n"], command: [tunnel, ready]}}\n',
  });
  const services = readComposeProject(dir);
  expect([...services.keys()]).toEqual(['a']);
  expect(services.get('a')).toMatchObject({
    image: 'cloudflare/cloudflared:7',
    environment: { TUNNEL_TOKEN: 'abc', X: '2' },
    command: ['tunnel', 'ready'],
    user: undefined,
    mounts: [
      { container: '/data', host: join(dir, 'other') },
      { container: '/abs', host: '/abs' },
    ],
  });
  expect(services.get('a')?.environment).not.toHaveProperty('MISSING');
});

describe('refused files', () => {
  test.each([
    ['services: {a: {image: x, imag: y}}', "additional properties 'imag' not allowed"],
    ['services: {a: {image: x}}\nservice: {}', "additional properties 'service' not allowed"],
    ['services: {a: {command: x}}', 'neither an image nor a build context'],
    ['services: {a: {image: x, network_mode: "service:b"}}', 'depends on undefined service "b"'],
    ['services: {a: {image: "@{X:?set X}"}}', 'required variable X is missing a value: set X'],
    ['services: {a: {image: x, stop_grace_period: soon}}', 'invalid duration "soon"'],
    ['services: [', 'docker-compose.yaml'],
    ['services: {}', 'no service selected'],
  ])('%s', (text, found) => {
    const dir = project({ 'docker-compose.yaml': dollars(text) });
    expect(() => readComposeProject(dir)).toThrow(
      expect.objectContaining({
        code: 'compose-file-refused',
        found: expect.stringContaining(found),
      }),
    );
  });

  test('a circle', () => {
    const text = 'services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [a]}}';
    const services = readComposeProject(project({ 'docker-compose.yaml': text }));
    expect(() => inStartOrder(services)).toThrow(
      expect.objectContaining({
        found: expect.stringContaining('dependency cycle detected: a -> b -> a'),
      }),
    );
  });
});

test.each([
  ['@A @{A} @@A', '1 1 @A'],
  ['@{B:-x} @{EMPTY:-x} @{EMPTY-x} @{B-x}', 'x x  x'],
  ['@{A:+y}@{EMPTY:+y}@{B+y}', 'y'],
  ['@{B}', ''],
])('interpolates %s', (text, expected) => {
  const values = new Map([
    ['A', '1'],
    ['EMPTY', ''],
  ]);
  expect(interpolate({ k: [dollars(text)] }, values)).toEqual({ k: [dollars(expected)] });
});

test.each([
  ['a  b', ['a', 'b']],
  ['a \'b c\' "d \\"e"f g\\ h', ['a', 'b c', 'd "ef', 'g h']],
  ['', []],
  ["''", ['']],
])('splits %s', (text, words) => {
  expect(shellWords(text)).toEqual(words);
});

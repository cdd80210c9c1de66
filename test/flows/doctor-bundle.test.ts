import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { DoctorScene, detailsOf } from '../fakes/doctor-scene.ts';
import { tokenText } from '../fakes/sample-answers.ts';
import { started } from '../fakes/status-scene.ts';
import { unpacked } from '../fakes/unpacked.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lzc3VlciJ9.c2lnbmF0dXJlLW9mLW1hbnktYnl0ZXM';
const apiKey = 'sk-ant-api03-PlantedApiKey0123456789-AA';
const shellKey = 'PlantedInTheShell-987654';
const password = 'Planted-Pa55word';
const stray = tokenText('a stray secret of thirty-two byte');
const otherPem = `-----BEGIN PRIVATE KEY-----\n${'UGxhbnRlZEtleUJ5dGVz'.repeat(8)}\n-----END PRIVATE KEY-----`;

/** Every form in which something planted could leave this host; nothing of it may. */
function needles(keys: readonly string[]): readonly string[] {
  const token = tokenText();
  const { a, s } = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
  const whole = [token, stray, a, s, shellKey, password];
  return [
    ...[...whole, apiKey, jwt].flatMap((each) => [
      each,
      Buffer.from(each).toString('base64').replace(/=+$/u, '').slice(0, -2),
      Buffer.from(each).toString('hex'),
    ]),
    ...[apiKey, jwt].map((each) => each.slice(8, 28)),
    Buffer.from(s, 'base64').toString('hex'),
    'UGxhbnRlZEtleUJ5dGVz',
    // Lines of the real keys that no certificate shows.
    ...keys.flatMap((pem) => pem.split('\n').filter((line) => /^[A-Za-z0-9+/=]{40,}$/u.test(line))),
  ];
}

describe('a report of a deployment with secrets in every place', () => {
  let scene: DoctorScene;
  let files: ReadonlyMap<string, Buffer>;
  let keys: readonly string[] = [];

  beforeAll(async () => {
    scene = await DoctorScene.make();
    const { engine } = scene.stack.host;
    const at = (name: string) => join(scene.dir, name);
    const token = tokenText();
    const hostile = [
      `TUNNEL_TOKEN=${token}`,
      `base64 ${Buffer.from(`x${token}`).toString('base64')}`,
      `key ${apiKey} jwt ${jwt} shell ${shellKey}`,
      `DB_PASSWORD=${password} and again ${password}`,
      ...otherPem.split('\n'),
      `\u001b[31m${stray}`,
    ];
    for (const service of ['mcp-proxy', 'cloudflared', 'hello-mcp'])
      for (const line of hostile) engine.say(`${service}-1`, line, started);
    engine.detailsThere.set(
      'cloudflared-1',
      detailsOf('cloudflared', scene.dir, {
        environment: [
          `TUNNEL_TOKEN=${token}`,
          `OTHER=${password}`,
          'TUNNEL_METRICS=localhost:20241',
        ],
        command: ['tunnel', 'run', '--token', token, '--password', password],
        error: `cannot start: ${apiKey}`,
      }),
    );
    await appendFile(at('.env'), `TUNNEL_TOKEN=${token}\nDB_PASSWORD=${password}\n# ${stray}\n`);
    await appendFile(at('config/mcp-proxy.yaml'), `# ${apiKey} ${token}\nmy_secret: ${password}\n`);
    await appendFile(
      at('docker-compose.yaml'),
      `\n# ${jwt} ${password}\nx-mine: { key: ${apiKey} }\n`,
    );
    await writeFile(
      at('docker-compose.override.yaml'),
      `services:\n  cloudflared: { environment: [TUNNEL_TOKEN=${token}] }\n  db:\n    image: db\n    command: --password ${password}\n    environment: { PASS: ${password} }\n`,
    );
    await appendFile(
      at('.mcp-tunnel/journal.jsonl'),
      `${JSON.stringify({ type: 'command', at: 'x', run: 'y', argv: ['curl', '-H', `Authorization: Bearer ${apiKey}`, jwt, token, `--password=${password}`] })}\nnot json ${apiKey}\n`,
    );
    await appendFile(at('.mcp-tunnel/answers.yaml'), `note: ${apiKey}\n# ${token}\n`);
    await appendFile(at('data/tls.crt'), otherPem);
    await writeFile(at('hello_server.py'), `KEY = "${apiKey}"`);
    keys = await Promise.all(
      ['data/tls.key', 'data/ca.key'].map((name) => readFile(at(name), 'utf8')),
    );
    const path = join(scene.stack.host.outside, 'report.tar.gz');
    const { settings } = scene.run;
    scene.change = {
      bundle: { path, force: false },
      settings: { ...settings, shell: ['TUNNEL_TOKEN'], shellSecrets: [new Secret(shellKey)] },
    };
    const events = await scene.events();
    files = await unpacked(path);
    for (const needle of needles(keys)) expect(JSON.stringify(events)).not.toContain(needle);
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  test('none of them is in any byte of it', () => {
    const found = [...files].flatMap(([name, bytes]) =>
      needles(keys).flatMap((needle) =>
        bytes.includes(needle) ? [`${name}: ${needle.slice(0, 20)}`] : [],
      ),
    );
    expect(found).toEqual([]);
    expect(needles(keys).length).toBeGreaterThan(25);
  });

  test('holds what a reader needs, and says what it holds', () => {
    const names = [...files.keys()].map((name) => name.replace('mcp-tunnel-report/', ''));
    expect(names).toEqual(
      [
        ...['README.txt', 'checks.json', 'status.json', 'versions.json', 'containers.json'],
        ...['first-contact.json', 'files.json', 'files/docker-compose.yaml'],
        ...['files/docker-compose.override.yaml', 'files/mcp-proxy.yaml', 'files/answers.yaml'],
        ...['files/env', 'files/ca.crt', 'files/tls.crt'],
        ...[
          'logs/cloudflared.log',
          'logs/hello-mcp.log',
          'logs/mcp-proxy.log',
          'journal.jsonl',
        ].sort(),
      ].sort((one, other) => names.indexOf(one) - names.indexOf(other)),
    );
    const readme = files.get('mcp-tunnel-report/README.txt')?.toString() ?? '';
    for (const name of names) expect(readme).toContain(name);
  });

  const textOf = (name: string) => files.get(`mcp-tunnel-report/${name}`)?.toString() ?? '';

  test('what is no secret is still there', async () => {
    expect(textOf('files/ca.crt')).toBe(await readFile(join(scene.dir, 'data/ca.crt'), 'utf8'));
    expect(textOf('files/env')).toMatch(/^COMPOSE_PROJECT_NAME=mcp-tunnel$|^TUNNEL_TOKEN=\[/mu);
    expect(textOf('files/docker-compose.yaml')).toContain('network_mode: service:mcp-proxy');
    expect(textOf('logs/cloudflared.log')).toMatch(/Registered tunnel connection connIndex=3/u);
    expect(textOf('logs/hello-mcp.log')).toContain('TUNNEL_TOKEN=[secret]');
    const containers = JSON.parse(textOf('containers.json'));
    expect(containers[1]).toMatchObject({
      service: 'cloudflared',
      environment: [
        expect.stringMatching(/^TUNNEL_TOKEN=\[masked, \d+ characters\]$/u),
        'OTHER=[masked, 16 characters]',
        'TUNNEL_METRICS=localhost:20241',
      ],
    });
    expect(JSON.parse(textOf('checks.json')).conclusion.first).toBeDefined();
  });

  test('the first contact: what the images did that the model assumes', () => {
    const contact = JSON.parse(textOf('first-contact.json'));
    expect(contact).toMatchObject({
      rehearsal: false,
      versions: { mcpTunnel: '9.9.9', engine: '26.1.5', compose: 'docker compose 2.29.7' },
      ownersAsContainersSeeThem: true,
      assumptions: {
        'one “route configured” line per route': { lines: 1, routes: 1 },
        'four “Registered tunnel connection” lines': 8,
        words: { 'proxy listening': false },
      },
    });
    expect(contact.containers.map(({ service, exitCode }: never) => [service, exitCode])).toEqual([
      ['mcp-proxy', 0],
      ['cloudflared', 0],
      ['hello-mcp', 0],
    ]);
    expect(contact.files).toContainEqual({
      ...{ path: 'credentials/tunnel-token', kind: 'file', mode: '0400' },
      ...{ uid: 65532, gid: 65532, size: expect.any(Number) },
    });
    const { unknown } = contact.logs['mcp-proxy'];
    expect(unknown.map(({ shape }: { shape: string }) => shape)).toContain('TUNNEL_TOKEN=[secret]');
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { systemFiles } from '../../src/adapters/system-files.ts';
import { answersOnDisk } from '../../src/cli/answers-on-disk.ts';
import { Failure } from '../../src/domain/failure.ts';
import { deploymentOnDisk } from '../../src/steps/deployment-on-disk.ts';
import { handMadeFiles } from '../fakes/hand-made-texts.ts';
import { domain } from '../fakes/sample-answers.ts';

const place = mkdtempSync(join(tmpdir(), 'answers-on-disk-'));
afterAll(() => rmSync(place, { recursive: true }));

/** The answers of the guide's stack, its files changed; a file that is made empty is left out. */
async function answersOf(change: Readonly<Record<string, string>>, asItIs = true) {
  const dir = mkdtempSync(join(place, 'stack-'));
  for (const [name, text] of Object.entries({ ...handMadeFiles('guide', { domain }), ...change })) {
    if (text === '') continue;
    await mkdir(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  const raw = await answersOnDisk(systemFiles, await deploymentOnDisk(systemFiles, dir), {
    asItIs,
  });
  const values = Object.fromEntries(Object.entries(raw).map(([id, { value }]) => [id, value]));
  return { dir, values };
}

const name = 'config/mcp-proxy.yaml';
const head = 'listen_addr: ":8080"\ntls: { cert_file: /data/tls.crt, key_file: /data/tls.key }\n';

describe('answers from the files of a deployment', () => {
  test('full host names stand for a domain', async () => {
    const routes = `routes: { echo.${domain}: "http://hello-mcp:9000" }\n`;
    const { values } = await answersOf({ [name]: head + routes });
    expect(values).toMatchObject({ domain, routes: { echo: 'http://hello-mcp:9000' } });
  });

  test('routes that are none of ours are left out, unless the stack is to become ours', async () => {
    const routes = `tunnel_domain: ${domain}\nroutes: { a: "http://b:1", Odd: "ftp://c" }\n`;
    const files = { [name]: head + routes };
    expect((await answersOf(files)).values['routes']).toEqual({ a: 'http://b:1' });
    expect((await answersOf(files, false)).values['routes']).toHaveProperty('Odd');
  });

  test('allowed addresses and a CA for upstreams are theirs', async () => {
    const upstream = 'upstream: { allowed_ips: [10.1.0.0/16], tls: { ca_file: /data/mine.pem } }\n';
    const { dir, values } = await answersOf({
      [name]: `${head}tunnel_domain: ${domain}\nroutes: {}\n${upstream}`,
      'data/mine.pem': 'a certificate',
    });
    expect(values).toMatchObject({
      allowedIps: ['10.1.0.0/16'],
      upstreamCa: join(dir, 'data/mine.pem'),
      upstreamSystemCas: false,
    });
  });

  test('images that a variable names are not known', async () => {
    const compose = handMadeFiles('guide', { domain })['docker-compose.yaml'] ?? '';
    const text = compose.replace(/image: us-docker\S+/u, 'image: $' + '{PROXY}');
    const { values } = await answersOf({ 'docker-compose.yaml': text });
    expect(Object.keys(values['images'] ?? {})).toEqual(['cloudflared', 'sample']);
  });

  test.each([
    ['is not there', '', 'nothing at'],
    ['is broken', 'routes: [', 'config/mcp-proxy.yaml, line 1'],
    ['has routes as a list', `${head}routes: [a]\n`, 'cannot unmarshal !!seq'],
  ])('a configuration that %s is told', async (_, text, found) => {
    const failure = await answersOf({ [name]: text }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({
      code: 'proxy-config-refused',
      found: expect.stringContaining(found),
    });
  });
});

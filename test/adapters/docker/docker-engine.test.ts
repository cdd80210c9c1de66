import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { DockerEngine } from '../../../src/adapters/docker/docker-engine.ts';
import { connectFailure } from '../../../src/adapters/docker/engine-failure.ts';
import { packFile } from '../../../src/adapters/owned-file-tar.ts';
import {
  type Answer,
  connectionTo,
  type FakeEngine,
  fakeEngine,
  inspected,
  json,
  refuse,
} from './fake-engine.ts';

let fake: FakeEngine | undefined;
afterEach(async () => {
  await fake?.[Symbol.asyncDispose]();
  fake = undefined;
});

async function engineWith(routes: Readonly<Record<string, Answer>>): Promise<DockerEngine> {
  fake = await fakeEngine({ 'GET /containers/json': json([]), ...routes });
  return new DockerEngine(fake.connection);
}

describe('an engine that cannot be reached', () => {
  const info = (socket: string, dockerInPath: boolean) =>
    new DockerEngine(connectionTo(socket, dockerInPath)).info();

  test('without socket and program is not installed', async () => {
    await expect(info('/nonexistent/docker.sock', false)).rejects.toMatchObject({
      code: 'docker-not-installed',
    });
  });

  test('without socket, but with the program, is not running', async () => {
    await expect(info('/nonexistent/docker.sock', true)).rejects.toMatchObject({
      code: 'docker-not-running',
      found: 'ENOENT on unix:///nonexistent/docker.sock (DOCKER_HOST)',
      nextSteps: expect.arrayContaining(['sudo systemctl start docker']),
    });
  });

  test('with a socket that nobody listens on is not running', async () => {
    const dead = await fakeEngine({});
    await using _ = dead;
    const { rename } = await import('node:fs/promises');
    // A killed engine leaves its socket; a closed server removes it.
    await rename(dead.socket, `${dead.socket}.left`);
    await dead.die();
    await expect(info(`${dead.socket}.left`, true)).rejects.toMatchObject({
      code: 'docker-not-running',
      found: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('is told from a refused user by errno', () => {
    const refused = Object.assign(new Error('connect EACCES'), { code: 'EACCES' });
    const endpoint = { host: 'unix:///run/docker.sock', source: 'default' };
    expect(connectFailure(refused, { endpoint, dockerInPath: true })).toMatchObject({
      code: 'docker-permission-denied',
      nextSteps: [
        expect.stringContaining('sudo usermod -aG docker $USER'),
        expect.stringContaining('sudo'),
      ],
    });
  });

  test('at a file that is no socket fails in words', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'no-socket-'));
    await writeFile(join(dir, 'docker.sock'), '');
    await expect(info(join(dir, 'docker.sock'), true)).rejects.toMatchObject({
      code: expect.stringMatching(/^docker-(failed|not-running)$/),
    });
    await rm(dir, { recursive: true });
  });

  test('that answers with an error gives its words', async () => {
    const engine = await engineWith({
      'GET /version': (_u, _q, response) => refuse(response, 500, 'something broke'),
      'GET /info': json({}),
    });
    await expect(engine.info()).rejects.toMatchObject({
      code: 'docker-failed',
      found: expect.stringContaining('something broke'),
    });
  });
});

test('info reads what the engine says of its security', async () => {
  const engine = await engineWith({
    'GET /version': json({ Version: '26.1.5+dfsg1', ApiVersion: '1.45', Arch: 'amd64' }),
    'GET /info': json({
      OperatingSystem: 'Debian GNU/Linux 13',
      Architecture: 'x86_64',
      DockerRootDir: '/var/lib/docker/200000.200000',
      SecurityOptions: [
        'name=apparmor',
        'name=seccomp,profile=builtin',
        'name=userns',
        'name=selinux',
      ],
    }),
  });
  expect(engine.known).toBeUndefined();
  expect(await engine.info()).toEqual({
    endpoint: { host: `unix://${fake?.socket}`, source: 'DOCKER_HOST' },
    version: '26.1.5+dfsg1',
    apiVersion: '1.45',
    operatingSystem: 'Debian GNU/Linux 13',
    architecture: 'x86_64',
    rootless: false,
    usernsRemap: true,
    selinux: true,
    dataRoot: '/var/lib/docker/200000.200000',
  });
  expect(engine.known?.usernsRemap).toBe(true);
});

describe('containers', () => {
  test('are asked for by label and read from inspect; one that vanishes meanwhile is left out', async () => {
    const engine = await engineWith({
      'GET /containers/json': json([{ Id: 'cloudflared' }, { Id: 'vanished' }]),
      'GET /containers/cloudflared/json': json(inspected({ id: 'cloudflared' })),
    });
    const found = await engine.containers({
      project: 'proj',
      workingDir: '/srv/proj',
      service: 'cloudflared',
    });
    expect(found).toEqual([
      {
        id: 'cloudflared',
        name: 'proj-cloudflared-1',
        project: 'proj',
        service: 'cloudflared',
        workingDir: '/srv/proj',
        oneOff: false,
        image: 'proxy@sha256:bb',
        imageId: 'sha256:aa',
        state: 'running',
        health: 'healthy',
        restartCount: 2,
        restartPolicy: 'unless-stopped',
        exitCode: 0,
        startedAt: new Date('2026-11-24T02:00:01Z'),
        createdAt: new Date('2026-11-24T02:00:00.123Z'),
        labels: expect.objectContaining({ 'com.docker.compose.project': 'proj' }),
        addresses: { proj_default: '172.18.0.2' },
      },
    ]);
    const asked = new URL(fake?.requests[0]?.split(' ')[1] ?? '', 'http://engine').searchParams;
    expect(asked.get('all')).toBe('true');
    expect(JSON.parse(asked.get('filters') ?? '')).toEqual({
      label: [
        'com.docker.compose.project',
        'com.docker.compose.project=proj',
        'com.docker.compose.project.working_dir=/srv/proj',
        'com.docker.compose.service=cloudflared',
      ],
    });
  });

  test('that were never started have no start', async () => {
    const engine = await engineWith({
      'GET /containers/json': json([{ Id: 'a' }]),
      'GET /containers/a/json': json(inspected({ id: 'a', startedAt: '0001-01-01T00:00:00Z' })),
    });
    expect((await engine.containers({}))[0]?.startedAt).toBeUndefined();
  });
});

test('networks give their IPv4 subnets and project', async () => {
  const engine = await engineWith({
    'GET /networks': json([
      {
        Name: 'bridge',
        IPAM: { Config: [{ Subnet: '172.17.0.0/16' }, { Subnet: 'fd00::/64' }, {}] },
        Labels: null,
      },
      { Name: 'p_default', IPAM: { Config: null }, Labels: { 'com.docker.compose.project': 'p' } },
    ]),
  });
  expect(await engine.networks()).toEqual([
    { name: 'bridge', project: undefined, subnets: ['172.17.0.0/16'] },
    { name: 'p_default', project: 'p', subnets: [] },
  ]);
});

describe('a file of a container', () => {
  const archive = 'GET /containers/c/archive';

  test('is unpacked from the engine’s archive of it', async () => {
    const owned = { uid: 65532, gid: 65532, mode: 0o400 };
    const tar = await packFile({ name: 'f', content: Buffer.from('text'), ...owned });
    const engine = await engineWith({
      [archive]: (_url, _request, response) => {
        response.setHeader('Content-Type', 'application/x-tar').end(tar);
      },
    });
    expect(Buffer.from((await engine.file('c', '/a/f')) ?? []).toString()).toBe('text');
    expect(fake?.requests).toEqual([`${archive}?path=%2Fa%2Ff`]);
  });

  test('that is not there, in a container that is not there, is nothing', async () => {
    const engine = await engineWith({
      [archive]: (_url, _request, response) => refuse(response, 404, 'Could not find the file'),
    });
    expect(await engine.file('c', '/a/f')).toBeUndefined();
    expect(await engine.file('other', '/a/f')).toBeUndefined();
  });
});

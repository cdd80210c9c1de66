import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolveEndpoint } from '../../../src/adapters/docker/endpoint.ts';

let configDir: string;
beforeEach(async () => {
  configDir = await mkdtemp(join(tmpdir(), 'docker-config-'));
});
afterEach(() => rm(configDir, { recursive: true }));

async function addContext(name: string, meta: unknown): Promise<void> {
  const dir = join(configDir, 'contexts/meta', createHash('sha256').update(name).digest('hex'));
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'meta.json'), typeof meta === 'string' ? meta : JSON.stringify(meta));
}

const context = (host: string) => ({
  Name: 'x',
  Endpoints: { docker: { Host: host, SkipTLSVerify: false } },
});
const config = (value: unknown) => writeFile(join(configDir, 'config.json'), JSON.stringify(value));

describe('which engine', () => {
  test('is the default socket without any setting', async () => {
    expect(await resolveEndpoint({ configDir })).toEqual({
      host: 'unix:///var/run/docker.sock',
      source: 'default',
    });
    expect(await resolveEndpoint({ configDir: '/nonexistent' })).toEqual({
      host: 'unix:///var/run/docker.sock',
      source: 'default',
    });
  });

  test('is DOCKER_HOST, then DOCKER_CONTEXT, then the current context', async () => {
    await addContext('rootless', context('unix:///run/user/1000/docker.sock'));
    await addContext('lab', context('unix:///run/lab.sock'));
    await config({ auths: {}, currentContext: 'rootless' });
    expect(await resolveEndpoint({ configDir })).toEqual({
      host: 'unix:///run/user/1000/docker.sock',
      source: 'context rootless',
    });
    expect(await resolveEndpoint({ configDir, dockerContext: 'lab' })).toEqual({
      host: 'unix:///run/lab.sock',
      source: 'DOCKER_CONTEXT lab',
    });
    expect(
      await resolveEndpoint({
        configDir,
        dockerContext: 'lab',
        dockerHost: 'unix:///run/host.sock',
      }),
    ).toEqual({ host: 'unix:///run/host.sock', source: 'DOCKER_HOST' });
  });

  test('takes blank settings as absent, and the context "default" as the default socket', async () => {
    await config({ currentContext: 'rootless' });
    await addContext('rootless', context('unix:///run/r.sock'));
    expect((await resolveEndpoint({ configDir, dockerHost: '', dockerContext: '' })).source).toBe(
      'context rootless',
    );
    expect((await resolveEndpoint({ configDir, dockerContext: 'default' })).host).toBe(
      'unix:///var/run/docker.sock',
    );
  });
});

describe('an engine that cannot be used', () => {
  test.each([
    'ssh://me:pw@far',
    'tcp://10.0.0.1:2376',
    'tcp://127.0.0.1:2375',
    'npipe:////./pipe/docker_engine',
    'far:2375',
  ])('%s is remote', async (dockerHost) => {
    await expect(resolveEndpoint({ configDir, dockerHost })).rejects.toMatchObject({
      code: 'docker-remote',
      nextSteps: expect.arrayContaining([expect.stringContaining('unset DOCKER_HOST')]),
    });
  });

  test('a remote context says how to leave it, without its password', async () => {
    await addContext('far', context('ssh://me:hunter2@far'));
    await config({ currentContext: 'far' });
    const failure = await resolveEndpoint({ configDir }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'docker-remote',
      nextSteps: expect.arrayContaining([expect.stringContaining('docker context use default')]),
    });
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });

  test('an unknown context names the command that lists them', async () => {
    await expect(resolveEndpoint({ configDir, dockerContext: 'gone' })).rejects.toMatchObject({
      code: 'docker-failed',
      message: 'The Docker context "gone" does not exist.',
      nextSteps: ['docker context ls', 'unset DOCKER_CONTEXT'],
    });
  });

  test.each(['{', '[]', '{"Endpoints":{}}', '{"Endpoints":{"docker":{"Host":7}}}'])(
    'a damaged context (%s) is named',
    async (meta) => {
      await addContext('bad', meta);
      await expect(resolveEndpoint({ configDir, dockerContext: 'bad' })).rejects.toMatchObject({
        code: 'file-malformed',
      });
    },
  );
});

import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Deployment } from '../../../src/domain/deployment.ts';
import { InstallScene } from '../../fakes/install-scene.ts';
import { answersOf, tokenText } from '../../fakes/sample-answers.ts';

test.each<[string, (deployment: Deployment) => string]>([
  ['.env', ({ envFile }) => envFile],
  ['docker-compose.yaml', ({ composeFile }) => composeFile],
  ['data/tls.key', ({ serverKey }) => serverKey],
  ['credentials/tunnel-token', ({ tunnelToken }) => tunnelToken],
])('a link at %s stops the look at the world: it could lead anywhere', async (_name, pathOf) => {
  await using scene = await InstallScene.make();
  const path = pathOf(scene.deployment);
  for (const folder of ['', 'data', 'credentials'])
    await mkdir(join(scene.deployment.dir, folder), { recursive: true });
  await writeFile(join(scene.outside, 'victim'), '');
  await symlink(join(scene.outside, 'victim'), path);
  await expect(scene.observe(answersOf())).rejects.toMatchObject({
    code: 'directory-foreign',
    summary: `${path} is not a plain file.`,
    found: 'a symbolic link',
  });
});

test('a world without anything, and that looking makes nothing', async () => {
  await using scene = await InstallScene.make();
  const world = await scene.observe(answersOf());
  expect(world).toMatchObject({
    now: scene.clock.now(),
    project: { name: 'mcp-tunnel' },
    token: undefined,
    deployedToken: undefined,
    serverKey: undefined,
    ca: undefined,
    containers: [],
    applied: undefined,
  });
  expect([...world.files.values()].every(({ stat }) => stat === undefined)).toBe(true);
  await expect(stat(scene.deployment.dir)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('only containers of this project and directory belong to it, one-off ones never', async () => {
  await using scene = await InstallScene.make();
  const workingDir = scene.deployment.dir;
  scene.engine.add('mcp-proxy', { workingDir });
  scene.engine.add('setup', { workingDir, oneOff: true });
  scene.engine.add('cloudflared', { workingDir: '/srv/other' });
  scene.engine.add('hello-mcp', { workingDir, project: 'other' });
  const { containers } = await scene.observe(answersOf());
  expect(containers.map(({ service }) => service)).toEqual(['mcp-proxy']);
});

test('a token in .env is the deployed one; a token file wins over it', async () => {
  await using scene = await InstallScene.make();
  const { credentialsDir, envFile, tunnelToken } = scene.deployment;
  await mkdir(credentialsDir, { recursive: true });
  await writeFile(envFile, `TUNNEL_TOKEN=${tokenText('in the env file')}\n`);
  const inEnv = await scene.observe(answersOf());
  expect(inEnv.deployedToken?.reveal()).toBe(tokenText('in the env file'));
  await writeFile(tunnelToken, `${tokenText()}\n`);
  const inFile = await scene.observe(answersOf());
  expect(inFile.deployedToken?.reveal()).toBe(tokenText());
});

test('printing the world shows no secret', async () => {
  await using scene = await InstallScene.make();
  await mkdir(scene.deployment.credentialsDir, { recursive: true });
  await writeFile(scene.deployment.tunnelToken, tokenText());
  const world = await scene.observe(answersOf());
  expect(JSON.stringify({ ...world, files: [...world.files] })).not.toContain(tokenText());
});

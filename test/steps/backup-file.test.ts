import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemFiles } from '../../src/adapters/system-files.ts';
import { backupInto } from '../../src/steps/backup-file.ts';
import { HostScene } from '../fakes/host-scene.ts';

test('copies of one run lie together, readable for the operator only, byte for byte', async () => {
  await using scene = await HostScene.make();
  const { deployment, clock } = scene;
  await mkdir(deployment.stateDir, { recursive: true });
  await mkdir(deployment.configDir);
  const bytes = Buffer.from([0x00, 0xff, 0x0a, 0x41]);
  await writeFile(deployment.composeFile, bytes);
  await chmod(deployment.composeFile, 0o644);
  await writeFile(deployment.proxyConfig, 'proxy');
  const backup = backupInto(deployment, systemFiles, clock);
  await clock.sleep(5_000);
  const folder = join(deployment.backupsDir, '2026-11-24T10-00-00-000Z');
  expect(await backup(deployment.composeFile)).toBe(join(folder, 'docker-compose.yaml'));
  expect(await backup(deployment.proxyConfig)).toBe(join(folder, 'mcp-proxy.yaml'));
  expect(await systemFiles.read(join(folder, 'docker-compose.yaml'))).toEqual(bytes);
  const modes = await Promise.all(
    [deployment.backupsDir, folder, join(folder, 'docker-compose.yaml')].map(
      async (path) => (await systemFiles.stat(path))?.mode,
    ),
  );
  expect(modes).toEqual([0o700, 0o700, 0o600]);
});

test('a run that backs up nothing makes no folder; a file that is gone makes no copy', async () => {
  await using scene = await HostScene.make();
  const { deployment, clock } = scene;
  await mkdir(deployment.stateDir, { recursive: true });
  const backup = backupInto(deployment, systemFiles, clock);
  expect(await systemFiles.list(deployment.stateDir)).toEqual([]);
  const copy = await backup(deployment.envFile);
  expect(await systemFiles.stat(copy)).toBeUndefined();
});

import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemFiles } from '../../../src/adapters/system-files.ts';
import { Failure } from '../../../src/domain/failure.ts';
import { directories } from '../../../src/steps/install/directories.ts';
import { InstallScene } from '../../fakes/install-scene.ts';
import { answersOf } from '../../fakes/sample-answers.ts';

const answers = answersOf();

test('a first run makes every folder with its own mode', async () => {
  await using scene = await InstallScene.make();
  const { dir } = scene.deployment;
  const plan = await scene.plan(answers, directories);
  expect(plan).toEqual([
    { action: 'create', what: `${dir}/`, path: dir, mode: '0700', undoable: true },
    {
      action: 'create',
      what: '.mcp-tunnel/',
      path: `${dir}/.mcp-tunnel`,
      mode: '0700',
      undoable: true,
    },
    { action: 'create', what: 'config/', path: `${dir}/config`, mode: '0755', undoable: true },
    { action: 'create', what: 'data/', path: `${dir}/data`, mode: '0711', undoable: true },
    {
      action: 'create',
      what: 'credentials/',
      path: `${dir}/credentials`,
      mode: '0711',
      undoable: true,
    },
  ]);
  await scene.run(answers, directories);
  expect(scene.undone.map(({ kind, path }) => [kind, path])).toEqual(
    plan.map(({ path }) => ['created', path]),
  );
  const modes = await Promise.all(
    plan.map(async ({ path = '' }) => (await systemFiles.stat(path))?.mode.toString(8)),
  );
  expect(modes).toEqual(['700', '700', '755', '711', '711']);
});

test('a second run keeps all of them', async () => {
  await using scene = await InstallScene.make();
  await scene.run(answers, directories);
  const plan = await scene.plan(answers, directories);
  expect(plan.map(({ action }) => action)).toEqual(['keep', 'keep', 'keep', 'keep', 'keep']);
});

test('another mode is set right, and the folder is not undone afterwards', async () => {
  await using scene = await InstallScene.make();
  await scene.run(answers, directories);
  scene.undone.length = 0;
  await chmod(scene.deployment.dataDir, 0o777);
  const plan = await scene.plan(answers, directories);
  expect(plan.find(({ what }) => what === 'data/')).toEqual({
    action: 'change',
    what: 'data/',
    path: scene.deployment.dataDir,
    mode: '0711',
    undoable: true,
    why: 'its mode is 0777',
  });
  await scene.run(answers, directories);
  expect((await systemFiles.stat(scene.deployment.dataDir))?.mode).toBe(0o711);
  expect(scene.undone).toEqual([]);
});

test.each([
  ['a file', 'a file', (path: string) => writeFile(path, '')],
  ['a link', 'a symbolic link', (path: string) => symlink('/tmp', path)],
])('%s where a folder belongs is refused', async (_name, found, make) => {
  await using scene = await InstallScene.make();
  await mkdir(scene.deployment.dir);
  const path = join(scene.deployment.dir, 'data');
  await make(path);
  const failure = await scene.plan(answers, directories).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Failure);
  expect(failure).toMatchObject({
    code: 'directory-unusable',
    summary: `${path} is not a directory.`,
    found,
    expected: 'a directory, or nothing',
    nextSteps: [`ls -ld ${path}`, 'Move it away or choose another place with --dir.'],
  });
  await rm(path);
});

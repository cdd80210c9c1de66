import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemFiles } from '../../../src/adapters/system-files.ts';
import { planComposeFile } from '../../../src/domain/compose-file.ts';
import { Failure } from '../../../src/domain/failure.ts';
import { defaultImages } from '../../../src/domain/images.ts';
import { directoryUsable } from '../../../src/steps/prerequisites/directory-check.ts';
import { HostScene } from '../../fakes/host-scene.ts';
import { answersOf } from '../../fakes/sample-answers.ts';

const expected = 'a directory of ours, an empty one, or none yet';
const composeText = planComposeFile(undefined, {
  images: defaultImages,
  sampleServer: true,
  tokenIn: 'file',
  selinux: false,
  toolVersion: '0.0.0',
}).text;

async function judge(prepare: (scene: HostScene) => unknown = () => undefined) {
  await using scene = await HostScene.make();
  await prepare(scene);
  const { ports, deployment, settings } = scene;
  const [only, ...more] = await directoryUsable({
    ports,
    answers: answersOf(),
    deployment,
    settings,
  });
  expect(more).toEqual([]);
  return { ...only, dir: deployment.dir, outside: scene.outside };
}

test.each<[string, string, (scene: HostScene) => unknown]>([
  ['nothing yet', 'not there yet', () => undefined],
  ['an empty folder', 'empty', ({ deployment }) => mkdir(deployment.dir)],
  [
    'what a killed run left',
    'an installation that was begun',
    async ({ deployment }) => {
      await mkdir(join(deployment.dir, '.mcp-tunnel'), { recursive: true });
      await mkdir(deployment.dataDir);
      await writeFile(join(deployment.dir, '.gitignore'), '');
    },
  ],
  [
    'a deployment of ours',
    'an existing deployment: what is right is kept',
    async ({ deployment }) => {
      await mkdir(deployment.dir);
      await writeFile(deployment.composeFile, composeText);
      await writeFile(join(deployment.dir, 'notes.txt'), 'the operator’s own');
    },
  ],
  [
    'a stack made by hand',
    'a docker-compose.yaml made by hand: it is edited, what is in it stays',
    async ({ deployment }) => {
      await mkdir(deployment.dir);
      await writeFile(deployment.composeFile, 'services:\n  mcp-proxy: {}\n');
    },
  ],
])('%s passes', async (_name, words, prepare) => {
  const { result, failure, dir } = await judge(prepare);
  expect(failure).toBeUndefined();
  expect(result).toEqual({
    id: 'directory',
    title: 'Deployment directory',
    status: 'pass',
    found: `${dir}: ${words}`,
    expected,
  });
});

test('a file', async () => {
  const { result, failure, dir } = await judge(({ deployment }) => writeFile(deployment.dir, ''));
  expect(result).toEqual({
    id: 'directory',
    title: 'Deployment directory',
    status: 'fail',
    found: `${dir} is not a directory. a file`,
    expected,
    fix: `ls -ld ${dir}\nName the real directory, or another one, with --dir.`,
  });
  expect(failure).toMatchObject({ code: 'directory-unusable', exitCode: 3 });
});

test('a link, even to an empty directory', async () => {
  const { result, failure, dir } = await judge(async ({ deployment, outside }) => {
    await mkdir(join(outside, 'real'));
    await symlink(join(outside, 'real'), deployment.dir);
  });
  expect(result?.found).toBe(`${dir} is not a directory. a symbolic link`);
  expect(failure).toMatchObject({ code: 'directory-unusable', exitCode: 3 });
});

test('foreign content: five of its names are told', async () => {
  const { result, failure, dir } = await judge(async ({ deployment }) => {
    await mkdir(deployment.dir);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f'])
      await writeFile(join(deployment.dir, name), '');
  });
  expect(result?.found).toMatch(new RegExp(`^${dir} holds something else\\. (?:[a-f], ){4}[a-f]$`));
  expect(result?.expected).toBe(expected);
  expect(result?.fix).toBe('Choose another place with --dir, or an empty directory.');
  expect(failure).toMatchObject({ code: 'directory-foreign', exitCode: 3 });
});

test('a newer layout', async () => {
  const { result, failure } = await judge(async ({ deployment }) => {
    await mkdir(deployment.dir);
    await writeFile(deployment.composeFile, composeText.replace('layout: 1', 'layout: 2'));
  });
  expect(result).toEqual({
    id: 'directory',
    title: 'Deployment directory',
    status: 'fail',
    found: 'This deployment was made by a newer mcp-tunnel. layout 2',
    expected: 'layout 1 or older',
    fix: 'Use that newer version.',
  });
  expect(failure).toMatchObject({ code: 'newer-deployment', exitCode: 2 });
});

test('a compose file that is no YAML', async () => {
  const { failure } = await judge(async ({ deployment }) => {
    await mkdir(deployment.dir);
    await writeFile(deployment.composeFile, 'a: [\n');
  });
  expect(failure).toMatchObject({ code: 'file-malformed', exitCode: 3 });
});

test('a parent that is missing', async () => {
  const { result, failure, outside } = await judge((scene) =>
    rm(scene.outside, { recursive: true }),
  );
  expect(result).toEqual({
    id: 'directory',
    title: 'Deployment directory',
    status: 'fail',
    found: `${outside} is not a directory. nothing there`,
    expected,
    fix: `mkdir -p ${outside}\nOr choose another place with --dir.`,
  });
  expect(failure).toMatchObject({ code: 'directory-unusable', exitCode: 3 });
});

test('a place this user cannot write in', async () => {
  const { result, failure, outside } = await judge((scene) => {
    scene.files = {
      ...systemFiles,
      assertWritable: async (path) => {
        throw new Failure('file-unwritable', `Cannot write ${path}.`, {
          found: 'EACCES',
          nextSteps: [`ls -ld ${path}`],
        });
      },
    };
  });
  expect(result).toMatchObject({
    status: 'fail',
    found: `Cannot write ${outside}. EACCES`,
    fix: `ls -ld ${outside}`,
  });
  expect(failure).toMatchObject({ code: 'file-unwritable', exitCode: 3 });
});

test('no space, in the folder itself or beside it', async () => {
  const full = (scene: HostScene) => {
    scene.files = { ...systemFiles, freeBytes: async () => 1024 * 1024 - 1 };
  };
  const { result, failure, outside } = await judge(full);
  expect(result).toEqual({
    id: 'directory',
    title: 'Deployment directory',
    status: 'fail',
    found: `No space left at ${outside}.`,
    expected: '1 MiB for the deployment’s files',
    fix: `df -h ${outside}`,
  });
  expect(failure).toMatchObject({ code: 'disk-full', exitCode: 3 });
  const there = await judge(async (scene) => {
    await mkdir(scene.deployment.dir);
    full(scene);
  });
  expect(there.result?.found).toBe(`No space left at ${there.dir}.`);
});

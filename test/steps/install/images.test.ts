import { expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failure.ts';
import { images } from '../../../src/steps/install/images.ts';
import { InstallScene } from '../../fakes/install-scene.ts';
import { answersOf } from '../../fakes/sample-answers.ts';

const refs = {
  proxy: `registry.example/team/mcp-proxy@sha256:${'ab'.repeat(32)}`,
  cloudflared: 'cloudflare/cloudflared:2026.3.0',
  sample: 'python:3.13-slim',
};
const answers = answersOf({ images: refs });

test('what is not here yet is pulled, by the command a person would type', async () => {
  await using scene = await InstallScene.make();
  scene.engine.images.set(refs.cloudflared, { id: 'sha256:here', repoDigests: [] });
  expect(await scene.plan(answers, images)).toEqual([
    {
      action: 'run',
      what: 'pull image mcp-proxy@sha256:abababababab',
      command: ['docker', 'pull', refs.proxy],
      undoable: false,
    },
    { action: 'keep', what: 'image cloudflared:2026.3.0', undoable: false },
    {
      action: 'run',
      what: 'pull image python:3.13-slim',
      command: ['docker', 'pull', 'python:3.13-slim'],
      undoable: false,
    },
  ]);
});

test('without the sample server its image is no concern', async () => {
  await using scene = await InstallScene.make();
  const plan = await scene.plan({ ...answers, sampleServer: false }, images);
  expect(plan.map(({ what }) => what)).toEqual([
    'pull image mcp-proxy@sha256:abababababab',
    'pull image cloudflared:2026.3.0',
  ]);
});

test('progress is told as it comes, then what the reference resolved to', async () => {
  await using scene = await InstallScene.make();
  scene.engine.images.set(refs.cloudflared, { id: 'sha256:here', repoDigests: [] });
  scene.engine.images.set(refs.proxy, { id: 'sha256:here', repoDigests: [] });
  scene.engine.pulls.set(refs.sample, [
    { layer: 'a1', status: 'Downloading', current: 5, total: 10 },
    { layer: 'a1', status: 'Pull complete' },
  ]);
  await scene.run(answers, images);
  const pulled = { type: 'pull.progress', image: refs.sample, layer: 'a1' };
  expect(scene.events).toEqual([
    { ...pulled, status: 'Downloading', current: 5, total: 10 },
    { ...pulled, status: 'Pull complete' },
    {
      type: 'pull.finished',
      image: refs.sample,
      id: 'sha256:python:3.13-slim',
      digests: ['python:3.13-slim@sha256:pulled'],
    },
  ]);
  expect((await scene.plan(answers, images)).every(({ action }) => action === 'keep')).toBe(true);
});

test('a pull that breaks off ends the step with the engine’s failure', async () => {
  await using scene = await InstallScene.make();
  scene.engine.pulls.set(refs.proxy, [
    { layer: 'a1', status: 'Downloading' },
    new Failure('image-pull-failed', 'The pull broke off.'),
  ]);
  await expect(scene.run(answers, images)).rejects.toMatchObject({ code: 'image-pull-failed' });
  expect(scene.events.map(({ type }) => type)).toEqual(['pull.progress']);
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemFiles } from '../../src/adapters/system-files.ts';
import { composeDigest, readApplied, writeApplied } from '../../src/steps/applied-files.ts';
import { HostScene } from '../fakes/host-scene.ts';

test('what was applied is read back; before that there is nothing', async () => {
  await using scene = await HostScene.make();
  const { deployment } = scene;
  expect(await readApplied(systemFiles, deployment)).toBeUndefined();
  await mkdir(deployment.stateDir, { recursive: true });
  const applied = { project: 'mcp-tunnel', digest: composeDigest(['a', undefined, undefined]) };
  await writeApplied(systemFiles, deployment, applied);
  expect(await readApplied(systemFiles, deployment)).toEqual(applied);
  expect((await systemFiles.stat(join(deployment.stateDir, 'applied.json')))?.mode).toBe(0o600);
});

test.each(['', '{', '[]', 'null', '{"project":"x"}', '7'])(
  'a damaged record %j counts as none',
  async (text) => {
    await using scene = await HostScene.make();
    await mkdir(scene.deployment.stateDir, { recursive: true });
    await writeFile(join(scene.deployment.stateDir, 'applied.json'), text);
    expect(await readApplied(systemFiles, scene.deployment)).toBeUndefined();
  },
);

test('the digest tells texts, their places and their absence apart', () => {
  const texts = fc.array(fc.option(fc.string(), { nil: undefined }), {
    minLength: 3,
    maxLength: 3,
  });
  fc.assert(
    fc.property(texts, texts, (one, other) => {
      const same = one.every((text, index) => text === other[index]);
      expect(composeDigest(one) === composeDigest(other)).toBe(same);
    }),
  );
  const different = [
    ['a', undefined, undefined],
    [undefined, 'a', undefined],
    ['', undefined, 'a'],
    ['absent', undefined, undefined],
    [undefined, undefined, undefined],
    ['a\0present b', undefined, undefined],
    ['a', 'b', undefined],
    ['1present 2', '3', '4'],
    ['1', '2present 3', '4'],
  ].map(composeDigest);
  expect(new Set(different).size).toBe(different.length);
});

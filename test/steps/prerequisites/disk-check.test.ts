import { expect, test } from 'vitest';
import { systemFiles } from '../../../src/adapters/system-files.ts';
import { Failure } from '../../../src/domain/failure.ts';
import { diskSpace } from '../../../src/steps/prerequisites/disk-check.ts';
import { HostScene } from '../../fakes/host-scene.ts';
import { answersOf } from '../../fakes/sample-answers.ts';

const mebibyte = 1024 * 1024;
const base = {
  id: 'disk-space',
  title: 'Disk space',
  expected: '600 MiB for images and logs',
};

async function judge(freeBytes: (path: string) => Promise<number>, outage?: Failure) {
  await using scene = await HostScene.make();
  scene.files = { ...systemFiles, freeBytes };
  if (outage) scene.engine.about = outage;
  const { ports, deployment, settings } = scene;
  return diskSpace({ ports, answers: answersOf(), deployment, settings });
}

test('the engine’s own disk is asked', async () => {
  const asked: string[] = [];
  const judged = await judge(async (path) => {
    asked.push(path);
    return 600 * mebibyte;
  });
  expect(asked).toEqual(['/var/lib/docker']);
  expect(judged).toEqual([
    { result: { ...base, status: 'pass', found: '600 MiB free at /var/lib/docker' } },
  ]);
});

test('too little room warns', async () => {
  expect(await judge(async () => 600 * mebibyte - 1)).toEqual([
    {
      result: {
        ...base,
        status: 'warn',
        found: '599 MiB free at /var/lib/docker',
        fix: 'docker system df, then docker image prune',
      },
    },
  ]);
});

test('a disk that cannot be asked, or no engine, is skipped', async () => {
  const skipped = [
    { result: { ...base, status: 'skip', found: 'the engine’s disk could not be asked' } },
  ];
  const unreadable = new Failure('file-unreadable', 'Cannot read /var/lib/docker.');
  expect(await judge(() => Promise.reject(unreadable))).toEqual(skipped);
  const outage = new Failure('docker-not-running', 'Docker does not run.');
  expect(await judge(async () => 0, outage)).toEqual(skipped);
});

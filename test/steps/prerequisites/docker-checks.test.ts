import { expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failure.ts';
import { composeUsable, dockerReachable } from '../../../src/steps/prerequisites/docker-checks.ts';
import { HostScene } from '../../fakes/host-scene.ts';
import { answersOf } from '../../fakes/sample-answers.ts';
import { engineInfo } from '../../fakes/scripted-engine.ts';

async function judge(
  check: typeof dockerReachable,
  prepare: (scene: HostScene) => void = () => undefined,
) {
  await using scene = await HostScene.make();
  prepare(scene);
  return check({
    ports: scene.ports,
    answers: answersOf(),
    deployment: scene.deployment,
    settings: scene.settings,
  });
}

test('a Docker Engine that answers passes, with its version, address and where that came from', async () => {
  expect(await judge(dockerReachable)).toEqual([
    {
      result: {
        id: 'docker-reachable',
        title: 'Docker Engine',
        status: 'pass',
        found: '26.1.5 on unix:///var/run/docker.sock (default)',
        expected: 'a Docker Engine on this machine that this user may use',
      },
    },
  ]);
});

test('a rootless engine passes and warns of its limits', async () => {
  const judged = await judge(dockerReachable, ({ engine }) => {
    engine.about = { ...engineInfo, rootless: true };
  });
  expect(judged.map(({ result }) => [result.id, result.status])).toEqual([
    ['docker-reachable', 'pass'],
    ['docker-rootless', 'warn'],
  ]);
  expect(judged[1]).toEqual({
    result: {
      id: 'docker-rootless',
      title: 'Rootless engine',
      status: 'warn',
      found: 'the engine runs without root',
      expected: 'works, with limits',
      fix: 'Containers cannot reach services on this host’s loopback, and the engine stops with your session unless lingering is on: loginctl enable-linger',
    },
  });
});

test.each([
  'docker-not-installed',
  'docker-not-running',
  'docker-permission-denied',
  'docker-remote',
] as const)('%s fails with the engine’s own words and ends in exit code 3', async (code) => {
  const failure = new Failure(code, 'Docker is not to be used.', {
    found: 'what was seen',
    expected: 'what would be right',
    nextSteps: ['sudo systemctl start docker', 'Then run the same command again.'],
  });
  const [only, ...more] = await judge(dockerReachable, ({ engine }) => {
    engine.about = failure;
  });
  expect(more).toEqual([]);
  expect(only?.result).toEqual({
    id: 'docker-reachable',
    title: 'Docker Engine',
    status: 'fail',
    found: 'Docker is not to be used. what was seen',
    expected: 'what would be right',
    fix: 'sudo systemctl start docker\nThen run the same command again.',
  });
  expect(only?.failure).toBe(failure);
  expect(only?.failure?.exitCode).toBe(3);
});

test('a failure that says no more than its summary has no fix, and this check’s expectation', async () => {
  const [only] = await judge(dockerReachable, ({ engine }) => {
    engine.about = new Failure('docker-failed', 'The engine broke.');
  });
  expect(only?.result).toEqual({
    id: 'docker-reachable',
    title: 'Docker Engine',
    status: 'fail',
    found: 'The engine broke.',
    expected: 'a Docker Engine on this machine that this user may use',
  });
});

test('what nobody foresaw is a failed check too, reported as a bug', async () => {
  const [only] = await judge(dockerReachable, ({ engine }) => {
    engine.about = new TypeError('oh');
  });
  expect(only?.failure).toMatchObject({ code: 'bug', summary: 'Unexpected error: oh' });
  expect(only?.result.status).toBe('fail');
});

test('Compose v2 passes', async () => {
  expect(await judge(composeUsable)).toEqual([
    {
      result: {
        id: 'compose-usable',
        title: 'Docker Compose',
        status: 'pass',
        found: 'docker compose 2.29.7',
        expected: 'Compose v2, or v1 with an engine before 25',
      },
    },
  ]);
});

test('Compose v1 works and warns', async () => {
  const judged = await judge(composeUsable, ({ compose }) => {
    compose.about = { variant: 'v1', version: '1.29.2', command: ['docker-compose'] };
  });
  expect(judged).toEqual([
    {
      result: {
        id: 'compose-usable',
        title: 'Docker Compose',
        status: 'warn',
        found: 'docker-compose 1.29.2',
        expected: 'Compose v2, or v1 with an engine before 25',
        fix: 'Works. Compose v1 gets no more fixes: move to v2 with the next engine.',
      },
    },
  ]);
});

test('no Compose fails with exit code 3', async () => {
  const [only] = await judge(composeUsable, ({ compose }) => {
    compose.about = new Failure('compose-missing', 'There is no Docker Compose.', {
      nextSteps: ['sudo apt-get install docker-compose-v2'],
    });
  });
  expect(only?.result).toEqual({
    id: 'compose-usable',
    title: 'Docker Compose',
    status: 'fail',
    found: 'There is no Docker Compose.',
    expected: 'Compose v2, or v1 with an engine before 25',
    fix: 'sudo apt-get install docker-compose-v2',
  });
  expect(only?.failure?.exitCode).toBe(3);
});

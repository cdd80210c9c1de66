import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failure.ts';
import type { NetworkInfo } from '../../../src/ports/engine.ts';
import type { Check } from '../../../src/steps/prerequisites/check-context.ts';
import { networkOverlap, projectName } from '../../../src/steps/prerequisites/collision-checks.ts';
import { HostScene } from '../../fakes/host-scene.ts';
import { answersOf, routesOf } from '../../fakes/sample-answers.ts';

const bridge: NetworkInfo = { name: 'bridge', project: undefined, subnets: ['172.17.0.0/16'] };
const host: NetworkInfo = { name: 'host', project: undefined, subnets: [] };
const lab: NetworkInfo = {
  name: 'lab_default',
  project: 'lab',
  subnets: ['fd00::/64', '10.0.0.0/24'],
};

async function judge(
  check: Check,
  routes: Readonly<Record<string, string>>,
  prepare: (scene: HostScene) => void | Promise<void> = () => undefined,
) {
  await using scene = await HostScene.make();
  await prepare(scene);
  const judged = await check({
    ports: scene.ports,
    answers: answersOf({ routes: routesOf(routes) }),
    deployment: scene.deployment,
    settings: scene.settings,
  });
  return { judged, dir: scene.deployment.dir, asked: scene.network.asked };
}

const overlap = { id: 'network-overlap', title: 'Docker networks and routes' };
const expected = 'no route into a Docker network of this host';

test('routes beside Docker’s networks pass; networks without addresses do not count', async () => {
  const { judged } = await judge(networkOverlap, { wiki: 'http://10.9.0.5:8000' }, ({ engine }) => {
    engine.networksThere = [bridge, host, lab];
  });
  expect(judged).toEqual([
    { result: { ...overlap, status: 'pass', found: '2 networks, no overlap', expected } },
  ]);
});

test('a literal address inside a Docker network warns', async () => {
  const { judged, asked } = await judge(
    networkOverlap,
    { wiki: 'http://10.0.0.5:8000', echo: 'http://hello-mcp:9000' },
    ({ engine }) => {
      engine.networksThere = [bridge, lab];
    },
  );
  expect(judged).toEqual([
    {
      result: {
        ...overlap,
        status: 'warn',
        found:
          'route wiki → 10.0.0.5 is inside Docker’s network lab_default (fd00::/64, 10.0.0.0/24)',
        expected,
        fix: 'If that server is not a container here: give Docker other ranges (default-address-pools in /etc/docker/daemon.json) and remove the network. docker network inspect lab_default',
      },
    },
  ]);
  expect(asked).toEqual([]);
});

test('a name is judged by every address it resolves to, and each network is named once', async () => {
  const { judged, asked } = await judge(
    networkOverlap,
    { wiki: 'http://wiki.internal:8000', docs: 'http://10.0.0.7:80' },
    ({ engine, network }) => {
      engine.networksThere = [bridge, lab];
      network.lookups.set('wiki.internal', {
        ok: true,
        addresses: ['192.168.1.1', '172.17.0.4', '10.0.0.6'],
      });
    },
  );
  expect(asked).toEqual(['lookup wiki.internal']);
  expect(judged[0]?.result.found.split('; ')).toEqual([
    'route wiki → 172.17.0.4 is inside Docker’s network bridge (172.17.0.0/16)',
    'route wiki → 10.0.0.6 is inside Docker’s network lab_default (fd00::/64, 10.0.0.0/24)',
    'route docs → 10.0.0.7 is inside Docker’s network lab_default (fd00::/64, 10.0.0.0/24)',
  ]);
  expect(judged[0]?.result.fix).toMatch(/docker network inspect bridge lab_default$/u);
});

test('a name that does not resolve, and a service’s name, overlap with nothing', async () => {
  const { judged, asked } = await judge(
    networkOverlap,
    { echo: 'http://hello-mcp:9000', gone: 'http://nowhere.invalid:80' },
    ({ engine, network }) => {
      engine.networksThere = [lab];
      network.lookups.set('nowhere.invalid', { ok: false, code: 'ENOTFOUND' });
    },
  );
  expect(judged[0]?.result).toMatchObject({ status: 'pass', found: '1 network, no overlap' });
  expect(asked).toEqual(['lookup nowhere.invalid']);
});

test.each([
  ['networks', networkOverlap, { ...overlap, expected }],
  [
    'project name',
    projectName,
    {
      id: 'project-name',
      title: 'Compose project',
      expected: 'a name that no other directory holds',
    },
  ],
] as const)('without Docker the %s check is skipped', async (_name, check, base) => {
  const { judged } = await judge(check, { wiki: 'http://10.0.0.5:8000' }, ({ engine }) => {
    engine.about = new Failure('docker-not-running', 'Docker does not run.');
  });
  expect(judged).toEqual([
    { result: { ...base, status: 'skip', found: 'Docker could not be asked' } },
  ]);
});

const echo = { echo: 'http://hello-mcp:9000' };

test('the usual project name is free', async () => {
  const { judged } = await judge(projectName, echo);
  expect(judged).toEqual([
    {
      result: {
        id: 'project-name',
        title: 'Compose project',
        status: 'pass',
        found: 'mcp-tunnel',
        expected: 'a name that no other directory holds',
      },
    },
  ]);
});

test('the usual name is taken: another one is chosen, and who has it is told', async () => {
  const { judged } = await judge(projectName, echo, ({ engine }) => {
    engine.add('mcp-proxy', { workingDir: '/srv/other/mcp-tunnel' });
  });
  expect(judged[0]?.result).toMatchObject({
    status: 'pass',
    found: expect.stringMatching(
      /^mcp-tunnel belongs to \/srv\/other\/mcp-tunnel; this one is mcp-tunnel-[0-9a-f]{6}$/u,
    ),
  });
});

test('containers of this directory keep their name, also if they were started through a link', async () => {
  const own = await judge(projectName, echo, ({ engine, deployment }) => {
    engine.add('mcp-proxy', { project: 'by-hand', workingDir: deployment.dir });
  });
  expect(own.judged[0]?.result).toMatchObject({ status: 'pass', found: 'by-hand' });
  const linked = await judge(projectName, echo, async ({ engine, deployment, outside }) => {
    await mkdir(deployment.dir);
    await writeFile(deployment.envFile, 'COMPOSE_PROJECT_NAME=by-hand\n');
    await symlink(deployment.dir, join(outside, 'link'));
    engine.add('mcp-proxy', { project: 'by-hand', workingDir: join(outside, 'link') });
  });
  expect(linked.judged[0]?.result).toMatchObject({ status: 'pass', found: 'by-hand' });
});

test('a name in .env that another directory holds fails: up would replace its containers', async () => {
  const { judged, dir } = await judge(projectName, echo, async ({ engine, deployment }) => {
    await mkdir(deployment.dir);
    await writeFile(deployment.envFile, 'COMPOSE_PROJECT_NAME=mcp-tunnel-0a1b2c\n');
    engine.add('cloudflared', { project: 'mcp-tunnel-0a1b2c', workingDir: '/srv/first' });
  });
  expect(judged[0]?.result).toEqual({
    id: 'project-name',
    title: 'Compose project',
    status: 'fail',
    found:
      'The Compose project “mcp-tunnel-0a1b2c” belongs to another directory. mcp-tunnel-cloudflared-1 of /srv/first',
    expected: `only containers of ${dir}`,
    fix: `Was this directory copied? Remove COMPOSE_PROJECT_NAME from ${dir}/.env, then run the same command again.\nWas it moved here? Remove the containers it left: docker rm -f $(docker ps -aq --filter label=com.docker.compose.project=mcp-tunnel-0a1b2c)`,
  });
  expect(judged[0]?.failure).toMatchObject({ code: 'project-name-taken', exitCode: 3 });
});

test('a damaged .env is told as that, not as an engine that cannot be asked', async () => {
  const { judged } = await judge(projectName, echo, async ({ deployment }) => {
    await mkdir(deployment.dir);
    await writeFile(deployment.envFile, 'COMPOSE_PROJECT_NAME="never closed\n');
  });
  expect(judged[0]?.result.status).toBe('fail');
  expect(judged[0]?.failure).toMatchObject({ code: 'file-malformed', exitCode: 3 });
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemFiles } from '../../../src/adapters/system-files.ts';
import { Failure } from '../../../src/domain/failure.ts';
import { checkPrerequisites } from '../../../src/steps/prerequisites/check-prerequisites.ts';
import { HostScene } from '../../fakes/host-scene.ts';
import { answersOf } from '../../fakes/sample-answers.ts';

const regions = ['region1.v2.argotunnel.com', 'region2.v2.argotunnel.com'];

/** The findings, and the failure that the checks end in. */
async function checked(prepare: (scene: HostScene) => unknown = () => undefined) {
  await using scene = await HostScene.make();
  scene.files = { ...systemFiles, freeBytes: async () => 2 ** 40 };
  await prepare(scene);
  const { ports, deployment, settings } = scene;
  const failure = await checkPrerequisites({
    ports,
    answers: answersOf(),
    deployment,
    settings,
    emit: (event) => scene.events.push(event),
  }).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof Failure) return error;
      throw error;
    },
  );
  const findings = new Map(
    scene.events.flatMap((event) => (event.type === 'check' ? [[event.id, event.status]] : [])),
  );
  return { findings: Object.fromEntries(findings), failure, dir: deployment.dir };
}

function blockEdge({ network }: HostScene): void {
  for (const region of regions) network.connects.set(region, { ok: false, code: 'timeout' });
}

function blockNames({ network }: HostScene): void {
  for (const region of regions) network.lookups.set(region, { ok: false, code: 'ENOTFOUND' });
}

test('a healthy host: every check is told, none fails', async () => {
  const { findings, failure } = await checked(({ network, clock }) => {
    network.date = { ok: true, status: 404, date: clock.now() };
  });
  expect(failure).toBeUndefined();
  expect(findings).toEqual({
    'docker-reachable': 'pass',
    'compose-usable': 'pass',
    directory: 'pass',
    'disk-space': 'pass',
    'project-name': 'pass',
    'network-overlap': 'pass',
    'edge-dns': 'pass',
    'edge-tcp': 'pass',
    'edge-udp': 'pass',
    'api-reachable': 'pass',
    clock: 'pass',
  });
});

test('warnings let the flow go on', async () => {
  const { findings, failure } = await checked(({ network, compose }) => {
    network.date = { ok: false, code: 'timeout' };
    for (const region of regions) network.quic.set(region, false);
    compose.about = { variant: 'v1', version: '1.29.2', command: ['docker-compose'] };
  });
  expect(failure).toBeUndefined();
  expect(findings).toMatchObject({
    'compose-usable': 'warn',
    'edge-udp': 'warn',
    'api-reachable': 'warn',
    clock: 'skip',
  });
});

test.each([
  'docker-not-installed',
  'docker-not-running',
  'docker-permission-denied',
  'docker-remote',
] as const)(
  '%s alone ends in exactly that, exit code 3; what needs Docker is skipped',
  async (code) => {
    const { findings, failure } = await checked(({ engine }) => {
      engine.about = new Failure(code, 'Docker is not to be used.', { nextSteps: ['Mend it.'] });
    });
    expect(failure).toMatchObject({ code, exitCode: 3, summary: 'Docker is not to be used.' });
    expect(findings).toMatchObject({
      'docker-reachable': 'fail',
      'compose-usable': 'pass',
      'disk-space': 'skip',
      'project-name': 'skip',
      'network-overlap': 'skip',
    });
  },
);

test('a blocked edge ends in egress-blocked, exit code 4', async () => {
  const { findings, failure } = await checked(blockEdge);
  expect(failure).toMatchObject({ code: 'egress-blocked', exitCode: 4 });
  expect(findings).toMatchObject({ 'edge-dns': 'pass', 'edge-tcp': 'fail' });
});

test('several failures with one exit code keep the first one’s code and name them all', async () => {
  const { failure } = await checked((scene) => {
    blockNames(scene);
    blockEdge(scene);
  });
  expect(failure).toMatchObject({
    code: 'egress-blocked',
    exitCode: 4,
    summary: 'The names of the tunnel edge cannot be resolved. The tunnel edge cannot be reached.',
  });
  expect(failure?.nextSteps).toEqual([
    'getent ahostsv4 region1.v2.argotunnel.com   then mend /etc/resolv.conf or let port 53 out',
    'Let this host reach 198.41.192.0/19 (IPv6: 2606:4700:a0::/44) on 7844, TCP and UDP, outbound. Try: nc -vz region1.v2.argotunnel.com 7844',
  ]);
});

test('several failures of this host with one exit code: the first in reading order', async () => {
  const { failure } = await checked(async ({ engine, deployment }) => {
    engine.about = new Failure('docker-permission-denied', 'No permission.', {
      found: 'EACCES',
      nextSteps: ['sudo usermod -aG docker operator'],
    });
    await mkdir(deployment.dir);
    await writeFile(join(deployment.dir, 'holiday.jpg'), '');
  });
  expect(failure).toMatchObject({ code: 'docker-permission-denied', exitCode: 3, found: 'EACCES' });
  expect(failure?.summary).toMatch(/^No permission\. .+ holds something else\.$/u);
  expect(failure?.nextSteps).toEqual([
    'sudo usermod -aG docker operator',
    'Choose another place with --dir, or an empty directory.',
  ]);
});

test('several failures with different exit codes end in checks-failed, exit code 3', async () => {
  const { failure } = await checked((scene) => {
    scene.engine.about = new Failure('docker-not-running', 'Docker does not run.', {
      nextSteps: ['sudo systemctl start docker'],
    });
    blockEdge(scene);
  });
  expect(failure).toMatchObject({
    code: 'checks-failed',
    exitCode: 3,
    summary: 'Docker does not run. The tunnel edge cannot be reached.',
  });
  expect(failure?.nextSteps).toHaveLength(2);
  expect(failure?.cause).toMatchObject({ code: 'docker-not-running' });
});

test('the same next step of two checks is said once', async () => {
  const { failure } = await checked((scene) => {
    const outage = new Failure('docker-not-running', 'Docker does not run.', {
      nextSteps: ['sudo systemctl start docker'],
    });
    scene.engine.about = outage;
    scene.compose.about = outage;
  });
  expect(failure).toMatchObject({ code: 'docker-not-running', summary: 'Docker does not run.' });
  expect(failure?.nextSteps).toEqual(['sudo systemctl start docker']);
});

test('checks write nothing', async () => {
  await using scene = await HostScene.make();
  scene.files = { ...systemFiles, freeBytes: async () => 2 ** 40 };
  const { ports, deployment, settings } = scene;
  const emit = () => undefined;
  await checkPrerequisites({ ports, answers: answersOf(), deployment, settings, emit });
  expect(await systemFiles.list(scene.outside)).toEqual([]);
});

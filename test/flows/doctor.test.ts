import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { layers } from '../../src/domain/doctor/layer.ts';
import { Failure } from '../../src/domain/failure.ts';
import { problem } from '../../src/domain/result.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { DoctorScene, detailsOf } from '../fakes/doctor-scene.ts';
import { tokenText } from '../fakes/sample-answers.ts';
import { treeOf } from '../process/session.ts';

type Check = Extract<FlowEvent, { type: 'check' }>;

function checksIn(events: readonly FlowEvent[]): ReadonlyMap<string, Check> {
  return new Map(events.flatMap((event) => (event.type === 'check' ? [[event.id, event]] : [])));
}

function troubleIn(events: readonly FlowEvent[]): readonly string[] {
  return [...checksIn(events).values()]
    .filter(({ status }) => status !== 'pass')
    .map(({ id, status, found }) => `${status} ${id}: ${found}`);
}

function conclusionIn(events: readonly FlowEvent[]) {
  const found = events.find((event) => event.type === 'examined');
  if (found?.type !== 'examined') throw new Error('no conclusion');
  return found;
}

describe('a deployment whose stack is up', () => {
  test('layer by layer, then the conclusion; nothing is touched', async () => {
    await using scene = await DoctorScene.make();
    const before = treeOf(scene.dir);
    const events = await scene.events();
    // Nobody has told this deployment that its CA is registered.
    expect(troubleIn(events).map((each) => each.split(':')[0])).toEqual(['warn ca']);
    const told = events.filter(({ type }) => type !== 'check').map(({ type }) => type);
    expect(told).toEqual([
      'flow.started',
      ...layers.flatMap(() => ['step.started', 'step.finished']),
      ...['examined', 'flow.finished'],
    ]);
    expect(events.at(-1)).toEqual({
      ...{ type: 'flow.finished', flow: 'doctor', outcome: 'done' },
      ...{ changed: false, dir: scene.dir },
    });
    expect(conclusionIn(events)).toMatchObject({ failed: 0, warned: 1 });
    expect(treeOf(scene.dir)).toEqual(before);
    expect(JSON.stringify(events)).not.toContain(tokenText().slice(0, 24));
  });

  test('a check that failed: action needed, with the layer and the command', async () => {
    await using scene = await DoctorScene.make();
    scene.stack.host.ownedFiles.owners.delete(join(scene.dir, 'data/tls.key'));
    await chmod(join(scene.dir, 'data/tls.key'), 0o644);
    const events = await scene.events();
    expect(checksIn(events).get('tls-key-mode')).toMatchObject({ status: 'fail' });
    expect(conclusionIn(events)).toMatchObject({
      first: { layer: 'host', check: 'tls-key-mode' },
      next: `mcp-tunnel install --dir ${scene.dir}`,
    });
    expect(events.at(-1)).toMatchObject({ outcome: 'action-needed' });
    expect(events.at(-1)).not.toHaveProperty('failure');
  });

  test('drift: what somebody changed in our files is shown as install would take it back', async () => {
    await using scene = await DoctorScene.make();
    const compose = join(scene.dir, 'docker-compose.yaml');
    const text = await readFile(compose, 'utf8');
    await writeFile(compose, text.replace('    network_mode: "service:mcp-proxy"\n', ''));
    await rm(join(scene.dir, '.gitignore'));
    await writeFile(
      join(scene.dir, 'docker-compose.override.yml'),
      'services: { wiki: { image: w } }',
    );
    scene.stack.host.engine.detailsThere.set(
      'cloudflared-1',
      detailsOf('cloudflared', scene.dir, { networkMode: 'mcp-tunnel_default' }),
    );
    const events = await scene.events();
    const checks = checksIn(events);
    expect(checks.get('drift-docker-compose.yaml')).toMatchObject({
      status: 'warn',
      found: 'cloudflared.network_mode added',
      evidence: expect.arrayContaining(['+    network_mode: "service:mcp-proxy"']),
    });
    expect(checks.get('drift-.gitignore')).toMatchObject({ found: 'it is not there' });
    expect(checks.get('network-mode')).toMatchObject({ status: 'fail' });
    expect(checks.get('override-file')?.found).toBe(
      'docker-compose.override.yml is yours: it adds wiki',
    );
  });

  test('a route that was added by hand is drift, and the proxy has not read it', async () => {
    await using scene = await DoctorScene.make();
    const config = join(scene.dir, 'config/mcp-proxy.yaml');
    const text = await readFile(config, 'utf8');
    await writeFile(config, `${text}  wiki: http://10.0.0.5:8000/mcp\n`);
    scene.stack.host.engine.change('mcp-proxy-1', { startedAt: new Date('2020-01-01T00:00:00Z') });
    const checks = checksIn(await scene.events());
    expect(checks.get('drift-config/mcp-proxy.yaml')?.found).toBe('routes.wiki removed');
    expect(checks.get('files-in-use-mcp-proxy')).toMatchObject({ status: 'warn' });
    expect(checks.get('route-wiki')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('Did you mean http://10.0.0.5:8000?'),
    });
  });

  test('what the token of setup, a pasted command and .env are worth', async () => {
    await using scene = await DoctorScene.make();
    const other = tokenText('another secret of thirty-two byte');
    await writeFile(join(scene.dir, 'data/tunnel-token'), other, { mode: 0o400 });
    await chmod(join(scene.dir, 'credentials/tunnel-token'), 0o600);
    const first = checksIn(await scene.events());
    expect(first.get('token-copies')?.found).toMatch(/^data\/tunnel-token has another token/u);
    await writeFile(
      join(scene.dir, 'credentials/tunnel-token'),
      `cloudflared tunnel run --token ${tokenText()}`,
    );
    const second = checksIn(await scene.events());
    expect(second.get('token')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('cloudflared calls that “not valid”'),
    });
  });

  test('a key that is not the certificate’s', async () => {
    await using scene = await DoctorScene.make();
    await chmod(join(scene.dir, 'data/tls.key'), 0o600);
    await writeFile(
      join(scene.dir, 'data/tls.key'),
      await readFile(join(scene.dir, 'data/ca.key')),
    );
    const checks = checksIn(await scene.events());
    expect(checks.get('certificate-key')).toMatchObject({ status: 'fail' });
  });

  test('a deployment that mcp-tunnel did not install: no drift is claimed', async () => {
    await using scene = await DoctorScene.make();
    scene.change = { remembered: problem('there is no .mcp-tunnel/answers.yaml') };
    expect(checksIn(await scene.events()).get('drift')).toMatchObject({
      status: 'skip',
      found: 'not known: there is no .mcp-tunnel/answers.yaml',
    });
  });
});

describe('nothing to examine, or not all of it', () => {
  test('Docker that does not answer is a finding; files are judged all the same', async () => {
    await using scene = await DoctorScene.make();
    scene.stack.host.engine.about = new Failure('docker-not-running', 'Docker does not run.', {
      nextSteps: ['sudo systemctl start docker'],
    });
    const events = await scene.events();
    const checks = checksIn(events);
    expect(checks.get('docker-reachable')).toMatchObject({ status: 'fail' });
    expect(checks.get('stranded')).toMatchObject({
      status: 'skip',
      found: 'not known: Docker Engine failed',
    });
    expect(checks.get('certificate')).toMatchObject({ status: 'pass' });
    expect(conclusionIn(events).next).toBe('sudo systemctl start docker');
    expect(events.at(-1)).toMatchObject({ outcome: 'action-needed' });
  });

  test('no deployment', async () => {
    await using scene = await DoctorScene.make();
    await rm(scene.dir, { recursive: true });
    const events = await scene.events();
    expect(events.map(({ type }) => type)).toEqual(['flow.started', 'flow.finished']);
    expect(events.at(-1)).toMatchObject({ failure: { code: 'deployment-missing' } });
  });

  test('a directory that cannot be read is this host’s matter', async () => {
    await using scene = await DoctorScene.make();
    const unreadable = new Failure('file-unreadable', 'Cannot read it.', { found: 'EACCES' });
    const { ports } = scene.run;
    scene.change = {
      ports: { ...ports, files: { ...ports.files, stat: () => Promise.reject(unreadable) } },
    };
    expect((await scene.events()).at(-1)).toMatchObject({ failure: { code: 'file-unreadable' } });
  });

  test('interrupted, it says so', async () => {
    await using scene = await DoctorScene.make();
    scene.change = { signal: AbortSignal.abort(new Failure('interrupted', 'Interrupted.')) };
    expect((await scene.events()).at(-1)).toMatchObject({
      outcome: 'interrupted',
      failure: { code: 'interrupted' },
    });
  });
});

test('a report is written where it was asked for, once', async () => {
  await using scene = await DoctorScene.make();
  const path = join(scene.stack.host.outside, 'report.tar.gz');
  scene.change = { bundle: { path, force: false } };
  const events = await scene.events();
  expect(events).toContainEqual({ type: 'file.written', path, mode: '0600' });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const again = await scene.events();
  expect(again.map(({ type }) => type)).toEqual(['flow.started', 'flow.finished']);
  expect(again.at(-1)).toMatchObject({
    failure: { code: 'usage', nextSteps: [expect.any(String), 'Or replace it: --force'] },
  });
  scene.change = { bundle: { path, force: true } };
  expect((await scene.events()).at(-1)).toMatchObject({ outcome: 'done' });
  scene.change = { bundle: { path: scene.stack.host.outside, force: true } };
  expect((await scene.events()).at(-1)).toMatchObject({ failure: { code: 'usage' } });
});

test('a dry run says what a report would hold, and writes none', async () => {
  await using scene = await DoctorScene.make();
  const path = join(scene.stack.host.outside, 'report.tar.gz');
  scene.change = { bundle: { path, force: false }, dryRun: true };
  const events = await scene.events();
  const notices = events.flatMap((event) => (event.type === 'notice' ? [event.text] : []));
  expect(notices).toEqual([
    expect.stringMatching(/report\.tar\.gz would hold: .*README\.txt, .*checks\.json/u),
  ]);
  await expect(stat(path)).rejects.toThrow('ENOENT');
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemFiles } from '../../../src/adapters/system-files.ts';
import { Failure } from '../../../src/domain/failure.ts';
import { certificateAuthority } from '../../../src/steps/install/certificate-authority.ts';
import { directories } from '../../../src/steps/install/directories.ts';
import { files } from '../../../src/steps/install/files.ts';
import { serverCertificate } from '../../../src/steps/install/server-certificate.ts';
import { start, wantedServices } from '../../../src/steps/install/start.ts';
import { token } from '../../../src/steps/install/token.ts';
import { InstallScene } from '../../fakes/install-scene.ts';
import { answersOf, routesOf, tokenOf, tokenText } from '../../fakes/sample-answers.ts';

const answers = answersOf();
const wiki = answersOf({ sampleServer: false, routes: routesOf({ wiki: 'http://10.0.0.5:80' }) });
/** Later than any file that a test writes, earlier than any. */
const later = new Date('2100-01-01T00:00:00Z');
const longAgo = new Date('2020-01-01T00:00:00Z');

let onDisk: InstallScene;
let onceStarted: InstallScene;
beforeAll(async () => {
  onDisk = await InstallScene.make();
  await onDisk.run(answers, directories, files, token);
  // One look at the world a step: the server certificate needs the CA of the step before.
  await onDisk.run(answers, certificateAuthority);
  await onDisk.run(answers, serverCertificate);
  onceStarted = await prepared();
  await onceStarted.run(answers, start);
});
afterAll(async () => {
  await onDisk[Symbol.asyncDispose]();
  await onceStarted[Symbol.asyncDispose]();
});

function add(scene: InstallScene, service: string, startedAt: Date = later): void {
  scene.engine.add(service, { workingDir: scene.deployment.dir, startedAt });
}

function script(scene: InstallScene): InstallScene {
  scene.compose.onUp = () => {
    for (const service of wantedServices(answers)) add(scene, service);
  };
  scene.compose.onRestart = (service) => scene.engine.change(`${service}-1`, { startedAt: later });
  return scene;
}

/** Everything on disk, nothing started; `up` makes what is not there, as Compose does. */
async function prepared(): Promise<InstallScene> {
  return script(await onDisk.copy());
}

async function running(): Promise<InstallScene> {
  const scene = script(await onceStarted.copy());
  for (const service of wantedServices(answers)) add(scene, service);
  return scene;
}

const keep = {
  action: 'keep',
  what: 'the stack, running with these files',
  undoable: false,
};
const up = (command: readonly string[], why?: string) => ({
  action: 'run',
  what: 'start the stack',
  command: ['docker', 'compose', ...command],
  undoable: false,
  ...(why === undefined ? {} : { why }),
});

describe('a first start', () => {
  test('is planned as the command a person would type', async () => {
    await using scene = await prepared();
    expect(await scene.plan(answers, start)).toEqual([up(['up', '-d'])]);
    expect(start.pointOfNoReturn).toBe(true);
  });

  test('lets Compose judge the files first, starts them, and remembers them', async () => {
    await using scene = await prepared();
    const { dir, stateDir } = scene.deployment;
    const { onUp } = scene.compose;
    scene.compose.onUp = (onLine) => {
      onUp(onLine);
      onLine('Container mcp-tunnel-mcp-proxy-1  Started');
    };
    await scene.run(answers, start);
    expect(scene.compose.calls).toEqual(['validate', 'up']);
    expect(scene.compose.projects).toEqual(Array(2).fill({ dir, project: 'mcp-tunnel' }));
    expect(scene.events).toEqual([
      { type: 'command', argv: ['docker', 'compose', 'up', '-d'] },
      { type: 'log', service: 'compose', text: 'Container mcp-tunnel-mcp-proxy-1  Started' },
    ]);
    const applied = await systemFiles.readText(join(stateDir, 'applied.json'));
    expect(JSON.parse(applied ?? '')).toEqual({
      project: 'mcp-tunnel',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/u),
    });
    expect(await scene.plan(answers, start)).toEqual([keep]);
  });

  test('that Compose refuses starts nothing and is not remembered', async () => {
    await using scene = await prepared();
    scene.compose.refusal = new Failure('compose-file-refused', 'No.');
    await expect(scene.run(answers, start)).rejects.toMatchObject({ code: 'compose-file-refused' });
    expect(scene.compose.calls).toEqual(['validate']);
    expect(await systemFiles.stat(join(scene.deployment.stateDir, 'applied.json'))).toBeUndefined();
  });

  test('that breaks off is not remembered', async () => {
    await using scene = await prepared();
    scene.compose.onUp = () => {
      throw new Failure('compose-failed', 'No.');
    };
    await expect(scene.run(answers, start)).rejects.toMatchObject({ code: 'compose-failed' });
    expect(await scene.plan(answers, start)).toEqual([up(['up', '-d'])]);
  });

  test('types docker-compose with Compose v1', async () => {
    await using scene = await prepared();
    scene.compose.about = { variant: 'v1', version: '1.29.2', command: ['docker-compose'] };
    expect((await scene.plan(answers, start))[0]?.command).toEqual(['docker-compose', 'up', '-d']);
  });
});

describe('a stack that runs', () => {
  test('with these files is kept', async () => {
    await using scene = await running();
    expect(await scene.plan(answers, start)).toEqual([keep]);
    await start.run(await scene.context(answers));
    expect(scene.compose.calls).toEqual([]);
    expect(scene.events).toEqual([]);
  });

  test('is brought up with compose files that changed', async () => {
    await using scene = await running();
    const other = answersOf({ images: { ...answers.images, sample: 'python:3.14-slim' } });
    expect(await scene.plan(other, start)).toEqual([up(['up', '-d'], 'the Compose files changed')]);
    await scene.run(other, files, start);
    expect(scene.compose.calls).toEqual(['validate', 'up']);
    expect(await scene.plan(other, start)).toEqual([keep]);
  });

  test('is brought up with an override file of the operator’s that is new, changed or gone', async () => {
    await using scene = await running();
    const override = join(scene.deployment.dir, 'docker-compose.override.yaml');
    const changed = [up(['up', '-d'], 'the Compose files changed')];
    await writeFile(override, 'services: {}\n');
    expect(await scene.plan(answers, start)).toEqual(changed);
    await scene.run(answers, start);
    expect(await scene.plan(answers, start)).toEqual([keep]);
    await writeFile(override, 'services: { x: {} }\n');
    expect(await scene.plan(answers, start)).toEqual(changed);
    await scene.run(answers, start);
    await systemFiles.remove(override);
    expect(await scene.plan(answers, start)).toEqual(changed);
  });

  test('is brought up where one of its containers has ended', async () => {
    await using scene = await running();
    scene.engine.stop('cloudflared-1', 1);
    expect((await scene.plan(answers, start))[0]).toEqual(
      up(['up', '-d'], 'cloudflared is exited'),
    );
  });

  test('is brought up where one of its containers is gone', async () => {
    await using scene = await running();
    scene.engine.remove('hello-mcp-1');
    expect((await scene.plan(answers, start))[0]).toEqual(up(['up', '-d']));
  });

  test('loses a sample server that is no longer wanted', async () => {
    await using scene = await running();
    const change = up(['up', '-d', '--remove-orphans'], 'hello-mcp is no longer part of it');
    expect((await scene.plan(wiki, start))[0]).toEqual(change);
    scene.compose.onUp = () => scene.engine.remove('hello-mcp-1');
    await scene.run(wiki, files, start);
    expect(scene.compose.calls.slice(0, 2)).toEqual(['validate', 'up --remove-orphans']);
  });

  test('keeps other containers of the project, such as the operator’s own service', async () => {
    await using scene = await running();
    add(scene, 'wiki', longAgo);
    expect(await scene.plan(answers, start)).toEqual([keep]);
  });

  test('by a record that is damaged is brought up again', async () => {
    await using scene = await running();
    await writeFile(join(scene.deployment.stateDir, 'applied.json'), '{"project":');
    expect(await scene.plan(answers, start)).toEqual([
      up(['up', '-d'], 'the Compose files changed'),
    ]);
  });
});

describe('a restart', () => {
  const restart = (service: string, why: string) => ({
    action: 'run',
    what: `restart ${service}`,
    command: ['docker', 'compose', 'restart', service],
    undoable: false,
    why,
  });

  test('of proxy and cloudflared is planned for routes that will change', async () => {
    await using scene = await running();
    for (const service of wantedServices(answers))
      scene.engine.change(`${service}-1`, { startedAt: new Date('2026-11-24T09:00:00Z') });
    const routes = answersOf({
      routes: routesOf({ echo: 'http://hello-mcp:9000', wiki: 'http://10.0.0.5:80' }),
    });
    const plan = await scene.plan(routes, start);
    expect(plan.slice(0, 2)).toEqual([
      restart('mcp-proxy', 'its config changed after it started'),
      restart('cloudflared', 'it shares the network of the proxy'),
    ]);
  });

  test('of cloudflared is planned for another token', async () => {
    await using scene = await running();
    scene.engine.change('cloudflared-1', { startedAt: new Date('2026-11-24T09:00:00Z') });
    scene.engine.change('mcp-proxy-1', { startedAt: new Date('2026-11-24T08:00:00Z') });
    // The files are as old as the test's own time, and must not be what is newer than the proxy.
    const world = await scene.observe(answersOf({ token: tokenOf(tokenText('another secret')) }));
    const old = (path: string) => {
      const file = world.files.get(path);
      return [path, { ...file, stat: file?.stat && { ...file.stat, changedAt: longAgo } }] as const;
    };
    const { proxyConfig, sampleServer } = scene.deployment;
    const aged = {
      ...world,
      files: new Map([
        ...world.files,
        ...([old(proxyConfig), old(sampleServer)] as [string, never][]),
      ]),
    };
    expect(start.plan(answersOf({ token: tokenOf(tokenText('another secret')) }), aged)).toEqual([
      restart('cloudflared', 'the token changed after it started'),
    ]);
  });

  test('runs what is older than its files, one at a time, looking again after each', async () => {
    await using scene = await running();
    scene.engine.change('mcp-proxy-1', { startedAt: longAgo });
    scene.engine.change('cloudflared-1', { startedAt: longAgo });
    await scene.run(answers, start);
    expect(scene.compose.calls).toEqual(['restart mcp-proxy', 'restart cloudflared']);
    expect(scene.events).toEqual([
      { type: 'command', argv: ['docker', 'compose', 'restart', 'mcp-proxy'] },
      { type: 'command', argv: ['docker', 'compose', 'restart', 'cloudflared'] },
    ]);
  });

  test('of the proxy is enough where Compose restarts cloudflared with it', async () => {
    await using scene = await running();
    scene.engine.change('mcp-proxy-1', { startedAt: longAgo });
    scene.engine.change('cloudflared-1', { startedAt: longAgo });
    scene.compose.onRestart = () => {
      scene.engine.change('mcp-proxy-1', { startedAt: later });
      scene.engine.change('cloudflared-1', { startedAt: later });
    };
    await scene.run(answers, start);
    expect(scene.compose.calls).toEqual(['restart mcp-proxy']);
  });

  test('of cloudflared frees it from a dead network where the proxy is newer', async () => {
    await using scene = await running();
    scene.engine.change('mcp-proxy-1', { startedAt: new Date('2100-01-02T00:00:00Z') });
    scene.compose.onRestart = (service) =>
      scene.engine.change(`${service}-1`, { startedAt: new Date('2100-01-03T00:00:00Z') });
    expect(await scene.plan(answers, start)).toEqual([
      restart('cloudflared', 'the proxy was started after it'),
    ]);
    await scene.run(answers, start);
    expect(scene.compose.calls).toEqual(['restart cloudflared']);
  });

  test('that helps nothing is not repeated for ever', async () => {
    await using scene = await running();
    scene.engine.change('hello-mcp-1', { startedAt: longAgo });
    scene.compose.onRestart = () => undefined;
    await scene.run(answers, start);
    expect(scene.compose.calls.length).toBeLessThanOrEqual(6);
  });

  test('after an up is planned only in case that has not made the container anew', async () => {
    await using scene = await running();
    scene.engine.change('hello-mcp-1', { startedAt: longAgo });
    scene.engine.stop('cloudflared-1');
    expect((await scene.plan(answers, start)).at(-1)).toEqual(
      restart(
        'hello-mcp',
        'its program changed after it started; not if starting the stack has made it anew',
      ),
    );
  });
});

test('the services of a stack, in start order', () => {
  expect(wantedServices(answers)).toEqual(['mcp-proxy', 'cloudflared', 'hello-mcp']);
  expect(wantedServices(wiki)).toEqual(['mcp-proxy', 'cloudflared']);
});

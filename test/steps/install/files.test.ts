import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemFiles } from '../../../src/adapters/system-files.ts';
import type { InstallAnswers } from '../../../src/steps/install/answers.ts';
import { directories } from '../../../src/steps/install/directories.ts';
import { files } from '../../../src/steps/install/files.ts';
import { token } from '../../../src/steps/install/token.ts';
import { InstallScene } from '../../fakes/install-scene.ts';
import { answersOf, domain, routesOf, tokenText } from '../../fakes/sample-answers.ts';
import { engineInfo } from '../../fakes/scripted-engine.ts';

const answers = answersOf();

async function installed(as: InstallAnswers = answers, name?: string): Promise<InstallScene> {
  const scene = await InstallScene.make(name);
  await scene.run(as, directories, files, token);
  scene.events.length = 0;
  scene.undone.length = 0;
  return scene;
}

/** The plan by the file's name as the operator knows it. */
async function planned(scene: InstallScene, as: InstallAnswers = answers) {
  const plan = await scene.plan(as, files);
  return new Map(plan.map((change) => [change.what.split(', ')[0] ?? '', change]));
}

describe('a first run', () => {
  test('plans every file with its mode and its text; .env is not among them', async () => {
    await using scene = await InstallScene.make();
    const plan = await scene.plan(answers, files);
    expect(plan.map(({ action, what, mode }) => `${action} ${mode} ${what}`)).toEqual([
      'create 0644 .gitignore, keeps secrets out of a repository',
      'create 0644 docker-compose.yaml, the stack',
      'create 0644 config/mcp-proxy.yaml, routes and settings of the proxy',
      'create 0644 data/tls.ext, for renewing by hand with openssl',
      'create 0644 hello_server.py, the sample MCP server',
      'create 0600 .mcp-tunnel/answers.yaml, what you answered, without secrets',
    ]);
    expect(plan.every(({ undoable }) => undoable)).toBe(true);
    expect(plan.find(({ what }) => what.startsWith('.gitignore'))?.diff).toBe(
      '--- /dev/null\n+++ .gitignore\n@@ -0,0 +1,4 @@\n+.env\n+credentials/\n+data/\n+.mcp-tunnel/',
    );
  });

  test('writes them with exactly these modes, each noted before it is there', async () => {
    await using scene = await installed();
    const { deployment } = scene;
    const modes = await Promise.all(
      [
        deployment.gitignore,
        deployment.composeFile,
        deployment.proxyConfig,
        deployment.serverExtensions,
        deployment.sampleServer,
        deployment.answers,
      ].map(async (path) => [basename(path), (await systemFiles.stat(path))?.mode.toString(8)]),
    );
    expect(modes).toEqual([
      ['.gitignore', '644'],
      ['docker-compose.yaml', '644'],
      ['mcp-proxy.yaml', '644'],
      ['tls.ext', '644'],
      ['hello_server.py', '644'],
      ['answers.yaml', '600'],
    ]);
    expect(await systemFiles.readText(deployment.proxyConfig)).toContain(
      `tunnel_domain: ${domain}`,
    );
    expect(await systemFiles.stat(deployment.envFile)).toBeUndefined();
  });

  test('without the sample server there is no program of it', async () => {
    await using scene = await InstallScene.make();
    const wiki = answersOf({
      sampleServer: false,
      routes: routesOf({ wiki: 'http://10.0.0.5:8000' }),
    });
    expect((await planned(scene, wiki)).has('hello_server.py')).toBe(false);
  });
});

describe('a second run', () => {
  test('keeps every file byte for byte and writes none', async () => {
    await using scene = await installed();
    const plan = await scene.plan(answers, files);
    expect(new Set(plan.map(({ action }) => action))).toEqual(new Set(['keep']));
    expect(plan.every(({ diff }) => diff === undefined)).toBe(true);
    const before = await systemFiles.stat(scene.deployment.composeFile);
    await files.run(await scene.context(answers));
    expect(await systemFiles.stat(scene.deployment.composeFile)).toEqual(before);
    expect(scene.events).toEqual([]);
    expect(scene.undone).toEqual([]);
  });

  test('sets a mode right and leaves the bytes', async () => {
    await using scene = await installed();
    const { composeFile } = scene.deployment;
    await chmod(composeFile, 0o666);
    const before = await readFile(composeFile);
    expect((await planned(scene)).get('docker-compose.yaml')).toEqual({
      action: 'change',
      what: 'docker-compose.yaml, the stack',
      path: composeFile,
      mode: '0644',
      undoable: true,
      why: 'its mode is 0666',
    });
    await scene.run(answers, files);
    expect((await systemFiles.stat(composeFile))?.mode).toBe(0o644);
    expect(await readFile(composeFile)).toEqual(before);
    expect(scene.undone).toEqual([]);
  });

  test('shows drift as a diff, mends it, and keeps what was there', async () => {
    await using scene = await installed();
    const { sampleServer, backupsDir } = scene.deployment;
    const right = (await systemFiles.readText(sampleServer)) ?? '';
    const drifted = right.replace('def hello', 'def hallo');
    await systemFiles.write(sampleServer, drifted, 0o640);
    const change = (await planned(scene)).get('hello_server.py');
    expect(change?.action).toBe('change');
    expect(change?.diff).toContain('-def hallo');
    expect(change?.diff).toContain('+def hello');
    await scene.run(answers, files);
    expect(await systemFiles.readText(sampleServer)).toBe(right);
    expect((await systemFiles.stat(sampleServer))?.mode).toBe(0o644);
    const backup = join(backupsDir, '2026-11-24T10-00-00-000Z', 'hello_server.py');
    expect(scene.undone).toEqual([{ kind: 'replaced', path: sampleServer, backup, mode: 0o640 }]);
    expect(await systemFiles.readText(backup)).toBe(drifted);
    expect(scene.events).toEqual([{ type: 'file.written', path: sampleServer, mode: '0644' }]);
  });

  test('keeps services, keys and comments of the operator’s own, and says what it set', async () => {
    await using scene = await installed();
    const { composeFile } = scene.deployment;
    const ours = (await systemFiles.readText(composeFile)) ?? '';
    const theirs = ours
      .replace('services:\n', 'services:\n  # my own\n  wiki:\n    image: wiki:1\n\n')
      .replace('stop_grace_period: 40s', 'stop_grace_period: 5s');
    await systemFiles.write(composeFile, theirs, 0o644);
    const change = (await planned(scene)).get('docker-compose.yaml');
    expect(change?.why).toMatch(/cloudflared\.stop_grace_period/u);
    await scene.run(answers, files);
    const after = await systemFiles.readText(composeFile);
    expect(after).toContain('  # my own\n  wiki:\n    image: wiki:1\n');
    expect(after).toContain('stop_grace_period: 40s');
  });

  test('a changed route changes the proxy’s config alone', async () => {
    await using scene = await installed();
    const more = answersOf({
      routes: routesOf({ echo: 'http://hello-mcp:9000', wiki: 'http://10.0.0.5:8000' }),
    });
    const plan = await scene.plan(more, files);
    expect(plan.filter(({ action }) => action !== 'keep').map(({ what }) => what)).toEqual([
      'config/mcp-proxy.yaml, routes and settings of the proxy',
      '.mcp-tunnel/answers.yaml, what you answered, without secrets',
    ]);
  });
});

describe('tokens', () => {
  const literal = `eyJhIjoi${'abcdefgh'.repeat(12)}In0=`;
  const byHand = [
    'services:',
    '  mcp-proxy:',
    '    image: mcp-proxy',
    '  cloudflared:',
    '    image: cloudflared',
    '    environment:',
    `      - TUNNEL_TOKEN=${literal}`,
    '',
  ].join('\n');

  test('written out in a file made by hand are masked in its diff', async () => {
    await using scene = await InstallScene.make();
    await mkdir(scene.deployment.dir);
    await writeFile(scene.deployment.composeFile, byHand);
    const change = (await planned(scene)).get('docker-compose.yaml');
    expect(change?.action).toBe('change');
    expect(change?.diff).toContain('-      - TUNNEL_TOKEN=[secret]');
    expect(JSON.stringify(change)).not.toContain(literal.slice(0, 20));
  });

  test('are in .env only where that was asked for, with mode 0600 and never a diff', async () => {
    const inEnv = answersOf({ tokenIn: 'env' });
    await using scene = await InstallScene.make();
    const { envFile } = scene.deployment;
    expect((await planned(scene, inEnv)).get('.env')).toEqual({
      action: 'create',
      what: '.env, variables for Compose',
      path: envFile,
      mode: '0600',
      undoable: true,
      why: 'it holds the token',
    });
    await scene.run(inEnv, directories, files);
    expect(await systemFiles.readText(envFile)).toContain(`\nTUNNEL_TOKEN=${tokenText()}\n`);
    expect((await systemFiles.stat(envFile))?.mode).toBe(0o600);
    expect((await planned(scene, inEnv)).get('.env')?.action).toBe('keep');
  });

  test('leave .env when they get a file; the operator’s own variables stay', async () => {
    const inEnv = answersOf({ tokenIn: 'env' });
    await using scene = await installed(inEnv);
    const { envFile } = scene.deployment;
    await systemFiles.write(
      envFile,
      `MINE=1\n${(await systemFiles.readText(envFile)) ?? ''}`,
      0o600,
    );
    const change = (await planned(scene)).get('.env');
    expect(change).toMatchObject({ action: 'change', why: 'no token belongs in it' });
    expect(change?.diff).toBeUndefined();
    await scene.run(answers, files, token);
    expect(await systemFiles.readText(envFile)).toBe('MINE=1\n');
    expect(await systemFiles.readText(scene.deployment.tunnelToken)).toBe(tokenText());
  });
});

describe('the project’s name', () => {
  test('is written down where it is not the folder’s', async () => {
    await using scene = await InstallScene.make('my-tunnel');
    expect((await planned(scene)).get('.env')).toMatchObject({
      action: 'create',
      why: 'the project is mcp-tunnel, not the folder’s name',
    });
    await scene.run(answers, directories, files);
    expect(await systemFiles.readText(scene.deployment.envFile)).toMatch(
      /^COMPOSE_PROJECT_NAME=mcp-tunnel$/mu,
    );
  });

  test('and the token are two reasons', async () => {
    await using scene = await InstallScene.make('my-tunnel');
    expect((await planned(scene, answersOf({ tokenIn: 'env' }))).get('.env')?.why).toBe(
      'the project is mcp-tunnel, not the folder’s name; it holds the token',
    );
  });
});

describe('addresses the proxy may dial', () => {
  test('a list of the operator’s keeps the ranges that routes use, and the plan says why', async () => {
    await using scene = await InstallScene.make();
    const listed = answersOf({
      routes: routesOf({ wiki: 'http://10.1.2.3:8000', echo: 'http://hello-mcp:9000' }),
      upstream: { allowedIps: ['203.0.113.0/24'] },
    });
    expect((await planned(scene, listed)).get('config/mcp-proxy.yaml')?.why).toBe(
      [
        '10.0.0.0/8: route wiki points to 10.1.2.3',
        "172.16.0.0/12: route echo points to the service hello-mcp, whose address comes from Docker's pools",
        "192.168.0.0/16: route echo points to the service hello-mcp, whose address comes from Docker's pools",
      ].join('; '),
    );
    await scene.run(listed, directories, files);
    const text = await systemFiles.readText(scene.deployment.proxyConfig);
    for (const range of ['203.0.113.0/24', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'])
      expect(text).toContain(range);
  });

  test('without a list the vendor’s default stays', async () => {
    await using scene = await installed();
    expect(await systemFiles.readText(scene.deployment.proxyConfig)).not.toContain('allowed_ips');
    await using other = await InstallScene.make();
    expect((await planned(other)).get('config/mcp-proxy.yaml')?.why).toBeUndefined();
  });
});

test('the CA of https upstreams is copied to where the proxy sees it', async () => {
  await using scene = await InstallScene.make();
  const caFile = join(scene.outside, 'company.pem');
  await writeFile(caFile, 'PEM\n');
  const secure = answersOf({
    routes: routesOf({ wiki: 'https://wiki.internal:443' }),
    upstream: { caFile },
  });
  await scene.run(secure, directories, files);
  expect(await systemFiles.readText(scene.deployment.upstreamCa)).toBe('PEM\n');
  expect(await systemFiles.readText(scene.deployment.proxyConfig)).toContain(
    'ca_file: /data/upstream-ca.crt',
  );
});

test('with SELinux bind mounts carry z', async () => {
  await using scene = await InstallScene.make();
  scene.engine.about = { ...engineInfo, selinux: true };
  await scene.run(answers, directories, files);
  expect(await systemFiles.readText(scene.deployment.composeFile)).toContain('./data:/data:ro,z');
});

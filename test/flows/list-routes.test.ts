import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listRoutes } from '../../src/flows/list-routes.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import type { InstallScene } from '../fakes/install-scene.ts';
import { longAgo, RoutesScene } from '../steps/routes/routes-scene.ts';

let onDisk: InstallScene;
beforeAll(async () => {
  onDisk = await RoutesScene.onDisk();
});
afterAll(() => onDisk[Symbol.asyncDispose]());

async function list(scene: RoutesScene) {
  const { answers, install, ports } = scene;
  const events: FlowEvent[] = await Array.fromAsync(
    listRoutes({ place: install.deployment, answers, ports }),
  );
  const finish = events.at(-1);
  if (finish?.type !== 'flow.finished') throw new Error('no end');
  return {
    routes: events.flatMap((event) => (event.type === 'route' ? [event] : [])),
    notices: events.flatMap((event) => (event.type === 'notice' ? [event.text] : [])),
    finish,
  };
}

function write(scene: RoutesScene, config: string): Promise<void> {
  return writeFile(scene.install.deployment.proxyConfig, config);
}

describe('routes list', () => {
  test('tells where each leads, what callers use and what answers', async () => {
    await using scene = await RoutesScene.make(onDisk);
    const { routes, notices, finish } = await list(scene);
    expect(routes).toEqual([
      {
        type: 'route',
        route: 'echo',
        upstream: 'http://hello-mcp:9000',
        url: 'https://echo.abcd1234.tunnel.anthropic.com/mcp',
        proxy: 'has-it',
        from: 'this host',
        status: 'pass',
        found: 'MCP server hello 1 with 1 tool: hello',
        expected: 'an MCP server (Streamable HTTP) at http://hello-mcp:9000/mcp',
        tools: ['hello'],
      },
    ]);
    expect(notices).toEqual([]);
    expect(finish).toMatchObject({ outcome: 'done', changed: false });
  });

  test('says that the proxy is older than its configuration, and what loads it', async () => {
    await using scene = await RoutesScene.make(onDisk);
    scene.install.engine.change('mcp-proxy-1', { startedAt: longAgo });
    const { routes, notices } = await list(scene);
    expect(routes[0]?.proxy).toBe('changed');
    expect(notices.join()).toContain('mcp-tunnel routes add echo=http://hello-mcp:9000 (as it is)');
  });

  test('says that the proxy does not run', async () => {
    await using scene = await RoutesScene.make(onDisk);
    scene.install.engine.stop('mcp-proxy-1');
    const { routes, notices, finish } = await list(scene);
    expect(routes[0]?.proxy).toBe('not-running');
    expect(notices).toEqual(['mcp-proxy does not run: mcp-tunnel install']);
    expect(finish.outcome).toBe('done');
  });

  test('tells of a second pair that is left over', async () => {
    await using scene = await RoutesScene.make(onDisk);
    await scene.ports.files.makeDirectory(scene.bridge.dir, 0o711);
    expect((await list(scene)).notices.join()).toContain('A second pair is left over');
  });

  test('shows a route that is none, but no secret in it', async () => {
    await using scene = await RoutesScene.make(onDisk);
    await write(scene, 'routes: { a: "http://me:hunter2@10.0.0.5:80", b: "http://10.0.0.5" }\n');
    const { routes, finish } = await list(scene);
    expect(routes).toMatchObject([
      { route: '"a"', upstream: '(not shown)', status: 'warn' },
      {
        route: '"b"',
        upstream: '"http://10.0.0.5"',
        found: expect.stringContaining('port is missing'),
      },
    ]);
    expect(JSON.stringify(routes)).not.toContain('hunter2');
    expect(finish.outcome).toBe('done');
  });

  test('gives a server that was just started a moment', async () => {
    await using scene = await RoutesScene.make(onDisk);
    const { clock, engine } = scene.install;
    const url = 'http://172.18.0.3:9000/mcp';
    engine.change('hello-mcp-1', { startedAt: clock.now() });
    scene.said.set(url, { kind: 'unreachable', code: 'ECONNREFUSED' });
    clock.at(1_000, () => void scene.said.delete(url));
    expect((await list(scene)).routes[0]?.status).toBe('pass');
    scene.said.set(url, { kind: 'unreachable', code: 'ECONNREFUSED' });
    expect((await list(scene)).routes[0]?.found).toContain('nothing listens at hello-mcp:9000');
    expect(clock.elapsed).toBeLessThan(16_000);
  });

  test.each([
    ['broken YAML', 'a: 1\nroutes: {\n', /line 3: not valid YAML/u],
    ['a list', 'routes: [a]\n', /routes is a list/u],
    ['nothing', '', /not a map of settings/u],
  ])('ends with 5 where the configuration is %s', async (_what, config, found) => {
    await using scene = await RoutesScene.make(onDisk);
    await write(scene, config);
    const { routes, finish } = await list(scene);
    expect(routes).toEqual([]);
    expect(finish.failure).toMatchObject({
      code: 'proxy-config-refused',
      found: expect.stringMatching(found),
    });
  });

  test('ends with 5 where there is no configuration, with 2 where there is no deployment', async () => {
    await using scene = await RoutesScene.make(onDisk);
    const { files } = scene.ports;
    await files.remove(scene.install.deployment.proxyConfig);
    expect((await list(scene)).finish.failure?.code).toBe('proxy-config-refused');
    await files.remove(scene.install.deployment.composeFile);
    expect((await list(scene)).finish.failure?.code).toBe('deployment-missing');
  });
});

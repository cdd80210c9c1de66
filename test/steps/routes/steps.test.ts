import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failure.ts';
import { noRoutesRequest, type RoutesRequest } from '../../../src/domain/route-change.ts';
import type { McpAnswer, ToolAnswer } from '../../../src/ports/mcp-client.ts';
import { storedAnswers } from '../../../src/steps/install/stored-answers.ts';
import type { InstallScene } from '../../fakes/install-scene.ts';
import { answersOf, routesOf } from '../../fakes/sample-answers.ts';
import { longAgo, RoutesScene } from './routes-scene.ts';

let onDisk: InstallScene;
beforeAll(async () => {
  onDisk = await RoutesScene.onDisk();
});
afterAll(() => onDisk[Symbol.asyncDispose]());

const second = { second: 'http://hello-mcp:9000' };

function add(
  map: Readonly<Record<string, string>>,
  more: { readonly replace?: boolean; readonly allowedIps?: readonly string[] } = {},
): RoutesRequest {
  return { ...noRoutesRequest, set: routesOf(map), ...more };
}

const buildsBridge = [
  'create .mcp-tunnel/bridge/docker-compose.yaml, a second pair for as long as this takes',
  'create .mcp-tunnel/bridge/config/mcp-proxy.yaml, its configuration',
  expect.stringContaining('create .mcp-tunnel/bridge/credentials/tunnel-token (fingerprint '),
  'run start the second pair',
];
const writes = [
  'change .mcp-tunnel/answers.yaml, what you answered, without secrets',
  'change config/mcp-proxy.yaml, routes and settings of the proxy',
];
const restarts = [
  'run stop cloudflared and mcp-proxy, with the time their requests need',
  'run start mcp-proxy',
  'run start cloudflared',
];
const leaves = [
  'run stop the second pair, with the time its requests need',
  'remove .mcp-tunnel/bridge/, with its token',
];

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const end = await work.catch((error: unknown) => error);
  if (end instanceof Failure) return end;
  throw new Error(`no failure but ${String(end)}`);
}

/** The program wrote the configuration and was killed before the main pair took it. */
async function written(request: RoutesRequest): Promise<RoutesScene> {
  const scene = await RoutesScene.make(onDisk);
  await scene.run(request, 'files');
  for (const service of ['mcp-proxy', 'cloudflared'])
    scene.install.engine.change(`${service}-1`, { startedAt: longAgo });
  return scene;
}

describe('the plan', () => {
  test('proves by a second pair before anything is written, and restarts cloudflared last', async () => {
    await using scene = await RoutesScene.make(onDisk);
    expect(await scene.plan(add(second))).toEqual([
      ...buildsBridge,
      ...writes,
      ...restarts,
      ...leaves,
    ]);
  });

  test('is empty where the route is there and runs', async () => {
    await using scene = await RoutesScene.make(onDisk);
    expect(await scene.plan(add({ echo: 'http://hello-mcp:9000' }))).toEqual([]);
  });

  test('goes on from a configuration that the main pair has not taken yet', async () => {
    await using scene = await written(add(second));
    expect(await scene.plan(add(second))).toEqual([...buildsBridge, ...restarts, ...leaves]);
  });

  test('goes on from a main pair that is stopped: the second pair alone carries the tunnel', async () => {
    await using scene = await written(add(second));
    const { engine } = scene.install;
    engine.stop('cloudflared-1');
    engine.stop('mcp-proxy-1');
    engine.change('mcp-proxy-1', { addresses: {} });
    expect(await scene.plan(add(second))).toEqual([...buildsBridge, ...restarts, ...leaves]);
    await scene.run(add(second));
    expect(scene.install.compose.calls.slice(-4)).toEqual([
      'stop cloudflared mcp-proxy',
      'start mcp-proxy',
      'start cloudflared',
      'down',
    ]);
  });

  test('only ends the second pair where nothing else is left to do', async () => {
    await using scene = await RoutesScene.make(onDisk);
    await scene.run(add(second), 'verified');
    expect(await scene.plan(add(second))).toEqual(leaves);
    await scene.run(add(second));
    expect(await scene.plan(add(second))).toEqual([]);
  });

  test('removes a second pair that is left over with other files', async () => {
    await using scene = await RoutesScene.make(onDisk);
    await scene.run(add({ other: 'http://10.0.0.5:80' }), 'bridge');
    expect(await scene.plan(add(second))).toEqual([
      ...leaves,
      ...buildsBridge,
      ...writes,
      ...restarts,
      ...leaves,
    ]);
    await scene.run(add(second), 'bridge');
    expect(scene.install.compose.calls).toEqual([
      ...['validate', 'up mcp-proxy', 'up', 'down'],
      ...['validate', 'up mcp-proxy', 'up'],
    ]);
    expect(await scene.text('.mcp-tunnel/bridge/config/mcp-proxy.yaml')).not.toContain('other');
  });

  test('does not remove one that alone carries the tunnel', async () => {
    await using scene = await RoutesScene.make(onDisk);
    await scene.run(add({ other: 'http://10.0.0.5:80' }), 'files');
    scene.install.engine.stop('cloudflared-1');
    const failure = await failureOf(scene.plan(add(second)));
    expect(failure).toMatchObject({ code: 'stack-not-running' });
    expect(failure.found).toContain('the pair of a change of routes');
    expect(await scene.plan(add({ other: 'http://10.0.0.5:80' }))).toEqual([
      ...buildsBridge,
      'run restart cloudflared',
      ...leaves,
    ]);
  });

  test('removes what a token rotation has left, too', async () => {
    await using scene = await RoutesScene.make(onDisk);
    await scene.run(add(second), 'bridge');
    await scene.ports.files.remove(scene.bridge.proxyConfig);
    expect((await scene.plan(add(second))).slice(0, 3)).toEqual([...leaves, buildsBridge[0]]);
  });

  test('takes a removed route for gone while the second pair that is without it stands', async () => {
    await using scene = await RoutesScene.make(onDisk);
    await scene.run(add(second));
    const remove = { ...noRoutesRequest, remove: ['second'] };
    await scene.run(remove, 'verified');
    expect(await scene.text('config/mcp-proxy.yaml')).not.toContain('second');
    expect(await scene.plan(remove)).toEqual(leaves);
    await scene.run(remove);
    expect((await failureOf(scene.plan(remove))).code).toBe('answers-invalid');
  });

  test.each([
    ['mcp-proxy', 'stop'],
    ['cloudflared', 'remove'],
  ] as const)('says that there is nothing to keep up without %s', async (service, how) => {
    await using scene = await RoutesScene.make(onDisk);
    scene.install.engine[how](`${service}-1`);
    const failure = await failureOf(scene.plan(add(second)));
    expect(failure).toMatchObject({ code: 'stack-not-running', exitCode: 5 });
    expect(failure.nextSteps[1]).toContain('mcp-tunnel install --route NAME=URL');
  });

  test('says so where the configuration is missing', async () => {
    await using scene = await RoutesScene.make(onDisk);
    await scene.ports.files.remove(scene.install.deployment.proxyConfig);
    expect(await failureOf(scene.plan(add(second)))).toMatchObject({
      code: 'proxy-config-refused',
      exitCode: 5,
    });
  });
});

describe('what an installation refuses', () => {
  test.each([
    [add({ out: 'http://203.0.113.7:80' }), 'IP validation failed: 203.0.113.7'],
    [add({ tls: 'https://10.0.0.5:443' }), 'nothing says which CA signed its certificate'],
  ])('is refused with all routes that it is about', async (request, problem) => {
    await using scene = await RoutesScene.make(onDisk);
    const failure = await failureOf(scene.plan(request));
    expect(failure).toMatchObject({ code: 'answers-invalid', exitCode: 2 });
    expect(failure.missing[0]?.problem).toContain(problem);
  });

  test('a sample server that is switched off', async () => {
    const routes = routesOf({ wiki: 'http://10.0.0.5:80' });
    const answers = answersOf({ sampleServer: false, routes });
    await using others = await RoutesScene.onDisk(answers);
    await using scene = await RoutesScene.make(others, answers);
    expect((await failureOf(scene.plan(add(second)))).missing[0]?.problem).toContain(
      'the sample server is switched off',
    );
  });

  test('an address that is allowed with the route is not', async () => {
    await using scene = await RoutesScene.make(onDisk);
    const request = add({ out: 'http://203.0.113.7:80' }, { allowedIps: ['203.0.113.0/24'] });
    await scene.run(request, 'files');
    expect(await scene.text('config/mcp-proxy.yaml')).toContain('    - 203.0.113.0/24\n');
    const allowedIps = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '203.0.113.0/24'];
    const { deployment } = scene.install;
    const routes = [...scene.answers.routes, ...routesOf({ out: 'http://203.0.113.7:80' })];
    expect(await scene.text('.mcp-tunnel/answers.yaml')).toBe(
      storedAnswers(answersOf({ routes, upstream: { allowedIps } }), deployment),
    );
  });
});

describe('the run', () => {
  test('leaves one pair with the new route, and tells what its upstream says', async () => {
    await using scene = await RoutesScene.make(onDisk);
    scene.said.set('http://10.0.0.5:8000/mcp', { kind: 'unreachable', code: 'ECONNREFUSED' });
    await scene.run(add({ wiki: 'http://10.0.0.5:8000' }));
    expect(scene.install.compose.calls).toEqual([
      'validate',
      'up mcp-proxy',
      'up',
      'stop cloudflared mcp-proxy',
      'start mcp-proxy',
      'start cloudflared',
      'down',
    ]);
    expect(existsSync(scene.bridge.dir)).toBe(false);
    expect(await scene.text('config/mcp-proxy.yaml')).toContain('  wiki: http://10.0.0.5:8000\n');
    const { events } = scene.install;
    expect(events.find((event) => event.type === 'route.probed')).toMatchObject({
      route: 'wiki',
      status: 'warn',
      found: 'nothing listens at 10.0.0.5:8000 (ECONNREFUSED)',
    });
    const verified = events.find((event) => event.type === 'verified');
    expect(verified).toMatchObject({ level: 2 });
    expect(verified?.type === 'verified' && verified.unproven.join('\n')).toContain(
      'Route wiki: nothing listens at 10.0.0.5:8000',
    );
  });

  test('adds, changes and removes at once, over one second pair', async () => {
    await using scene = await RoutesScene.make(onDisk);
    await scene.run(add(second));
    const { calls } = scene.install.compose;
    calls.length = 0;
    const set = routesOf({ echo: 'http://10.0.0.5:8000', third: 'http://hello-mcp:9000' });
    const request = { ...noRoutesRequest, set, replace: true, remove: ['second'] };
    await scene.run(request);
    expect(calls.filter((call) => call === 'up' || call === 'down')).toEqual(['up', 'down']);
    const config = await scene.text('config/mcp-proxy.yaml');
    expect(config).toContain('  echo: http://10.0.0.5:8000\n');
    expect(config).toContain('  third: http://hello-mcp:9000\n');
    expect(config).not.toContain('second');
    const notices = scene.install.events.flatMap((each) =>
      each.type === 'notice' ? [each.text] : [],
    );
    expect(notices.at(-1)).toBe(
      'Until both pairs agree, a call to echo, third, second may reach the one that does not have it yet or no longer has it. Calls to all other routes go on.',
    );
    expect(await scene.plan(noRoutesRequest)).toEqual([]);
  });

  test('replaces every route there is', async () => {
    await using scene = await RoutesScene.make(onDisk);
    await scene.run({ ...add(second), remove: ['echo'] });
    const config = await scene.text('config/mcp-proxy.yaml');
    expect(config).toContain('  second: http://hello-mcp:9000\n');
    expect(config).not.toContain('echo:');
  });

  test('that is asked for nothing finishes what a killed one has begun', async () => {
    await using scene = await written({ ...add(second), remove: ['echo'] });
    expect(await scene.plan(noRoutesRequest)).toEqual([...buildsBridge, ...restarts, ...leaves]);
    await scene.run(noRoutesRequest);
    expect(await scene.plan(noRoutesRequest)).toEqual([]);
    expect(existsSync(scene.bridge.dir)).toBe(false);
  });

  test('touches nothing if the second pair never connects', async () => {
    await using scene = await RoutesScene.make(onDisk);
    scene.bridgeConnects = false;
    const config = await scene.text('config/mcp-proxy.yaml');
    const failure = await failureOf(scene.run(add(second)));
    expect(failure.code).toBe('not-connected');
    expect(failure.summary).toContain('The running pair was not touched.');
    expect(scene.install.compose.calls).toEqual(['validate', 'up mcp-proxy', 'up', 'down']);
    expect(existsSync(scene.bridge.dir)).toBe(false);
    expect(await scene.text('config/mcp-proxy.yaml')).toBe(config);
  });

  test('keeps a second pair that is needed, whatever it says', async () => {
    await using scene = await written(add(second));
    scene.install.engine.stop('cloudflared-1');
    scene.bridgeConnects = false;
    const failure = await failureOf(scene.run(add(second)));
    expect(failure.summary).not.toContain('The running pair was not touched.');
    expect(existsSync(scene.bridge.composeFile)).toBe(true);
    expect(scene.install.compose.calls.filter((call) => call === 'down')).toEqual([]);
  });

  test('gives a new upstream CA to the second pair first', async () => {
    await using scene = await RoutesScene.make(onDisk);
    const caFile = join(scene.install.outside, 'upstream.pem');
    await writeFile(caFile, 'a new CA\n');
    const answers = { ...scene.answers, upstream: { ...scene.answers.upstream, caFile } };
    Object.assign(scene, { answers });
    const request = add({ tls: 'https://10.0.0.5:443' });
    await scene.run(request, 'bridge');
    expect(await scene.text('.mcp-tunnel/bridge/config/upstream-ca.crt')).toBe('a new CA\n');
    expect(await scene.text('.mcp-tunnel/bridge/config/mcp-proxy.yaml')).toContain(
      'ca_file: /etc/mcp-gateway/upstream-ca.crt\n',
    );
    expect(await scene.text('data/upstream-ca.crt')).toBeUndefined();
    await scene.run(request);
    expect(await scene.text('data/upstream-ca.crt')).toBe('a new CA\n');
    expect(await scene.text('config/mcp-proxy.yaml')).toContain('ca_file: /data/upstream-ca.crt\n');
    expect(existsSync(scene.bridge.dir)).toBe(false);
  });
});

describe('what is proven from the vendor’s side', () => {
  const tool = (name: string, callable = true) => ({
    name,
    description: undefined,
    ...(callable ? { callable: true as const } : {}),
  });
  const server = (...tools: ReturnType<typeof tool>[]): McpAnswer => ({
    kind: 'mcp',
    serverName: 'wiki',
    serverVersion: '1',
    tools,
  });

  /** Adds `wiki`, whose server has these tools, where the vendor's side can be asked. */
  async function proof(
    said: McpAnswer,
    answer: () => ToolAnswer = () => ({ isError: false, text: 'ok' }),
  ) {
    await using scene = await RoutesScene.make(onDisk);
    const calls: string[] = [];
    scene.said.set('http://10.0.0.5:8000/mcp', said);
    scene.vendorSide = {
      name: 'test',
      async callTool({ url, tool: name, arguments: given }) {
        calls.push(`${name} ${JSON.stringify(given)} at ${new URL(url).hostname.split('.')[0]}`);
        return url.includes('//wiki.') ? answer() : { isError: false, text: 'Hello, tunnel!' };
      },
    };
    await scene.run(add({ wiki: 'http://10.0.0.5:8000' }));
    const verified = scene.install.events.find((event) => event.type === 'verified');
    if (verified?.type !== 'verified') throw new Error('not verified');
    return { calls, level: verified.level, unproven: verified.unproven };
  }

  test('is a new route with a tool that needs no arguments', async () => {
    expect(await proof(server(tool('wind', false), tool('now')))).toEqual({
      calls: ['hello {"name":"tunnel"} at echo', 'now {} at wiki'],
      level: 4,
      unproven: [],
    });
  });

  test('is not one without; it is said', async () => {
    const { calls, unproven } = await proof(server(tool('wind', false)));
    expect(calls).toEqual(['hello {"name":"tunnel"} at echo']);
    expect(unproven).toEqual([
      'Route wiki: not called from the vendor’s side: it has no tool that can be called without arguments.',
    ]);
  });

  test('nor one whose call fails: that may be the upstream’s fault, and ends nothing', async () => {
    const { unproven, level } = await proof(server(tool('now')), () => {
      throw new Failure('verification-failed', 'no', { found: 'HTTP 502' });
    });
    expect(level).toBe(4);
    expect(unproven).toEqual(['Route wiki: not called from the vendor’s side: HTTP 502.']);
  });
});

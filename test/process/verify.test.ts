import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  deploymentOf,
  type Ended,
  eventsOf,
  finishOf,
  leftOvers,
  type RunOptions,
  Session,
  storyOf,
  textOf,
} from './session.ts';

const consoleFile = '.mcp-tunnel/rehearsal/console.json';
const containersFile = '.mcp-tunnel/rehearsal/containers.json';
const configFile = 'config/mcp-proxy.yaml';
const otherKey = `sk-ant-api03-${'o'.repeat(90)}AA`;

function verify(session: Session, args: readonly string[] = ['--yes'], options: RunOptions = {}) {
  const argv = ['rehearse', 'verify', '--json', '--dir', session.dir, ...args];
  return session.run(argv, options);
}

interface ConsoleState {
  readonly tunnels: readonly {
    readonly certificates: readonly Readonly<Record<string, unknown>>[];
  }[];
  readonly apiKeys?: readonly Readonly<Record<string, unknown>>[];
}

/** Changes a file of the deployment for as long as a test needs it so. */
function changed<T>(session: Session, file: string, change: (before: string) => string) {
  const path = join(session.dir, file);
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, change(before));
  return async (look: () => Promise<T>): Promise<T> => {
    try {
      return await look();
    } finally {
      writeFileSync(path, before);
    }
  };
}

const inConsole = (change: (state: ConsoleState) => ConsoleState) => (before: string) =>
  JSON.stringify(change(JSON.parse(before)));

function expectFailure(ended: Ended, code: string, exit: number) {
  const { failure } = finishOf(ended);
  expect(failure?.code, storyOf(ended)).toBe(code);
  expect(ended.code).toBe(exit);
  expect(failure?.nextSteps.length).toBeGreaterThan(0);
  return failure;
}

describe('verify, rehearsed', () => {
  const session = new Session();
  beforeAll(async () => {
    await session.rehearsed();
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test('Claude calls the sample’s tool: level 4, exit 0, nothing is left behind', async () => {
    const tree = deploymentOf(session.dir);
    const ended = await verify(session);
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(finishOf(ended)).toMatchObject({ flow: 'verify', outcome: 'done', changed: false });
    expect(eventsOf(ended, 'tool.answered')).toMatchObject([
      {
        ...{ route: 'echo', tool: 'hello', text: 'Hello, tunnel!' },
        ...{ via: 'simulated Messages API', input: '{"name":"tunnel"}' },
      },
    ]);
    expect(eventsOf(ended, 'verified')).toMatchObject([{ level: 4, unproven: [] }]);
    expect(deploymentOf(session.dir)).toEqual(tree);
    expect(leftOvers(session.dir)).toEqual([]);
    const { apiKeys } = JSON.parse(textOf(session.dir, consoleFile));
    expect(apiKeys[0].key).toMatch(/^sk-ant-api03-/u);
    expect(ended.stdout + ended.stderr).not.toContain(apiKeys[0].key.slice(0, 24));
    await session.noProcesses();
  });

  test('a key of the shell is not taken for a rehearsal', async () => {
    const env = { ANTHROPIC_API_KEY: 'sk-ant-admin01-of-the-shell' };
    expect((await verify(session, ['--yes'], { env })).code).toBe(0);
  });

  test('a dry run shows the request and sends none; without consent exit 6', async () => {
    const dry = await verify(session, ['--dry-run']);
    expect(dry.code, storyOf(dry)).toBe(0);
    const [change] = eventsOf(dry, 'plan')[0]?.changes ?? [];
    expect(change?.what).toContain('ask claude-opus-5 to use hello of echo, https://echo.');
    expect(change?.why).toContain('at most 1000 tokens of answer, billed to the API key');
    expect(eventsOf(dry, 'tool.answered')).toEqual([]);
    const ended = await verify(session, []);
    expectFailure(ended, 'consent-missing', 6);
    expect(eventsOf(ended, 'tool.answered')).toEqual([]);
  });

  test('for a person', async () => {
    const argv = ['rehearse', 'verify', '--dir', session.dir, '--yes'];
    const { stdout, stderr, code } = await session.run(argv);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain('  > ask claude-opus-5 to use hello of echo');
    expect(stdout).toMatch(
      /✓ hello at https:\/\/echo\..*\/mcp, called by the simulated Messages API with \{"name":"tunnel"\}: Hello, tunnel!/u,
    );
    expect(stdout).toContain('Verified to level 4 of 4');
  });

  test('a bad key, and one of another workspace', async () => {
    const file = join(session.cwd, 'key');
    writeFileSync(file, `${otherKey}\n`);
    const withKey = () => verify(session, ['--yes', '--api-key-file', 'key']);
    const bad = expectFailure(await withKey(), 'api-key-refused', 4);
    expect(bad?.found).toContain('HTTP 401 authentication_error: invalid x-api-key');
    const restore = changed<Ended>(
      session,
      consoleFile,
      inConsole((state) => ({
        ...state,
        apiKeys: [...(state.apiKeys ?? []), { key: otherKey, workspace: 'other' }],
      })),
    );
    const foreign = await restore(withKey);
    expectFailure(foreign, 'api-key-workspace', 4);
    expect(foreign.stdout).not.toContain(otherKey.slice(0, 24));
    writeFileSync(file, 'sk-ant-admin01-AbcdefghijklmnopqrstuvwxyZ');
    const admin = await withKey();
    const [missing] = expectFailure(admin, 'answers-invalid', 2)?.missing ?? [];
    expect(missing?.problem).toContain('This is an Anthropic Admin API key (sk-ant-admin…)');
    expect(admin.stdout).not.toContain('Abcdefgh');
  });

  test('an unknown model', async () => {
    const ended = await verify(session, ['--yes', '--model', 'claude-nobody']);
    expect(expectFailure(ended, 'api-model-unknown', 4)?.summary).toContain('claude-nobody');
  });

  test('a revoked CA, and a stopped cloudflared: nothing comes back', async () => {
    const revoked = await changed<Ended>(
      session,
      consoleFile,
      inConsole((state) => ({
        ...state,
        tunnels: state.tunnels.map((tunnel) => ({
          ...tunnel,
          certificates: tunnel.certificates.map((each) => ({ ...each, revoked: true })),
        })),
      })),
    )(() => verify(session));
    const failure = expectFailure(revoked, 'tunnel-call-failed', 5);
    expect(failure?.nextSteps[0]).toContain(`mcp-tunnel rehearse doctor --dir ${session.dir}`);
    expect(eventsOf(revoked, 'verified')).toEqual([]);
    const stopped = await changed<Ended>(session, containersFile, (before) =>
      JSON.stringify(
        JSON.parse(before).map((each: Record<string, unknown>) =>
          each['service'] === 'cloudflared' ? { ...each, state: 'exited' } : each,
        ),
      ),
    )(() => verify(session));
    expectFailure(stopped, 'tunnel-call-failed', 5);
    expect(eventsOf(stopped, 'notice').map(({ text }) => text)).toEqual([
      'cloudflared does not run here: a call can only come through by way of another host.',
    ]);
  });

  test('a route whose upstream is not there: HTTP 502, and the tool has to be named', async () => {
    const withRoute = () =>
      changed<Ended>(session, configFile, (before) => `${before}  gone: http://nobody:9000\n`);
    const unnamed = await withRoute()(() => verify(session, ['--yes', '--route', 'gone']));
    expectFailure(unnamed, 'tool-unnamed', 2);
    const ended = await withRoute()(() =>
      verify(session, ['--yes', '--route', 'gone', '--tool', 'any']),
    );
    expectFailure(ended, 'mcp-route-failed', 5);
    expect(eventsOf(ended, 'route.probed').at(-1)?.from).toContain('the vendor’s side');
  });

  test('names that are not there', async () => {
    const route = await verify(session, ['--yes', '--route', 'ecko']);
    const [missing] = expectFailure(route, 'answers-invalid', 2)?.missing ?? [];
    expect(missing).toMatchObject({ flag: '--route', problem: expect.stringContaining('echo?') });
    const tool = await verify(session, ['--yes', '--tool', 'helo']);
    expect(expectFailure(tool, 'answers-invalid', 2)?.missing?.[0]?.problem).toContain('hello?');
  });
});

/** Files of a deployment as far as a call from outside needs them. */
function writeDeployment(session: Session): void {
  mkdirSync(join(session.dir, 'config'), { recursive: true });
  const compose = 'services:\n  mcp-proxy: {image: proxy}\n  cloudflared: {image: cloudflared}\n';
  writeFileSync(join(session.dir, 'docker-compose.yaml'), compose);
  writeFileSync(
    join(session.dir, configFile),
    'tunnel_domain: abcd1234.tunnel.anthropic.com\nroutes:\n  wiki: http://10.255.0.1:9\n',
  );
}

interface SeenRequest {
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** What listens where `--api-url` leads to. */
async function serveApi(status: number, answer: unknown) {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    seen.push({ headers: request.headers, body: await json(request) });
    // Without an answer it hangs.
    if (answer === undefined) return;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('verify, not rehearsed', () => {
  const key = `sk-ant-api03-${'k'.repeat(90)}AA`;
  const content = [
    { type: 'mcp_tool_use', id: 'u', name: 'page', server_name: 'wiki', input: {} },
    { type: 'mcp_tool_result', tool_use_id: 'u', is_error: false, content: 'A page.' },
  ];

  test('needs a key, and no Docker: its own tool is called with the key alone', async () => {
    await using session = new Session();
    writeDeployment(session);
    await using api = await serveApi(200, { content, stop_reason: 'end_turn' });
    const args = ['verify', '--json', '--yes', '--dir', session.dir, '--api-url', api.url];
    const without = await session.run(args);
    expect(expectFailure(without, 'answers-missing', 2)?.missing).toMatchObject([
      { flag: '--api-key-file', env: 'ANTHROPIC_API_KEY' },
    ]);
    const env = {
      ...{ ANTHROPIC_API_KEY: key, ANTHROPIC_AUTH_TOKEN: 'of-the-shell' },
      ...{ ANTHROPIC_BASE_URL: 'http://127.0.0.1:9', ANTHROPIC_LOG: 'debug' },
      ...{ ANTHROPIC_CUSTOM_HEADERS: 'x-own: of-the-shell', HTTPS_PROXY: 'http://127.0.0.1:9' },
    };
    const ended = await session.run([...args, '--tool', 'page'], { env });
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(eventsOf(ended, 'tool.answered')).toMatchObject([{ tool: 'page', text: 'A page.' }]);
    expect(eventsOf(ended, 'notice')[0]?.text).toContain('Docker could not be asked');
    const [request, more] = api.seen;
    expect(more).toBeUndefined();
    expect(request?.headers.authorization).toBe(`Bearer ${key}`);
    expect(JSON.stringify(request?.headers)).not.toContain('of-the-shell');
    expect(ended.stdout + ended.stderr).not.toContain('kkkkkkkk');
  });

  test('a failure of the API is told once, without another try', async () => {
    await using session = new Session();
    writeDeployment(session);
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    await using api = await serveApi(529, { type: 'error', error });
    const args = ['verify', '--json', '--yes', '--tool', 'page', '--dir', session.dir];
    const options = { env: { ANTHROPIC_API_KEY: key } };
    const ended = await session.run([...args, '--api-url', api.url], options);
    expectFailure(ended, 'api-overloaded', 4);
    expect(api.seen).toHaveLength(1);
    const nobody = await session.run([...args, '--api-url', 'http://127.0.0.1:9'], options);
    expect(expectFailure(nobody, 'api-unreachable', 4)?.found).toContain('ECONNREFUSED');
    const open = await session.run([...args, '--api-url', 'http://api.example'], options);
    expect(expectFailure(open, 'usage', 2)?.summary).toContain('over https only');
  });

  test('Ctrl-C while it waits for the API', async () => {
    await using session = new Session();
    writeDeployment(session);
    await using api = await serveApi(200, undefined);
    const args = ['verify', '--json', '--yes', '--tool', 'page', '--dir', session.dir];
    // Once: a second signal ends the process at once.
    const asked = setInterval(() => {
      if (api.seen.length === 0 || !stop) return;
      clearInterval(asked);
      stop();
    }, 20);
    let stop: (() => void) | undefined;
    const ended = await session.run([...args, '--api-url', api.url], {
      env: { ANTHROPIC_API_KEY: key },
      onEvent: (_event, child) => {
        stop = () => child.kill('SIGINT');
      },
    });
    clearInterval(asked);
    expect(ended.code, storyOf(ended)).toBe(130);
    expect(finishOf(ended).outcome).toBe('interrupted');
  });

  test('is refused on a rehearsal', async () => {
    await using session = new Session();
    await session.rehearsed();
    const ended = await session.run(['verify', '--json', '--yes', '--dir', session.dir]);
    expectFailure(ended, 'rehearsal-mismatch', 2);
  });
});

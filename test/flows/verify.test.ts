import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MessagesAnswer } from '../../src/domain/messages-answer.ts';
import type { ToolCallRequest } from '../../src/domain/messages-call.ts';
import { Secret } from '../../src/domain/secret.ts';
import { verifyEvents } from '../../src/flows/verify.ts';
import type { MessagesApi, MessagesOutcome } from '../../src/ports/messages-api.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import type { VerifyRequest } from '../../src/steps/verify/ports.ts';
import { StatusScene } from '../fakes/status-scene.ts';

const key = new Secret(`sk-ant-api03-${'k'.repeat(90)}AA`);
const url = 'https://echo.abcd1234.tunnel.anthropic.com/mcp';

const good = (text = 'Hello, tunnel!', isError = false): MessagesAnswer => ({
  uses: [{ id: 'u', tool: 'hello', server: 'echo', input: '{"name":"tunnel"}' }],
  results: [{ of: 'u', isError, text }],
  text: '',
  stopReason: 'end_turn',
});

const refused = (status: number, type: string, message: string): MessagesOutcome => ({
  ok: false,
  problem: { kind: 'refused', status, type, message },
});
const noConnection = refused(
  400,
  'invalid_request_error',
  'Connection error while communicating with MCP server.',
);

/** An API that answers each call with the next of its outcomes. */
class ScriptedApi implements MessagesApi {
  readonly name = 'Messages API';
  readonly url = 'https://api.anthropic.com';
  readonly asked: ToolCallRequest[] = [];
  readonly outcomes: MessagesOutcome[];

  constructor(...outcomes: readonly MessagesOutcome[]) {
    this.outcomes = [...outcomes];
  }

  async callTool(
    request: ToolCallRequest,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<MessagesOutcome> {
    signal.throwIfAborted();
    this.asked.push(request);
    return this.outcomes.shift() ?? { ok: true, answer: good() };
  }
}

describe('verify', () => {
  let scene: StatusScene;
  beforeAll(async () => {
    scene = await StatusScene.make();
    await scene.start();
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  async function run(
    api: ScriptedApi,
    more: {
      readonly request?: Partial<VerifyRequest>;
      readonly dryRun?: boolean;
      readonly consents?: boolean;
      readonly signal?: AbortSignal;
      readonly dir?: string;
    } = {},
  ) {
    const { dryRun = false, consents = true, signal = new AbortController().signal } = more;
    const asked: FlowEvent[] = [];
    const events: FlowEvent[] = [];
    const flow = verifyEvents({
      dir: more.dir ?? scene.dir,
      ports: { ...scene.host.ports, ...scene.ports, messages: api },
      request: {
        ...{ routes: [], tool: undefined, model: 'claude-opus-5', authorization: new Map() },
        ...more.request,
      },
      self: ['mcp-tunnel'],
      dryRun,
      authorize: async () => {
        asked.push(...events);
        return consents ? key : undefined;
      },
      signal,
    });
    for await (const event of flow) events.push(event);
    const finish = events.at(-1);
    if (finish?.type !== 'flow.finished') throw new Error('no end');
    expect(JSON.stringify(events)).not.toContain(key.reveal());
    const of = <T extends FlowEvent['type']>(type: T) =>
      events.flatMap((event) =>
        event.type === type ? [event as Extract<FlowEvent, { type: T }>] : [],
      );
    return { finish, of, asked };
  }

  test('one request for the sample’s hello, shown before the key is asked; level 4', async () => {
    const api = new ScriptedApi();
    const { finish, of, asked } = await run(api);
    expect(finish).toMatchObject({ flow: 'verify', outcome: 'done', changed: false });
    expect(asked.at(-1)?.type).toBe('plan');
    expect(of('plan')[0]?.changes).toEqual([
      {
        action: 'run',
        what: `ask claude-opus-5 to use hello of echo, ${url}, through the Messages API (https://api.anthropic.com)`,
        why: 'one request, at most 1000 tokens of answer, billed to the API key; no other tool is allowed; hello: the sample server’s own tool, which only greets',
        undoable: false,
      },
    ]);
    expect(api.asked).toEqual([
      {
        model: 'claude-opus-5',
        maxTokens: 1000,
        prompt: 'Use the hello tool to greet tunnel.',
        server: { name: 'echo', url },
        tool: 'hello',
      },
    ]);
    expect(of('tool.answered')).toMatchObject([
      { tool: 'hello', input: '{"name":"tunnel"}', text: 'Hello, tunnel!', via: 'Messages API' },
    ]);
    expect(of('verified')).toMatchObject([{ level: 4, unproven: [] }]);
    expect(of('route.probed')).toMatchObject([{ status: 'pass', from: 'this host' }]);
  });

  test('a dry run shows it and asks nobody; without consent nothing is sent', async () => {
    const api = new ScriptedApi();
    const dry = await run(api, { dryRun: true });
    expect(dry.finish).toMatchObject({ outcome: 'done' });
    expect(dry.of('plan')).toMatchObject([{ dryRun: true }]);
    const refusing = await run(api, { consents: false });
    expect(refusing.finish.failure).toMatchObject({ code: 'consent-missing' });
    expect(api.asked).toEqual([]);
  });

  test('a refusal is the failure of its layer, and proves nothing', async () => {
    const bad = await run(new ScriptedApi(refused(401, 'authentication_error', 'invalid')));
    expect(bad.finish.failure).toMatchObject({
      code: 'api-key-refused',
      found: 'HTTP 401 authentication_error: invalid',
    });
    expect(bad.of('verified')).toEqual([]);
    const dead = await run(new ScriptedApi(noConnection));
    expect(dead.finish.failure).toMatchObject({ code: 'tunnel-call-failed' });
    expect(dead.finish.failure?.nextSteps[0]).toContain(`mcp-tunnel doctor --dir ${scene.dir}`);
    expect(dead.of('route.probed').at(-1)).toMatchObject({
      from: 'the vendor’s side, Messages API',
      status: 'warn',
    });
    expect(dead.of('verified')).toEqual([]);
  });

  test('a tool that failed, and a server that wants a sign-in, prove the way to them', async () => {
    const tool = await run(new ScriptedApi({ ok: true, answer: good('no database', true) }));
    expect(tool.finish.failure).toMatchObject({ code: 'tool-failed', found: 'no database' });
    expect(tool.of('tool.answered')).toMatchObject([{ failed: true, text: 'no database' }]);
    expect(tool.of('verified')[0]).toMatchObject({
      level: 4,
      proven: ['Level 4: Claude called hello of echo; the tool itself failed.', expect.anything()],
    });
    const sign = await run(
      new ScriptedApi(refused(400, '', "Invalid authorization token for MCP server 'echo'.")),
    );
    expect(sign.finish.failure).toMatchObject({ code: 'mcp-authorization' });
    expect(sign.of('verified')[0]).toMatchObject({
      level: 4,
      unproven: ['Route echo: no tool was called.'],
    });
  });

  test('an answer without the tool’s is no proof', async () => {
    const answer = { uses: [], results: [], text: 'I cannot.', stopReason: 'refusal' };
    const { finish, of } = await run(new ScriptedApi({ ok: true, answer }));
    expect(finish.failure).toMatchObject({
      code: 'tool-not-called',
      found: '“I cannot.” (refusal)',
    });
    expect(of('verified')).toEqual([]);
  });

  test('a token for the server goes along and is masked wherever it is echoed', async () => {
    const token = new Secret('token-of-the-server-1234');
    const api = new ScriptedApi({ ok: true, answer: good(`you said ${token.reveal()}`) });
    const request = { routes: ['echo'], authorization: new Map([['echo', token]]) };
    const { finish, of } = await run(api, { request });
    expect(finish.outcome).toBe('done');
    expect(api.asked[0]?.server.authorization?.reveal()).toBe(token.reveal());
    expect(of('tool.answered')[0]?.text).toBe('you said [secret]');
    expect(of('plan')[0]?.changes[0]?.why).toContain('the server’s token goes along');
  });

  test('Ctrl-C before the request is sent', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    const api = new ScriptedApi();
    const { finish } = await run(api, { signal: stop.signal });
    expect(finish.outcome).toBe('failed');
    expect(api.asked).toEqual([]);
  });

  test('no deployment', async () => {
    const { finish } = await run(new ScriptedApi(), { dir: '/nowhere' });
    expect(finish.failure).toMatchObject({ code: 'deployment-missing' });
  });

  test('a stopped cloudflared is told before the call, which may come by another host', async () => {
    const { engine } = scene.host;
    engine.change('cloudflared-1', { state: 'exited' });
    const { of, finish } = await run(new ScriptedApi());
    engine.change('cloudflared-1', { state: 'running' });
    expect(of('notice').map(({ text }) => text)).toEqual([
      'cloudflared does not run here: a call can only come through by way of another host.',
    ]);
    expect(finish.outcome).toBe('done');
  });

  describe('several routes', () => {
    beforeAll(async () => {
      const { proxyConfig } = scene.host.deployment;
      await writeFile(
        proxyConfig,
        'tunnel_domain: abcd1234.tunnel.anthropic.com\nroutes:\n  echo: http://hello-mcp:9000\n  wiki: http://10.0.0.5:80\n',
      );
      scene.upstreams.set('http://10.0.0.5/mcp', {
        ...{ kind: 'mcp', serverName: 'wiki', serverVersion: '1' },
        tools: [{ name: 'search', description: undefined, readOnly: true }],
      });
    });

    test('one is called, the other is said not to be, with what calls it', async () => {
      const { of } = await run(new ScriptedApi());
      expect(of('verified')[0]?.unproven).toEqual([
        `Route wiki: not called from the vendor’s side: mcp-tunnel verify --dir ${scene.dir} --route wiki`,
      ]);
    });

    test('a route that fails does not keep the next from being called; a bad key does', async () => {
      const request = { routes: ['echo', 'wiki'] };
      const search: MessagesAnswer = {
        ...good('found'),
        uses: [{ id: 'u', tool: 'search', server: 'wiki', input: '{}' }],
      };
      const api = new ScriptedApi(noConnection, { ok: true, answer: search });
      const { finish, of } = await run(api, { request });
      expect(finish.failure).toMatchObject({ code: 'tunnel-call-failed' });
      expect(of('tool.answered')).toMatchObject([{ route: 'wiki', tool: 'search' }]);
      expect(of('verified')[0]).toMatchObject({
        level: 4,
        unproven: [`Route echo: The vendor’s side could not reach ${url}.`],
      });
      const bad = new ScriptedApi(refused(401, 'authentication_error', 'invalid'));
      await run(bad, { request });
      expect(bad.asked).toHaveLength(1);
    });

    test('a token for a route that is not called is a mistake', async () => {
      const authorization = new Map([['wiki', new Secret('t')]]);
      const { finish } = await run(new ScriptedApi(), { request: { authorization } });
      expect(finish.failure?.missing?.[0]?.problem).toBe('The route wiki is not called.');
    });
  });
});

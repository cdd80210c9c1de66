import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ToolCallRequest } from '../../../src/domain/messages-call.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { MessagesApi, MessagesOutcome } from '../../../src/ports/messages-api.ts';
import type { Wizard } from '../../../src/surfaces/wizard/wizard.ts';
import { sampleGiven, WizardScene } from '../../fakes/wizard-scene.ts';

const key = `sk-ant-api03-${'k'.repeat(90)}AA`;

/** A busy machine takes its time. */
const patience = { timeout: 10_000 };

const good: MessagesOutcome = {
  ok: true,
  answer: {
    uses: [{ id: 'u', tool: 'hello', server: 'echo', input: '{}' }],
    results: [{ of: 'u', isError: false, text: 'Hello!' }],
    text: '',
    stopReason: 'end_turn',
  },
};
const bad: MessagesOutcome = {
  ok: false,
  problem: { kind: 'refused', status: 401, type: 'authentication_error', message: 'invalid' },
};

class ScriptedApi implements MessagesApi {
  readonly name = 'Messages API';
  readonly url = 'https://api.anthropic.com';
  readonly asked: { readonly request: ToolCallRequest; readonly key: string }[] = [];
  outcome: MessagesOutcome | Promise<MessagesOutcome> = good;

  async callTool(
    request: ToolCallRequest,
    { key: given }: { readonly key: Secret },
  ): Promise<MessagesOutcome> {
    this.asked.push({ request, key: given.reveal() });
    return this.outcome;
  }
}

describe('the call from the vendor’s side', () => {
  let scene: WizardScene;
  let wizard: Wizard;
  let api: ScriptedApi;
  let given: Secret | undefined;

  beforeAll(async () => {
    scene = await WizardScene.make();
    const installing = await scene.open(sampleGiven);
    installing.store.setState({ page: 'routes' });
    await installing.confirmCa();
    installing.next();
    await vi.waitFor(() => expect(installing.state.run).toBe('asking'), patience);
    installing.next();
    await vi.waitFor(() => expect(installing.state.page).toBe('summary'), patience);
    const { world } = scene;
    const messages = async () => ({ api, ...(given ? { key: given, keyFrom: 'a test' } : {}) });
    vi.spyOn(scene, 'world', 'get').mockImplementation(() => ({ ...world, messages }));
  });
  afterAll(() => scene[Symbol.asyncDispose]());
  beforeEach(async () => {
    api = new ScriptedApi();
    given = undefined;
    wizard = await scene.open(sampleGiven);
  });

  const until = (status: string) =>
    vi.waitFor(() => expect(wizard.state.verify.status).toBe(status), patience);

  test('from home: looks, waits for the key, calls, tells the level; Esc leads home', async () => {
    expect(wizard.state.page).toBe('home');
    wizard.choose('verify');
    expect(wizard.state.page).toBe('verify');
    await until('asking');
    expect(wizard.state.verify.calls).toMatchObject([{ route: 'echo', tool: 'hello' }]);
    wizard.besides.verification.send();
    expect(api.asked).toEqual([]);
    wizard.besides.verification.setKey(`export ANTHROPIC_API_KEY=${key}`);
    expect(wizard.state.verify.keyProblem).toBeUndefined();
    wizard.besides.verification.send();
    await until('ended');
    expect(api.asked.map((each) => each.key)).toEqual([key]);
    expect(wizard.state.verify.flow).toMatchObject({ level: 4, outcome: 'done' });
    expect(JSON.stringify(wizard.state)).not.toContain(key);
    wizard.back();
    expect(wizard.state.page).toBe('home');
    expect(wizard.state.verify).toMatchObject({ status: 'looking', key: undefined });
  });

  test('a wrong key is named, a refused one can be replaced', async () => {
    wizard.choose('verify');
    await until('asking');
    wizard.besides.verification.setKey('sk-ant-admin01-abcdefghijklmnop');
    expect(wizard.state.verify.keyProblem).toContain('an Anthropic Admin API key');
    wizard.besides.verification.send();
    expect(api.asked).toEqual([]);
    api.outcome = bad;
    wizard.besides.verification.setKey(key);
    wizard.besides.verification.send();
    await until('ended');
    expect(wizard.state.verify.flow.failure?.code).toBe('api-key-refused');
    api.outcome = good;
    wizard.besides.verification.start();
    await until('asking');
    expect(wizard.state.verify.key?.length).toBe(key.length);
    const other = `sk-ant-api03-${'o'.repeat(90)}AA`;
    wizard.besides.verification.setKey(other);
    wizard.besides.verification.send();
    await until('ended');
    expect(api.asked.at(-1)?.key).toBe(other);
    expect(wizard.state.verify.flow.failure).toBeUndefined();
  });

  test('a key that is given stands there with where it comes from', async () => {
    given = new Secret(key);
    wizard.choose('verify');
    await until('asking');
    expect(wizard.state.verify).toMatchObject({ keyFrom: 'a test', key: { length: key.length } });
    wizard.besides.verification.send();
    await until('ended');
    expect(api.asked).toHaveLength(1);
  });

  test('leaving while it is under way ends it; what comes later is not shown', async () => {
    const late = Promise.withResolvers<MessagesOutcome>();
    api.outcome = late.promise;
    wizard.choose('verify');
    await until('asking');
    wizard.besides.verification.setKey(key);
    wizard.besides.verification.send();
    await vi.waitFor(() => expect(api.asked).toHaveLength(1), patience);
    wizard.back();
    late.resolve(good);
    wizard.choose('verify');
    await until('asking');
    expect(wizard.state.verify.flow.level).toBeUndefined();
  });

  test('a deployment that cannot be called says why', async () => {
    const { proxyConfig } = scene.host.deployment;
    await scene.host.files.write(proxyConfig, 'routes: []\n', 0o644);
    wizard.choose('verify');
    await until('ended');
    expect(wizard.state.verify.flow.failure?.code).toBe('proxy-config-refused');
  });
});

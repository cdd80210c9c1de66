import { expect, test } from 'vitest';
import type { ToolCallRequest } from '../../../src/domain/messages-call.ts';
import type { Secret } from '../../../src/domain/secret.ts';
import type { MessagesApi, MessagesOutcome } from '../../../src/ports/messages-api.ts';
import type { WizardWorld } from '../../../src/surfaces/wizard/wizard-world.ts';
import { sampleGiven, WizardScene } from '../../fakes/wizard-scene.ts';
import { talk } from './session.ts';

const key = `sk-ant-api03-${'k'.repeat(90)}AA`;
const toTheEnd = ['', '', '', '', '', '', 'later', '', '', 'yes', ''];

const refused: MessagesOutcome = {
  ok: false,
  problem: {
    ...{ kind: 'refused', status: 401, type: 'authentication_error' },
    message: 'invalid x-api-key',
  },
};
const good: MessagesOutcome = {
  ok: true,
  answer: {
    uses: [{ id: 'u', tool: 'hello', server: 'echo', input: '{"name":"tunnel"}' }],
    results: [{ of: 'u', isError: false, text: 'Hello, tunnel!' }],
    text: '',
    stopReason: 'end_turn',
  },
};

class ScriptedApi implements MessagesApi {
  readonly name = 'Messages API';
  readonly url = 'https://api.anthropic.com';
  readonly keys: string[] = [];
  readonly #outcomes: MessagesOutcome[] = [refused, good];

  async callTool(
    _request: ToolCallRequest,
    { key: given }: { readonly key: Secret },
  ): Promise<MessagesOutcome> {
    this.keys.push(given.reveal());
    return this.#outcomes.shift() ?? good;
  }
}

/** A deployment that is there, with an API that refuses the first key. */
class Calling implements AsyncDisposable {
  readonly api = new ScriptedApi();
  readonly scene: WizardScene;

  constructor(scene: WizardScene) {
    this.scene = scene;
  }

  static async make(): Promise<Calling> {
    const scene = await WizardScene.make();
    await talk(scene, await scene.open(sampleGiven), toTheEnd);
    const calling = new Calling(scene);
    const { world } = scene;
    const withApi: WizardWorld = { ...world, messages: async () => ({ api: calling.api }) };
    Object.defineProperty(scene, 'world', { get: () => withApi });
    return calling;
  }

  async talk(...answers: readonly string[]) {
    return talk(this.scene, await this.scene.open(sampleGiven), ['verify', ...answers]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.scene[Symbol.asyncDispose]();
  }
}

test('says what is sent, takes the key, shows the error of a layer, and then the answer', async () => {
  await using calling = await Calling.make();
  const { transcript, printed } = await calling.talk(
    'sk-ant-admin01-abcdefghijklmnop',
    key,
    'again',
    '',
    '',
    'quit',
  );
  expect(transcript).toContain('Route  echo, https://echo.abcd1234.tunnel.anthropic.com/mcp');
  expect(transcript).toContain('one request, at most 1000 tokens of answer each');
  expect(transcript).toContain('✗ This is an Anthropic Admin API key (sk-ant-admin…)');
  expect(transcript).toContain('✗ The API does not accept this key. [api-key-refused]');
  expect(transcript).toContain('[105 characters, as given before]');
  expect(transcript).toContain(
    '✓ Claude called hello of echo with {"name":"tunnel"}. It answered:\nHello, tunnel!\n',
  );
  expect(transcript).toContain('Verified to level 4 of 4');
  expect(calling.api.keys).toEqual([key, key]);
  expect(printed).not.toContain('kkkkkkkk');
});

test('back sends nothing', async () => {
  await using calling = await Calling.make();
  const { wizard } = await calling.talk('back', 'quit');
  expect(calling.api.keys).toEqual([]);
  expect(wizard.state.page).toBe('home');
});

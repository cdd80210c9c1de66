import type { VerifyView } from '../../../screens/verify-view.ts';
import { parseApiKey } from '../../domain/api-key.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { defaultModel } from '../../domain/messages-call.ts';
import { Secret } from '../../domain/secret.ts';
import { verifyEvents } from '../../flows/verify.ts';
import type { FlowEvent } from '../../runner/events.ts';
import { reduce, stateBefore } from '../../runner/reduce.ts';
import { reportFailure } from '../../runner/report-failure.ts';
import { verifyBefore } from './verify-before.ts';
import { portNeeds, type WizardContext } from './wizard-context.ts';

/**
 * A call from the vendor's side, from the look at the upstreams to what came of it. The key never
 * enters the state that is drawn, and is forgotten when the page is left.
 */
export class Verification {
  readonly #context: WizardContext;
  #key: Secret | undefined;
  #answer: ((key: Secret | undefined) => void) | undefined;
  #stop: AbortController | undefined;

  constructor(context: WizardContext) {
    this.#context = context;
  }

  /** Shows the page; Esc leads back to where it was opened from. */
  open(): void {
    const { store, go } = this.#context;
    store.setState({ verifyFrom: store.getState().page });
    go('verify');
    this.start();
  }

  /** Asks the upstreams and then waits for `send`; a key that was given is kept. */
  start(): void {
    this.#end();
    const stop = new AbortController();
    this.#stop = stop;
    const { key, keyProblem, keyFrom } = this.#context.store.getState().verify;
    this.#set({ ...verifyBefore, key, keyProblem, keyFrom });
    void this.#run(AbortSignal.any([this.#context.signal, stop.signal])).catch((error: unknown) => {
      if (!stop.signal.aborted) this.#failed(error);
    });
  }

  /** Whatever was pasted or typed; empty takes it back. */
  setKey(text: string): void {
    const typed = text === '' ? undefined : new Secret(text);
    const read = typed && parseApiKey(text);
    this.#key = read?.ok ? read.value : undefined;
    this.#set({
      key: typed && { length: typed.length, fingerprint: typed.fingerprint },
      keyProblem: read && !read.ok ? read.problem : undefined,
      keyFrom: undefined,
    });
  }

  /** Consent: the request that is shown goes out. */
  send(): void {
    if (!this.#key || !this.#answer) return;
    this.#set({ status: 'calling' });
    this.#answer(this.#key);
    this.#answer = undefined;
  }

  /** Ends whatever goes on, and forgets the key. */
  leave(): void {
    this.#end();
    this.#key = undefined;
    this.#set(verifyBefore);
  }

  #end(): void {
    this.#stop?.abort();
    this.#stop = undefined;
    this.#answer?.(undefined);
    this.#answer = undefined;
  }

  #set(change: Partial<VerifyView>): void {
    this.#context.store.setState(({ verify }) => ({ verify: { ...verify, ...change } }));
  }

  #failed(error: unknown): void {
    const failure = reportFailure(asFailure(error));
    this.#set({ status: 'ended', flow: { ...stateBefore, outcome: 'failed', failure } });
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { store, world, settings } = this.#context;
    if (!world.messages)
      throw new Failure('api-unreachable', 'The Messages API cannot be asked from here.');
    const { api, key, keyFrom } = await world.messages();
    signal.throwIfAborted();
    if (key && !this.#key) {
      this.#key = key;
      const { length, fingerprint } = key;
      this.#set({ key: { length, fingerprint }, keyProblem: undefined, keyFrom });
    }
    this.#set({ api: `${api.name} (${api.url})` });
    const needs = (await world.deployedNeeds?.()) ?? portNeeds(store.getState().draft);
    const events = verifyEvents({
      dir: world.dir,
      ports: { ...(await world.ports(needs)), messages: api },
      request: { routes: [], tool: undefined, model: defaultModel, authorization: new Map() },
      self: settings.self.slice(0, settings.self.lastIndexOf('install')),
      dryRun: false,
      authorize: (calls) => {
        this.#set({ status: 'asking', calls });
        return new Promise((resolve) => {
          this.#answer = resolve;
        });
      },
      signal,
    });
    for await (const event of events) {
      if (signal.aborted) return;
      this.#show(event);
    }
  }

  #show(event: FlowEvent): void {
    const { verify } = this.#context.store.getState();
    const flow = reduce({ ...stateBefore, ...verify.flow }, event);
    this.#set({
      flow,
      ...(event.type === 'notice' ? { notices: [...verify.notices, event.text] } : {}),
      ...(event.type === 'flow.finished' ? { status: 'ended' } : {}),
    });
  }
}

import { type Draft, isSample, sampleRoute } from './draft.ts';
import type { RouteProbes } from './probe-routes.ts';
import type { WizardContext } from './wizard-context.ts';

/** The table of routes and what holds for all of them: of an installation to come, or of one that is there. */
export class RouteEdits {
  readonly #context: WizardContext;
  readonly #probes: RouteProbes;

  constructor(context: WizardContext, probes: RouteProbes) {
    this.#context = context;
    this.#probes = probes;
  }

  get #draft(): Draft {
    return this.#context.store.getState().draft;
  }

  #edit(change: Partial<Draft>): void {
    this.#context.store.setState(({ draft }) => ({ draft: { ...draft, ...change } }));
  }

  #set(routes: Draft['routes']): void {
    this.#edit({ routes, sampleServer: routes.some(({ upstream }) => isSample(upstream)) });
    this.#probes.start(false);
  }

  add(name: string, upstream: string): void {
    this.#set([...this.#draft.routes, { name: name.trim(), upstream: upstream.trim() }]);
  }

  change(index: number, name: string, upstream: string): void {
    const route = { name: name.trim(), upstream: upstream.trim() };
    this.#set(this.#draft.routes.map((each, at) => (at === index ? route : each)));
  }

  remove(index: number): void {
    this.#set(this.#draft.routes.filter((_, at) => at !== index));
  }

  /** With the sample server comes its route, and goes with it. */
  setSampleServer(on: boolean): void {
    const others = this.#draft.routes.filter(({ upstream }) => !isSample(upstream));
    const taken = others.some(({ name }) => name === sampleRoute.name);
    const route = taken ? { ...sampleRoute, name: 'hello' } : sampleRoute;
    this.#set(on ? [...others, route] : others);
  }

  setUpstream(field: 'allowedIps' | 'upstreamCa', value: string): void {
    this.#edit({ [field]: value });
    if (field === 'upstreamCa') this.#probes.start(true);
  }

  setSystemCas(on: boolean): void {
    this.#edit({ upstreamSystemCas: on });
    this.#probes.start(true);
  }

  /** Asks all upstreams again. */
  probe(): void {
    this.#probes.start(true);
  }
}

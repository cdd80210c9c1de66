import { createStore, type StoreApi } from 'zustand/vanilla';
import { type PageId, ways } from '../../../screens/views.ts';
import type { Change } from '../../domain/change.ts';
import { Secret } from '../../domain/secret.ts';
import { type Draft, isSample, sampleRoute } from './draft.ts';
import type { FoundDeployment } from './existing-deployment.ts';
import { routesAreGood, routesForm } from './forms.ts';
import { InstallRun } from './install-run.ts';
import { confirmCa, makeCa } from './make-ca.ts';
import { RouteProbes } from './probe-routes.ts';
import { CheckRuns, checksBefore } from './run-checks.ts';
import { LogTail } from './tail-logs.ts';
import { deploymentOf, type WizardContext } from './wizard-context.ts';
import { initialState, type WizardState } from './wizard-state.ts';
import type { WizardSettings, WizardWorld } from './wizard-world.ts';

export interface WizardOptions {
  readonly world: WizardWorld;
  readonly settings: WizardSettings;
  readonly draft: Draft;
  readonly found: FoundDeployment | undefined;
  readonly signal: AbortSignal;
}

/** How a wizard ended. */
export type WizardEnd = 'finished' | 'left' | 'rehearse';

/**
 * The wizard without a face: its state, and everything a person can do. Screens and plain lines call
 * the same actions and show the same state.
 */
export class Wizard {
  readonly store: StoreApi<WizardState>;
  readonly settings: WizardSettings;
  readonly ended: Promise<WizardEnd>;
  readonly knownCa: FoundDeployment['ca'];
  readonly #context: WizardContext;
  readonly #checks: CheckRuns;
  readonly #probes: RouteProbes;
  readonly #tail: LogTail;
  readonly run: InstallRun;
  #end: (end: WizardEnd) => void = () => undefined;

  constructor({ world, settings, draft, found, signal }: WizardOptions) {
    this.settings = settings;
    this.knownCa = found?.ca;
    this.store = createStore(() => initialState(draft, found?.existing, checksBefore()));
    this.#context = { store: this.store, world, settings, signal };
    this.#checks = new CheckRuns(this.#context, () => this.#checked());
    this.#probes = new RouteProbes(this.#context);
    this.#tail = new LogTail(this.#context);
    this.run = new InstallRun(this.#context);
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get state(): WizardState {
    return this.store.getState();
  }

  get dir(): string {
    return deploymentOf(this.#context).dir;
  }

  #go(page: PageId): void {
    this.store.setState({ page, goesOn: false });
    if (page === 'prerequisites') this.#checks.start();
    if (page === 'routes') this.#probes.start(false);
  }

  /** Every check is made: whoever pressed Enter before goes on, unless something failed. */
  #checked(): void {
    const { goesOn, page, checks } = this.state;
    if (!goesOn) return;
    this.store.setState({ goesOn: false });
    if (page === 'prerequisites' && checks.every(({ status }) => status !== 'fail')) this.next();
  }

  #edit(change: Partial<Draft>): void {
    this.store.setState(({ draft }) => ({ draft: { ...draft, ...change } }));
  }

  /** To the page before, with everything that was typed. */
  back(): void {
    const { page, logsFrom } = this.state;
    if (page === 'logs') {
      this.#tail.stop();
      this.#go(logsFrom);
      return;
    }
    if (page === 'review') this.run.withdraw();
    const before = page === 'launch' || page === 'review' ? this.#cause() : this.#neighbour(-1);
    if (before === 'welcome') this.store.setState({ way: 'install' });
    if (before) this.#go(before);
  }

  #neighbour(step: 1 | -1): PageId | undefined {
    const { way, page } = this.state;
    const index = ways[way].findIndex(({ id }) => id === page);
    return ways[way][index + step]?.id;
  }

  /** The page on which what stopped the run is decided. */
  #cause(): PageId {
    if (this.state.way === 'rotate-token') return 'new-token';
    return this.state.flow.failure?.code.startsWith('token-') ? 'tunnel' : 'routes';
  }

  /** To the next page. What the next one needs is begun. */
  next(): void {
    const { page } = this.state;
    switch (page) {
      case 'prerequisites':
        if (this.state.checks.some(({ status }) => status === 'busy')) {
          this.store.setState({ goesOn: true });
          return;
        }
        this.#go('mode');
        return;
      case 'certificates':
        this.#go('register-ca');
        if (this.state.ca.status !== 'made') void makeCa(this.#context);
        return;
      case 'new-token':
        this.run.start();
        return;
      case 'routes':
        if (routesAreGood(routesForm(this.state))) this.run.start();
        return;
      case 'review':
        this.run.consent(true);
        return;
      default: {
        const after = this.#neighbour(1);
        if (after) this.#go(after);
      }
    }
  }

  /** Leads to a new token; in a rehearsal the simulated Console has rotated it. */
  async rotate(): Promise<void> {
    this.#edit({ token: undefined });
    this.store.setState({ way: 'rotate-token' });
    this.#go('new-token');
    const { draft } = this.state;
    const token = await this.#context.world.rotateToken?.(draft.domain);
    if (typeof token?.value !== 'string') return;
    this.#edit({ given: { ...draft.given, token }, token: new Secret(token.value) });
  }

  recheck(id: string | undefined): void {
    this.#checks.start(id);
  }

  /** A CA is registered with one tunnel: for another one it has to be said again. */
  setDomain(domain: string): void {
    const { ca, draft } = this.state;
    if (domain === draft.domain) return;
    this.#edit({ domain, caRegistered: undefined });
    if (ca.status === 'made') this.store.setState({ ca: { ...ca, registered: false } });
  }

  /** What was pasted or typed as token; empty takes it back. */
  setToken(text: string): void {
    this.#edit({ token: text === '' ? undefined : new Secret(text) });
  }

  setCertificate(field: 'keyType' | 'days' | 'caDays', value: string): void {
    this.#edit({ [field]: value });
  }

  retryCa(): void {
    void makeCa(this.#context);
  }

  /** The CA is registered, says the person; from the summary the installation then remembers it. */
  async confirmCa(): Promise<void> {
    const { page, draft, flow } = this.state;
    if (page === 'summary' && this.state.ca.status !== 'made') await makeCa(this.#context);
    if (draft.caRegistered === undefined && !(await confirmCa(this.#context))) return;
    if (page !== 'summary') {
      this.#go('routes');
      return;
    }
    const { answers, dir } = deploymentOf(this.#context);
    // Only that it is remembered was agreed to with this key; anything else is shown first.
    const remembers = ({ path }: Change) => path === answers || path === dir;
    if (flow.outcome !== undefined) this.run.start(remembers);
  }

  registerLater(): void {
    this.#edit({ caRegistered: undefined });
    this.#go('routes');
  }

  copied(): void {
    this.store.setState({ copied: true });
  }

  addRoute(name: string, upstream: string): void {
    const route = { name: name.trim(), upstream: upstream.trim() };
    this.#setRoutes([...this.state.draft.routes, route]);
  }

  editRoute(index: number, name: string, upstream: string): void {
    const route = { name: name.trim(), upstream: upstream.trim() };
    this.#setRoutes(this.state.draft.routes.map((each, at) => (at === index ? route : each)));
  }

  removeRoute(index: number): void {
    this.#setRoutes(this.state.draft.routes.filter((_, at) => at !== index));
  }

  #setRoutes(routes: Draft['routes']): void {
    const sample = routes.some(({ upstream }) => isSample(upstream));
    this.#edit({ routes, sampleServer: sample });
    this.#probes.start(false);
  }

  /** With the sample server comes its route, and goes with it. */
  setSampleServer(on: boolean): void {
    const { routes } = this.state.draft;
    const others = routes.filter(({ upstream }) => !isSample(upstream));
    const taken = others.some(({ name }) => name === sampleRoute.name);
    const route = taken ? { ...sampleRoute, name: 'hello' } : sampleRoute;
    this.#setRoutes(on ? [...others, route] : others);
  }

  setUpstream(field: 'allowedIps' | 'upstreamCa', value: string): void {
    this.#edit({ [field]: value });
    if (field === 'upstreamCa') this.#probes.start(true);
  }

  setSystemCas(on: boolean): void {
    this.#edit({ upstreamSystemCas: on });
    this.#probes.start(true);
  }

  probe(): void {
    this.#probes.start(true);
  }

  /** Looks at the host again and shows what is left to do. */
  retry(): void {
    this.run.start();
  }

  showLogs(): void {
    const { page } = this.state;
    this.store.setState({ page: 'logs', logsFrom: page });
    this.#tail.start();
  }

  togglePause(): void {
    this.store.setState(({ paused }) => ({ paused: !paused }));
  }

  rehearse(): void {
    this.#end('rehearse');
  }

  finish(): void {
    this.#end('finished');
  }

  /** Ctrl-C and the like: a run stops at its next step edge first. */
  async leave(): Promise<void> {
    this.store.setState({ stopping: true });
    this.#tail.stop();
    await this.run.stop();
    this.#end('left');
  }
}

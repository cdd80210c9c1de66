import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Remedy } from '../../../screens/logs/log-entry.ts';
import type { HomeEntryId } from '../../../screens/texts/home-entries.ts';
import type { PageId } from '../../../screens/views.ts';
import { Secret } from '../../domain/secret.ts';
import { afterRun } from './after-run.ts';
import { Besides } from './besides.ts';
import { CaRotation } from './ca-rotation.ts';
import type { Draft } from './draft.ts';
import type { FoundDeployment } from './existing-deployment.ts';
import { routesAreGood, routesForm } from './forms.ts';
import { Home } from './home.ts';
import { InstallRun } from './install-run.ts';
import { confirmCa, makeCa, onlyRemembers } from './make-ca.ts';
import { OtherHosts } from './other-hosts.ts';
import { pageAfter, pageAfterHosts, pageBefore } from './page-order.ts';
import { RouteProbes } from './probe-routes.ts';
import { Renewal } from './renewal.ts';
import { renewalForm, renewalIsGood } from './renewal-state.ts';
import { Rotation } from './rotation.ts';
import { RouteEdits } from './route-edits.ts';
import { Routing } from './routing.ts';
import { CheckRuns, checksBefore } from './run-checks.ts';
import { Upkeep } from './upkeep.ts';
import { deploymentOf, type WizardContext } from './wizard-context.ts';
import { initialState, type WizardState } from './wizard-state.ts';
import type { WizardSettings, WizardWorld } from './wizard-world.ts';

export interface WizardOptions {
  readonly world: WizardWorld;
  readonly settings: WizardSettings;
  readonly draft: Draft;
  readonly found: FoundDeployment | undefined;
  /** Looks at the directory anew, after something was changed there. */
  readonly find?: () => Promise<FoundDeployment | undefined>;
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
  readonly run: InstallRun;
  readonly routes: RouteEdits;
  readonly rotation: Rotation;
  readonly renewal: Renewal;
  readonly routing: Routing;
  readonly caRotation: CaRotation;
  readonly upkeep: Upkeep;
  readonly hosts: OtherHosts;
  readonly besides: Besides;
  readonly #context: WizardContext;
  readonly #checks: CheckRuns;
  readonly #probes: RouteProbes;
  readonly #home: Home;
  #end: (end: WizardEnd) => void = () => undefined;

  constructor({ world, settings, draft, found, find, signal }: WizardOptions) {
    this.settings = settings;
    this.knownCa = found?.ca;
    this.store = createStore(() => initialState(draft, found?.existing, checksBefore()));
    const go = (page: PageId) => this.#go(page);
    this.#context = { store: this.store, world, settings, signal, go };
    this.#checks = new CheckRuns(this.#context, () => this.#checked());
    this.#probes = new RouteProbes(this.#context);
    this.besides = new Besides(this.#context);
    this.run = new InstallRun(this.#context, (way) => afterRun(this, way));
    this.routes = new RouteEdits(this.#context, this.#probes);
    this.rotation = new Rotation(this.#context);
    this.renewal = new Renewal(this.#context, this.run);
    this.routing = new Routing(this.#context, this.run);
    this.caRotation = new CaRotation(this.#context, this.run);
    this.upkeep = new Upkeep(this.#context, this.run);
    this.hosts = new OtherHosts(this.#context);
    this.#home = new Home(this.#context, this.besides.look, find, () => this.hosts.settled());
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

  /** What goes on by itself once the first screen is there. */
  begin(): void {
    if (this.state.page === 'home') this.besides.look.once();
  }

  #go(page: PageId): void {
    this.store.setState({ page, goesOn: false });
    this.besides.turnTo(page);
    if (page === 'prerequisites') this.#checks.start();
    if (page === 'routes') this.#probes.start(false);
    if (page === 'home') {
      this.routing.leave();
      this.#home.enter();
    }
    if (page === 'hosts' || page === 'new-token') void this.hosts.load();
    if (page === 'rotate-ca') void this.caRotation.look();
    if (page === 'schedule') void this.upkeep.look();
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
    const { page } = this.state;
    if (page === 'review') this.run.withdraw();
    const before = pageBefore(this.state);
    if (before) this.#go(before);
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
      case 'home':
        this.#go('prerequisites');
        return;
      case 'new-token':
        this.run.start();
        return;
      case 'renew-cert':
        if (renewalIsGood(renewalForm(this.state.renewal))) this.renewal.plan();
        return;
      case 'rotate-ca':
        this.caRotation.plan();
        return;
      case 'hosts':
        this.#go(pageAfterHosts(this.state));
        return;
      case 'routes':
        if (routesAreGood(routesForm(this.state))) this.run.start();
        return;
      case 'review':
        this.run.consent(true);
        return;
      default: {
        const after = pageAfter(this.state);
        if (after) this.#go(after);
      }
    }
  }

  /** Does what the home screen offers. */
  choose(id: HomeEntryId): void {
    this.besides.look.stop();
    const actions: Readonly<Record<HomeEntryId, () => void>> = {
      install: () => this.#go('prerequisites'),
      status: () => this.showStatus(),
      doctor: () => this.#go('doctor'),
      logs: () => this.showLogs(),
      verify: () => this.besides.verification.open(),
      'rotate-token': () => void this.rotation.open(),
      'renew-cert': () => this.renewal.open(),
      routes: () => void this.routing.open(),
      'rotate-ca': () => this.caRotation.open(),
      schedule: () => this.upkeep.open(),
      hosts: () => this.showHosts(),
      rehearse: () => this.rehearse(),
    };
    actions[id]();
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
    if (flow.outcome !== undefined) this.run.start(onlyRemembers(this.#context));
  }

  registerLater(): void {
    this.#edit({ caRegistered: undefined });
    this.#go('routes');
  }

  copied(): void {
    this.store.setState({ copied: true });
  }

  /** Looks at the host again and shows what is left to do. */
  retry(): void {
    this.run.start();
  }

  showLogs(): void {
    const { page } = this.state;
    this.store.setState({ page: 'logs', logsFrom: page });
    this.besides.look.stop();
    this.besides.doctor.stop();
    this.besides.tail.start();
  }

  showStatus(): void {
    const { page } = this.state;
    this.store.setState({ statusFrom: page });
    this.#go('status');
  }

  showHosts(): void {
    this.store.setState({ way: 'rotate-token' });
    this.#go('hosts');
  }

  /** Does what a fix says, as it was agreed to: a restart at once, an operation by its own way. */
  fix(remedy: Remedy): void {
    if ('restart' in remedy) {
      void this.besides.logActs.restart(remedy.restart);
      return;
    }
    this.routing.leave();
    this.store.setState({ way: 'install' });
    this.choose(remedy.command);
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
    this.besides.stop();
    await this.run.stop();
    await this.hosts.settled();
    this.#end('left');
  }
}

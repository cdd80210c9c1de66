import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogLineView, PageId, Way } from '../../../screens/views.ts';
import { diagnose } from '../../diagnosis/diagnose.ts';
import { daysLeft } from '../../domain/certificate.ts';
import type { Change } from '../../domain/change.ts';
import { asFailure } from '../../domain/failure.ts';
import type { RoutesRequest } from '../../domain/route-change.ts';
import type { FlowEvent } from '../../runner/events.ts';
import { reduce, stateBefore } from '../../runner/reduce.ts';
import { reportFailure } from '../../runner/report-failure.ts';
import type { InstallPorts } from '../../steps/install/ports.ts';
import { Batch } from './batch.ts';
import { appendLogs } from './log-buffer.ts';
import { wayFlows } from './way-flows.ts';
import { deploymentOf, type WizardContext } from './wizard-context.ts';
import type { WizardState } from './wizard-state.ts';

/** Pictures a second while much happens: enough to follow, little enough for a slow line. */
export const redrawMs = 66;

function meaningOf(service: string, text: string): Pick<LogLineView, 'meaning'> {
  const known = diagnose({ service, text });
  return known && known.severity !== 'success' && known.severity !== 'info'
    ? { meaning: known.cause }
    : {};
}

/** A log line as it is shown: with what it means, if it is a known bad one. */
export function logView(service: string, text: string, at: Date | undefined): LogLineView {
  return { service, text, ...(at ? { at: at.getTime() } : {}), ...meaningOf(service, text) };
}

/** The state after some more events of a run. */
export function show(state: WizardState, events: readonly FlowEvent[]): Partial<WizardState> {
  const flow = events.reduce(reduce, state.flow);
  const lines = events.flatMap((event) => (event.type === 'log' ? [event] : []));
  const begun = events.some(({ type }) => type === 'step.started');
  return {
    flow,
    ...appendLogs(state, lines, ({ service, text, at }) =>
      logView(service, text, at === undefined ? undefined : new Date(at)),
    ),
    ...(begun && state.run !== 'running' ? { run: 'running', page: 'launch' } : {}),
  };
}

function namesIn({ set, remove }: RoutesRequest): WizardState['ranRoutes'] {
  return { set: set.map(({ name }) => name), removed: remove };
}

/** What a way leads to, from its plan to its end, as the screens review, launch and summary show it. */
export class InstallRun {
  readonly #context: WizardContext;
  readonly #done: (way: Way) => Promise<PageId>;
  /** Told every event at once and in order, for a face that shows events and not the state. */
  onEvent: ((event: FlowEvent) => void) | undefined;
  #answer: ((yes: boolean) => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  #stop: AbortController | undefined;
  #left = false;

  /** @param done what a way does once its run has ended well, and the page that shows that. */
  constructor(context: WizardContext, done: (way: Way) => Promise<PageId>) {
    this.#context = context;
    this.#done = done;
  }

  /** Looks at the host and shows the plan. `expected`: changes that were agreed to already. */
  start(expected: (change: Change) => boolean = () => false): void {
    this.#running = this.#running.then(() => this.#run(expected));
  }

  /** The answer to the plan that is shown. */
  consent(yes: boolean): void {
    this.#answer?.(yes);
    this.#answer = undefined;
  }

  /** Gives up a plan that was not agreed to; what is running already goes on. */
  withdraw(): void {
    const { run } = this.#context.store.getState();
    if (run === 'planning') this.#stop?.abort();
    this.consent(false);
  }

  /** Stops at the next step edge and begins no other run; resolves when this one has ended. */
  async stop(): Promise<void> {
    this.#left = true;
    this.#stop?.abort(this.#context.signal.reason);
    this.consent(false);
    await this.#running;
  }

  #ask(changes: readonly Change[], expected: (change: Change) => boolean): Promise<boolean> {
    const { store } = this.#context;
    const news = changes.filter((change) => change.action !== 'keep' && !expected(change));
    if (news.length === 0) return Promise.resolve(true);
    // Stopped while the plan was made: nobody is there to answer.
    if (this.#stop?.signal.aborted) return Promise.resolve(false);
    store.setState({ run: 'asking', page: 'review' });
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  async #run(expected: (change: Change) => boolean): Promise<void> {
    const { store, world, settings, signal } = this.#context;
    if (this.#left) return;
    const stop = new AbortController();
    this.#stop = stop;
    store.setState({
      run: 'planning',
      page: 'review',
      flow: stateBefore,
      refused: undefined,
      stopping: false,
      logs: [],
      dropped: 0,
      ran: store.getState().way,
    });
    const batch = new Batch<FlowEvent>(redrawMs, (events) =>
      store.setState((state) => show(state, events)),
    );
    try {
      const state = store.getState();
      const flow = wayFlows[state.way];
      const answers = flow.answers(state, settings);
      const request = flow.request?.(state);
      const routes = [...answers.routes, ...(request?.set ?? [])];
      store.setState({ ranRoutes: request && namesIn(request) });
      const all = await world.ports({ ...answers, routes });
      const ports = flow.ports?.(all, state) ?? this.#withoutConsole(all);
      const run = {
        answers,
        ports,
        place: deploymentOf(this.#context),
        runId: settings.newRunId(),
        version: settings.toolVersion,
        consent: async (changes: readonly Change[]) => {
          // The plan is on its way here: it must be in sight before the question is.
          await nextTurn();
          batch.flush();
          return this.#ask(changes, expected);
        },
        dryRun: false,
        signal: AbortSignal.any([signal, stop.signal]),
      };
      for await (const event of flow.start(run, state, settings)) {
        this.onEvent?.(event);
        batch.add(event);
      }
      batch.close();
      await this.#ended(ports, stop.signal.aborted && !signal.aborted);
    } catch (error) {
      batch.close();
      store.setState({ run: 'ended', refused: reportFailure(asFailure(error)) });
    }
  }

  /** In a rehearsal, a CA that the operator has not registered yet stays so, as it would in earnest. */
  #withoutConsole(ports: InstallPorts): InstallPorts {
    const { ca, draft, existing } = this.#context.store.getState();
    const registered =
      draft.caRegistered !== undefined ||
      (ca.status === 'made' ? ca.registered : existing?.caRegistered === true);
    if (registered) return ports;
    const { registrar, vendorSide, ...rest } = ports;
    return rest;
  }

  async #ended(ports: InstallPorts, stopped: boolean): Promise<void> {
    const { store } = this.#context;
    const { flow, run } = store.getState();
    const { failure } = flow;
    const withdrawn = failure?.code === 'interrupted' && stopped && run === 'planning';
    if (failure?.code === 'consent-missing' || withdrawn) {
      store.setState({ run: 'idle', flow: stateBefore });
      return;
    }
    if (failure) {
      store.setState({ run: 'ended' });
      return;
    }
    const pem = await ports.files.readText(deploymentOf(this.#context).serverCertificate);
    const certificate = pem === undefined ? undefined : ports.certificates.read(pem);
    const { way } = store.getState();
    const page = await this.#done(way);
    store.setState({
      run: 'ended',
      page,
      certificateDue: certificate && {
        notAfter: certificate.notAfter.toISOString().slice(0, 10),
        daysLeft: daysLeft(certificate.notAfter, ports.clock.now()),
      },
    });
  }
}

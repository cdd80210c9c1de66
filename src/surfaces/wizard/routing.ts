import { valueAt } from '../../domain/plain-data.ts';
import { readProxyConfig } from '../../domain/proxy-config-read.ts';
import { parseYaml } from '../../domain/yaml-parse.ts';
import { installQuestions } from '../../questions/install-questions.ts';
import type { RawAnswers } from '../../questions/question.ts';
import { type DraftRoute, draftFrom } from './draft.ts';
import type { InstallRun } from './install-run.ts';
import { type RoutesDraft, type RoutingState, routesDraftOf } from './routing-state.ts';
import { deployedAt, portNeeds, type WizardContext } from './wizard-context.ts';

/** What the page begins with, where it was given beforehand. */
export type RoutingPreset = Partial<Omit<RoutesDraft, 'sampleServer'>>;

const largest = 4 * 1024 * 1024;

/** Answers that a change of routes leaves in the deployment. */
const stored = ['routes', 'allowedIps', 'upstreamCa', 'upstreamSystemCas'] as const;

/** A change of the routes of a deployment, up to its plan. */
export class Routing {
  readonly #context: WizardContext;
  readonly #run: InstallRun;
  /** What was typed and not carried out, and what it was typed over. */
  #left: { readonly over: readonly DraftRoute[]; readonly typed: RoutesDraft } | undefined;

  constructor(context: WizardContext, run: InstallRun) {
    this.#context = context;
    this.#run = run;
  }

  /**
   * Leads to the routes of the configuration, with what was typed over them before. Where they cannot
   * be read the run itself says why.
   */
  async open(preset: RoutingPreset = {}): Promise<void> {
    const { store, go } = this.#context;
    const found = await this.#read();
    store.setState({ way: 'routes', probes: {} });
    if (!found) {
      this.#run.start();
      return;
    }
    const { draft } = store.getState();
    const known = draftFrom(draft.given, draft.cwd);
    const isSame = JSON.stringify(this.#left?.over) === JSON.stringify(found.before);
    const left = isSame ? this.#left?.typed : undefined;
    store.setState({
      routing: { ...found, aside: routesDraftOf(draft) },
      draft: {
        ...draft,
        ...routesDraftOf(known),
        allowedIps: '',
        routes: found.before,
        ...left,
        ...preset,
      },
    });
    go('routes');
  }

  async #read(): Promise<Omit<RoutingState, 'aside'> | undefined> {
    const { store, world } = this.#context;
    const ports = await world.ports(portNeeds(store.getState().draft));
    const { proxyConfig } = await deployedAt(ports, this.#context);
    const text = await ports.files.readText(proxyConfig, largest).catch(() => undefined);
    const config = text === undefined ? undefined : readProxyConfig(text);
    if (!config?.ok) return undefined;
    const { routes, allowedIps } = config.value;
    const before = Object.entries(routes).map(([name, upstream]) => ({ name, upstream }));
    return { before, configured: allowedIps };
  }

  /** Sets aside what was typed; an installation finds its own answers as they were. */
  leave(): void {
    const { store } = this.#context;
    const { draft, routing } = store.getState();
    if (!routing) return;
    this.#left = { over: routing.before, typed: routesDraftOf(draft) };
    store.setState({ routing: undefined, draft: { ...draft, ...routing.aside }, probes: {} });
  }

  /** It is done: the deployment's own answers are others now. */
  async done(): Promise<void> {
    const { store, world } = this.#context;
    this.#left = undefined;
    const ports = await world.ports(portNeeds(store.getState().draft));
    const { answers } = await deployedAt(ports, this.#context);
    const text = await ports.files.readText(answers, largest).catch(() => undefined);
    if (text === undefined) return;
    store.setState(({ draft, routing }) => {
      const given = { ...draft.given, ...storedIn(text, answers) };
      for (const id of stored) if (storedIn(text, answers)[id] === undefined) delete given[id];
      const aside = routesDraftOf(draftFrom(given, draft.cwd));
      return { draft: { ...draft, given }, ...(routing ? { routing: { ...routing, aside } } : {}) };
    });
  }
}

function storedIn(text: string, source: string): RawAnswers {
  let data: unknown;
  try {
    ({ data } = parseYaml(source, text));
  } catch {
    // Whoever broke it is told so by the next command that needs it.
    return {};
  }
  return Object.fromEntries(
    stored.flatMap((id) => {
      const value = valueAt(data, installQuestions[id].key.split('.'));
      return value === undefined ? [] : [[id, { value, source, stored: true as const }]];
    }),
  );
}

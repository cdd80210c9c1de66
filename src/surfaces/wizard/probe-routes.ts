import { resolve } from 'node:path';
import { parseRoute } from '../../domain/route.ts';
import { explainProbe } from '../../domain/route-probe.ts';
import { namedFile } from '../../steps/install/observe-certificates.ts';
import { upstreamFromHost } from '../../steps/install/upstream-from-host.ts';
import { isSample } from './draft.ts';
import { deploymentOf, portNeeds, type WizardContext } from './wizard-context.ts';

const probeTimeoutMs = 5_000;

/** Asks upstreams from this host and shows each answer beside its route as it arrives. */
export class RouteProbes {
  readonly #context: WizardContext;
  #run = 0;

  constructor(context: WizardContext) {
    this.#context = context;
  }

  /** Asks those that were not asked yet, or with `again` all. */
  start(again: boolean): void {
    const { store } = this.#context;
    const { draft, probes } = store.getState();
    if (again) {
      this.#run += 1;
      store.setState({ probes: {} });
    }
    for (const { name, upstream } of draft.routes) {
      if (again || probes[upstream] === undefined) void this.#ask(name, upstream, this.#run);
    }
  }

  async #ask(name: string, upstream: string, run: number): Promise<void> {
    const { store, signal } = this.#context;
    const show = (probe: NonNullable<ReturnType<typeof store.getState>['probes'][string]>) => {
      if (run !== this.#run || signal.aborted) return;
      store.setState(({ probes }) => ({ probes: { ...probes, [upstream]: probe } }));
    };
    const route = parseRoute(name, upstream);
    if (!route.ok) return;
    show({ status: 'busy' });
    try {
      show(await this.#answer(route.value, upstream));
    } catch (error) {
      show({ status: 'warn', found: error instanceof Error ? error.message : 'no answer' });
    }
  }

  async #answer(
    route: Extract<ReturnType<typeof parseRoute>, { ok: true }>['value'],
    upstream: string,
  ) {
    const { store, world } = this.#context;
    const { draft } = store.getState();
    const ports = await world.ports(portNeeds(draft));
    const containers = await ports.engine
      .containers({ workingDir: deploymentOf(this.#context).dir })
      .catch(() => []);
    if (isSample(upstream) && !containers.some((each) => each.state === 'running'))
      return { status: 'skip', found: 'answers once the stack runs' } as const;
    const url = upstreamFromHost(upstream, containers);
    const caPem =
      draft.upstreamCa === ''
        ? undefined
        : await namedFile(ports, resolve(draft.cwd, draft.upstreamCa), '--upstream-ca');
    const answer =
      url === undefined
        ? ({ kind: 'unreachable', code: 'no address yet' } as const)
        : await ports.mcp.probe(url, probeTimeoutMs, {
            systemCas: draft.upstreamSystemCas,
            ...(caPem === undefined ? {} : { caPem }),
          });
    const { status, found, fix } = explainProbe(route, answer, {
      domain: draft.domain,
      caConfigured: draft.upstreamSystemCas || caPem !== undefined,
    });
    return { status, found, ...(fix === undefined ? {} : { fix }) };
  }
}

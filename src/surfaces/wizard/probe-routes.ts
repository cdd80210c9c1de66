import { resolve } from 'node:path';
import { parseRoute, type Route } from '../../domain/route.ts';
import { explainProbe } from '../../domain/route-probe.ts';
import type { McpAnswer, UpstreamTrust } from '../../ports/mcp-client.ts';
import { namedFile } from '../../steps/install/observe-certificates.ts';
import type { InstallPorts } from '../../steps/install/ports.ts';
import { upstreamFromHost } from '../../steps/install/upstream-from-host.ts';
import { isSample } from './draft.ts';
import { deploymentOf, portNeeds, type WizardContext } from './wizard-context.ts';

const probeTimeoutMs = 5_000;
/** A server of the stack that has just been started gets this long before its silence counts. */
const startMs = 15_000;
const lookEveryMs = 300;

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

  async #answer(route: Route, upstream: string) {
    const { store, world } = this.#context;
    const { draft } = store.getState();
    const ports = await world.ports(portNeeds(draft));
    const caPem =
      draft.upstreamCa === ''
        ? undefined
        : await namedFile(ports, resolve(draft.cwd, draft.upstreamCa), '--upstream-ca');
    const trust = { systemCas: draft.upstreamSystemCas, ...(caPem === undefined ? {} : { caPem }) };
    const answer = await this.#askUntilUp(ports, route, upstream, trust);
    if (!answer) return { status: 'skip', found: 'answers once the stack runs' } as const;
    const { status, found, fix } = explainProbe(route, answer, {
      domain: draft.domain,
      caConfigured: draft.upstreamSystemCas || caPem !== undefined,
    });
    return { status, found, ...(fix === undefined ? {} : { fix }) };
  }

  /** Asks once, or until a server of the stack that has just been started answers; undefined without the stack. */
  async #askUntilUp(
    { engine, mcp, clock }: InstallPorts,
    { upstream: { host } }: Route,
    upstream: string,
    trust: UpstreamTrust,
  ): Promise<McpAnswer | undefined> {
    const { dir } = deploymentOf(this.#context);
    for (;;) {
      const containers = await engine.containers({ workingDir: dir }).catch(() => []);
      if (isSample(upstream) && !containers.some(({ state }) => state === 'running'))
        return undefined;
      const url = upstreamFromHost(upstream, containers);
      const answer: McpAnswer =
        url === undefined
          ? { kind: 'unreachable', code: 'no address yet' }
          : await mcp.probe(url, probeTimeoutMs, trust);
      const startedAt = containers.find(({ service }) => service === host)?.startedAt;
      const age = clock.now().getTime() - (startedAt?.getTime() ?? 0);
      const isSilent = answer.kind === 'unreachable' || answer.kind === 'timeout';
      if (!isSilent || age < 0 || age >= startMs) return answer;
      await clock.sleep(lookEveryMs, this.#context.signal);
    }
  }
}

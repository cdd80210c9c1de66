import { cleanLine } from '../../domain/log-line.ts';
import { followService, type ServiceLine } from '../../steps/follow-logs.ts';
import { Batch } from './batch.ts';
import { logView } from './install-run.ts';
import { appendLogs } from './log-buffer.ts';
import { deploymentOf, portNeeds, type WizardContext } from './wizard-context.ts';

const redrawMs = 66;

/** The live tail of a running stack, all services merged as their lines arrive. */
export class LogTail {
  readonly #context: WizardContext;
  #stop: AbortController | undefined;

  constructor(context: WizardContext) {
    this.#context = context;
  }

  /** Follows from the containers' current start on; lines of an earlier tail are forgotten. */
  start(): void {
    this.stop();
    const stop = new AbortController();
    this.#stop = stop;
    this.#context.store.setState({ logs: [], dropped: 0, paused: false });
    void this.#follow(AbortSignal.any([this.#context.signal, stop.signal])).catch(
      (error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        this.#add([
          { service: 'mcp-tunnel', text: `The logs cannot be read: ${text}`, at: undefined },
        ]);
      },
    );
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = undefined;
  }

  #add(lines: readonly ServiceLine[]): void {
    this.#context.store.setState((state) =>
      appendLogs(state, lines, ({ service, text, at }) => logView(service, cleanLine(text), at)),
    );
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { store, world } = this.#context;
    const ports = await world.ports(portNeeds(store.getState().draft));
    const list = async () =>
      (await ports.engine.containers({ workingDir: deploymentOf(this.#context).dir })).filter(
        (each) => !each.oneOff,
      );
    const names = [...new Set((await list()).map((each) => each.service))].sort();
    const batch = new Batch<ServiceLine>(redrawMs, (lines) => this.#add(lines));
    try {
      await Promise.all(
        names.map((service) =>
          followService(
            ports,
            async () => (await list()).find((each) => each.service === service),
            { onStart: () => undefined, onLine: (line) => batch.add(line) },
            signal,
          ),
        ),
      );
    } finally {
      batch.close();
    }
  }
}

import { cleanLine } from '../../domain/log-line.ts';
import { maskCredentials } from '../../domain/log-secrets.ts';
import { LastLines } from '../../steps/logs/last-lines.ts';
import type { ServiceLine } from '../../steps/logs/service-line.ts';
import { type TailItem, tailLogs } from '../../steps/logs/tail-logs.ts';
import { Batch } from './batch.ts';
import { logView } from './install-run.ts';
import { appendLogs, keptLines } from './log-buffer.ts';
import { deploymentOf, portNeeds, type WizardContext } from './wizard-context.ts';

const redrawMs = 66;

/** The live tail of a running stack, all services in the order of their times. */
export class LogTail {
  readonly #context: WizardContext;
  #stop: AbortController | undefined;

  constructor(context: WizardContext) {
    this.#context = context;
  }

  /** Follows from the last lines that are there on; lines of an earlier tail are forgotten. */
  start(): void {
    this.stop();
    const stop = new AbortController();
    this.#stop = stop;
    this.#context.store.setState({ logs: [], dropped: 0, paused: false });
    void this.#follow(AbortSignal.any([this.#context.signal, stop.signal])).catch(
      (error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        this.#add([ownLine(`The logs cannot be read: ${text}`)]);
      },
    );
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = undefined;
  }

  #add(lines: readonly ServiceLine[]): void {
    this.#context.store.setState((state) =>
      appendLogs(state, lines, ({ service, text, at }) =>
        logView(service, maskCredentials(cleanLine(text)), at),
      ),
    );
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { store, world } = this.#context;
    const ports = await world.ports(portNeeds(store.getState().draft));
    const find = async () =>
      (await ports.engine.containers({ workingDir: deploymentOf(this.#context).dir })).filter(
        (each) => !each.oneOff,
      );
    const batch = new Batch<ServiceLine>(redrawMs, (lines) => this.#add(lines));
    let before: LastLines<ServiceLine> | undefined = new LastLines(keptLines);
    try {
      const request = { find, follow: true, tail: keptLines };
      for await (const items of tailLogs(ports, request, signal)) {
        for (const item of items) {
          if (item.kind === 'live') {
            for (const line of before?.take() ?? []) batch.add(line);
            before = undefined;
            continue;
          }
          const line = lineOf(item);
          if (before) before.push(line);
          else batch.add(line);
        }
      }
    } finally {
      batch.close();
    }
  }
}

function ownLine(text: string): ServiceLine {
  return { service: 'mcp-tunnel', text, at: undefined };
}

function lineOf(item: Exclude<TailItem, { kind: 'live' }>): ServiceLine {
  if (item.kind === 'line') return item;
  if (item.kind === 'start') return ownLine(`${item.service}: ${item.how}`);
  return ownLine(`${item.service ?? 'The engine'}: ${item.failure.summary}`);
}

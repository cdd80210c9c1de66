import { diagnose } from '../../diagnosis/diagnose.ts';
import { services } from '../../domain/deployment.ts';
import { cleanLine } from '../../domain/log-line.ts';
import type { ContainerInfo } from '../../ports/engine.ts';
import type { InstallPorts } from '../install/ports.ts';
import { followContainers } from '../logs/follow-containers.ts';

/** Why callers do not accept what a proxy shows them, and the line that says so. */
export interface Refusal {
  readonly id: 'ca-not-registered' | 'server-certificate-refused';
  readonly line: string;
}

/** What live calls have told of a proxy's certificate. */
export class CallWatch {
  #accepted = false;
  readonly #onRefusal: (refusal: Refusal) => void;

  /** @param onRefusal told at once, as often as it happens. */
  constructor(onRefusal: (refusal: Refusal) => void) {
    this.#onRefusal = onRefusal;
  }

  /** True once a call came through: only then has somebody accepted the certificate. */
  get accepted(): boolean {
    return this.#accepted;
  }

  /** Reads the proxy's log as it grows, until the signal aborts; never throws. */
  async follow(
    ports: Pick<InstallPorts, 'engine' | 'clock'>,
    find: () => Promise<ContainerInfo | undefined>,
    signal: AbortSignal,
  ): Promise<void> {
    const listener = {
      onStart: () => undefined,
      onLine: (_proxy: ContainerInfo, { text }: { readonly text: string }) => this.#read(text),
      // Without its log nothing is known of calls: that fails nothing.
      onTrouble: () => undefined,
    };
    const found = async () => [(await find()) ?? []].flat();
    await followContainers(ports, { find: found, from: 'current-start' }, listener, signal);
  }

  #read(text: string): void {
    const id = diagnose({ service: services.proxy, text })?.id;
    if (id === 'request-started') this.#accepted = true;
    if (id === 'ca-not-registered' || id === 'server-certificate-refused')
      this.#onRefusal({ id, line: cleanLine(text) });
  }
}

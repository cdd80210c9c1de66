import type { CaRegistrar } from '../../ports/ca-registrar.ts';
import type { Certificates } from '../../ports/certificates.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Compose, Engine } from '../../ports/engine.ts';
import type { Files, OwnedFiles } from '../../ports/files.ts';
import type { Host } from '../../ports/host.ts';
import type { Locks } from '../../ports/lock.ts';
import type { McpClient, VendorSide } from '../../ports/mcp-client.ts';
import type { Network } from '../../ports/network.ts';
import type { ProgramStore } from '../../ports/program-store.ts';
import type { ProxyTls } from '../../ports/proxy-tls.ts';
import type { Scheduler } from '../../ports/scheduler.ts';

/** Everything the installation touches the world through. */
export interface InstallPorts {
  readonly files: Files;
  readonly ownedFiles: OwnedFiles;
  readonly engine: Engine;
  readonly compose: Compose;
  readonly certificates: Certificates;
  readonly network: Network;
  readonly mcp: McpClient;
  /** Absent where nobody can register the CA but a person in the Console. */
  readonly registrar?: CaRegistrar;
  /** Absent where the vendor's side cannot be asked. */
  readonly vendorSide?: VendorSide;
  /** Absent where no proxy can be reached by its address. */
  readonly proxyTls?: ProxyTls;
  /** Absent where nothing can be started by itself, or no copy of this program made. */
  readonly scheduler?: Scheduler;
  readonly programs?: ProgramStore;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly host: Host;
}

/** What the installation was pointed at, beside the answers. */
export interface InstallSettings {
  readonly apiUrl: string;
  readonly toolVersion: string;
  /** argv that runs this program again on the same deployment, for next steps. */
  readonly self: readonly string[];
  readonly rehearsal: boolean;
  /** Longest wait for the connections, milliseconds. */
  readonly startTimeoutMs: number;
  /** What units must know of the operator's shell. */
  readonly surroundings?: {
    /** Where temporary files go. */
    readonly tmpdir: string | undefined;
    readonly dockerConfig: string | undefined;
  };
}

import type { CaRegistrar } from '../../ports/ca-registrar.ts';
import type { Certificates } from '../../ports/certificates.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Compose, Engine } from '../../ports/engine.ts';
import type { Files, OwnedFiles } from '../../ports/files.ts';
import type { Host } from '../../ports/host.ts';
import type { Locks } from '../../ports/lock.ts';
import type { McpClient, VendorSide } from '../../ports/mcp-client.ts';
import type { Network } from '../../ports/network.ts';
import type { ProxyTls } from '../../ports/proxy-tls.ts';

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
  /** Absent where no proxy can be reached but through the vendor's side. */
  readonly proxyTls?: ProxyTls;
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
}

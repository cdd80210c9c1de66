import type { Secret } from '../../domain/secret.ts';
import type { InstallPorts } from '../install/ports.ts';

/** What `doctor` looks through; it changes nothing by any of it. */
export type DoctorPorts = InstallPorts;

/** What `doctor` was pointed at. */
export interface DoctorSettings {
  /** argv of this program, for commands to type: `mcp-tunnel` or `mcp-tunnel rehearse`. */
  readonly self: readonly string[];
  readonly rehearsal: boolean;
  readonly apiUrl: string;
  readonly toolVersion: string;
  /** Names of variables of the operator's shell that Compose or cloudflared go by. */
  readonly shell: readonly string[];
  /** Values of that shell that must never be repeated. */
  readonly shellSecrets: readonly Secret[];
}

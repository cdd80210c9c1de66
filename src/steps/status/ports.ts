import type { InstallPorts } from '../install/ports.ts';

/** What `status` looks through; it changes nothing by any of it. */
export type StatusPorts = Pick<
  InstallPorts,
  | 'files'
  | 'engine'
  | 'certificates'
  | 'mcp'
  | 'clock'
  | 'locks'
  | 'host'
  | 'proxyTls'
  | 'vendorSide'
  | 'scheduler'
  | 'programs'
>;

/** What `status` was pointed at. */
export interface StatusSettings {
  /** argv of this program, for commands to type: `mcp-tunnel` or `mcp-tunnel rehearse`. */
  readonly self: readonly string[];
  /** In a rehearsal this host's own files say nothing about the pretended engine. */
  readonly rehearsal: boolean;
}

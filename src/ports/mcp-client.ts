import type { McpAnswer } from '../domain/mcp-answer.ts';

export type { McpAnswer, McpTool } from '../domain/mcp-answer.ts';

export interface ToolAnswer {
  readonly isError: boolean;
  readonly text: string;
}

/** Whom to trust for an `https` upstream, as the proxy's `upstream.tls` says (facts 4.1). */
export interface UpstreamTrust {
  /** PEM with one or more CA certificates. */
  readonly caPem?: string;
  readonly systemCas: boolean;
}

/** Speaks MCP over Streamable HTTP from this host. */
export interface McpClient {
  /**
   * Asks `initialize` and `tools/list`, then ends the session. Never throws for what the other side
   * does. Without `trust`, the system's CAs decide.
   */
  probe(url: string, timeoutMs: number, trust?: UpstreamTrust): Promise<McpAnswer>;
}

/** Calls a routed tool from the vendor's side, through the tunnel: the only proof of level 4 (design 6). */
export interface VendorSide {
  /** In words, for the report: `Messages API`, `simulated edge`. */
  readonly name: string;
  /** @throws Failure `verification-failed` with the reason the vendor's side gave. */
  callTool(request: {
    url: string;
    tool: string;
    arguments: Readonly<Record<string, unknown>>;
    timeoutMs: number;
  }): Promise<ToolAnswer>;
  /**
   * SHA-256 of the certificate that the proxy shows for a tunnel host, lower-case hex. Absent where
   * the vendor's side does not tell.
   * @throws Failure `verification-failed` with the reason the vendor's side gave.
   */
  servedCertificate?(request: { host: string; timeoutMs: number }): Promise<string>;
}

export interface McpTool {
  readonly name: string;
  readonly description: string | undefined;
  /** True if it needs no arguments and does not say of itself that it changes something. */
  readonly callable?: true;
  /** True if it says of itself that it only reads. */
  readonly readOnly?: true;
}

/** What an upstream said to MCP `initialize` and `tools/list`. Texts in it are cleaned and short. */
export type McpAnswer =
  | {
      readonly kind: 'mcp';
      readonly serverName: string;
      readonly serverVersion: string;
      readonly tools: readonly McpTool[];
    }
  /** An HTTP status outside 2xx; `location` where it is a redirect, which is never followed. */
  | { readonly kind: 'http'; readonly status: number; readonly location?: string }
  | { readonly kind: 'not-mcp'; readonly detail: string }
  /** Errno, TLS code, or `ERR_INVALID_URL`. */
  | { readonly kind: 'unreachable'; readonly code: string }
  | { readonly kind: 'timeout' };

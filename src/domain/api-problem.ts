/**
 * Why the Messages API gave no message. Texts in it are cleaned and short, and may hold what the other
 * side echoes: they are masked before anybody sees them.
 */
export type ApiProblem =
  | {
      /** An error in the API's own form (facts 2). */
      readonly kind: 'refused';
      readonly status: number;
      /** `invalid_request_error` and the like; empty if it has none. */
      readonly type: string;
      readonly message: string;
      /** For the vendor's support. */
      readonly requestId?: string;
      /** The workspace that the key belongs to, where the API tells. */
      readonly workspaceId?: string;
      /** Seconds or a date, as the API said. */
      readonly retryAfter?: string;
    }
  /** An HTTP answer that is not the API's: of a proxy, a portal, another server. */
  | { readonly kind: 'foreign'; readonly status: number; readonly detail: string }
  /** Errno, TLS code, or `unknown`. */
  | { readonly kind: 'unreachable'; readonly code: string; readonly byProxy: boolean }
  | { readonly kind: 'timeout'; readonly afterMs: number };

export type RefusedCall = Extract<ApiProblem, { kind: 'refused' }>;

/** What an error of the API says about the MCP server, if it is about that at all. */
export type ServerTrouble =
  | { readonly kind: 'connection' }
  | { readonly kind: 'authorization' }
  | { readonly kind: 'http'; readonly status: number }
  | { readonly kind: 'protocol' };

/**
 * Reads the words with which the MCP connector tells of a server (facts 7.1). They were observed, not
 * documented, and are matched loosely: what stands in quotes is a name and says nothing.
 */
export function serverTrouble(status: number, message: string): ServerTrouble | undefined {
  if (status !== 400 && status < 500) return undefined;
  const words = message.replaceAll(/'[^']*'|"[^"]*"|“[^”]*”/g, '').toLowerCase();
  // `mcp_servers.0.url: …` is about the request, not about the server.
  if (!/\bmcp server\b/.test(words)) return undefined;
  const http = /\bhttp[ :/]*(?:status[ :]*)?([1-5]\d\d)\b/.exec(words);
  const code = http ? Number(http[1]) : undefined;
  if (code === 401 || /authoriz|authenticat/.test(words)) return { kind: 'authorization' };
  if (code !== undefined) return { kind: 'http', status: code };
  if (/connect|unavailable|unresponsive|time[d-]? ?out|reach|closed|refused/.test(words))
    return { kind: 'connection' };
  return { kind: 'protocol' };
}

import type { McpClient } from '../ports/mcp-client.ts';
import type { NetworkTable } from './container/network-table.ts';

/**
 * Asks MCP servers of a rehearsal: a pretend container address leads to the loopback port of the
 * process that plays it; every other URL is asked as it is.
 */
export function rehearsalMcpClient(table: NetworkTable, real: McpClient): McpClient {
  return {
    async probe(url, timeoutMs, trust) {
      const target = new URL(url);
      const namespace = table.namespaceOf(target.hostname);
      if (namespace === undefined) return real.probe(url, timeoutMs, trust);
      const port = table.realPort(namespace, Number(target.port || 80));
      if (port === undefined) return { kind: 'unreachable', code: 'ECONNREFUSED' };
      target.hostname = '127.0.0.1';
      target.port = String(port);
      return real.probe(target.href, timeoutMs, trust);
    },
  };
}

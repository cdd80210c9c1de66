import { Failure } from '../domain/failure.ts';
import type { ProxyTls } from '../ports/proxy-tls.ts';
import type { NetworkTable } from './container/network-table.ts';

/** Asks the proxies of a rehearsal: a pretend container address leads to its process's loopback port. */
export function rehearsalProxyTls(table: NetworkTable, real: ProxyTls): ProxyTls {
  return {
    async servedCertificate({ address, port, ...rest }) {
      const namespace = table.namespaceOf(address);
      const found = namespace === undefined ? undefined : table.realPort(namespace, port);
      if (found !== undefined)
        return real.servedCertificate({ ...rest, address: '127.0.0.1', port: found });
      throw new Failure('verification-failed', `No TLS handshake with ${address}:${port}.`, {
        found: `connect ECONNREFUSED ${address}:${port}`,
        expected: 'a WebSocket with TLS inside',
      });
    },
  };
}

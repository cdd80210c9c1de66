import { lookup } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import type { ContainerView } from './container-view.ts';
import { ErrnoError } from './errno.ts';
import { listening } from './listening.ts';
import { readMounted } from './mounted-file.ts';
import { NetworkTable } from './network-table.ts';
import type { RehearsalSettings } from './settings.ts';

/**
 * A pretend container: files through the mounts as its user, names and ports through the network
 * table. Nothing outside the rehearsal is resolved or dialled except the hosts the settings name.
 */
export function rehearsedView(settings: RehearsalSettings): ContainerView {
  const table = new NetworkTable(settings.networkDir);
  const outside = new Set(settings.outsideHosts.map((host) => host.toLowerCase()));
  /** Addresses that an allowed outside name resolved to. */
  const outsideAddresses = new Set(settings.outsideHosts.filter((host) => isIPv4(host)));

  return {
    rehearsed: true,
    readFile: (path) => readMounted(path, settings),
    resolve: async (host) => {
      if (isIPv4(host)) return [host];
      if (host === 'localhost') return ['127.0.0.1'];
      const address = table.address(host);
      if (address !== undefined) return [address];
      if (!outside.has(host.toLowerCase())) throw new ErrnoError('ENOTFOUND', host);
      const found = (await lookup(host, { family: 4, all: true })).map((answer) => answer.address);
      for (const each of found) outsideAddresses.add(each);
      return found;
    },
    dialTarget: (address, port) => {
      const own = address.startsWith('127.');
      const namespace = own ? settings.namespace : table.namespaceOf(address);
      if (namespace === undefined) {
        if (outsideAddresses.has(address)) return { host: address, port };
        throw new ErrnoError('EHOSTUNREACH', `${address}:${port}`);
      }
      const realPort = table.realPort(namespace, port);
      if (realPort === undefined) throw new ErrnoError('ECONNREFUSED', `${address}:${port}`);
      return { host: '127.0.0.1', port: realPort };
    },
    listen: async (server, port) => {
      if (table.realPort(settings.namespace, port) !== undefined) {
        throw new ErrnoError('EADDRINUSE', `port ${port}`);
      }
      await listening(server, 0, '127.0.0.1');
      const bound = server.address();
      if (bound === null || typeof bound === 'string') throw new Error('no TCP port was bound');
      table.bind(settings.namespace, port, bound.port);
      server.once('close', () => table.unbind(settings.namespace, port));
    },
  };
}

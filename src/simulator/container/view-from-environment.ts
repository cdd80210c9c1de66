import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import type { ContainerView } from './container-view.ts';
import { listening } from './listening.ts';
import { rehearsedView } from './rehearsed-view.ts';
import { settingsFromEnvironment } from './settings.ts';

/** The view that the environment asks for: a rehearsal's, or that of the real container. */
export function viewFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): ContainerView {
  const settings = settingsFromEnvironment(env);
  return settings ? rehearsedView(settings) : realView();
}

/** The real container: nothing is translated. */
export function realView(): ContainerView {
  return {
    rehearsed: false,
    readFile: (path) => readFile(path),
    resolve: async (host) =>
      isIPv4(host)
        ? [host]
        : (await lookup(host, { family: 4, all: true })).map(({ address }) => address),
    dialTarget: (address, port) => ({ host: address, port }),
    listen: (server, port, host) => listening(server, port, host),
  };
}

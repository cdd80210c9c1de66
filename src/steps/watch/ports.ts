import type { InstallPorts } from '../install/ports.ts';

/** What `watch` works through. */
export type WatchPorts = Pick<
  InstallPorts,
  'files' | 'engine' | 'compose' | 'clock' | 'locks' | 'host'
>;

import { join } from 'node:path';
import { deploymentAt } from '../../domain/deployment.ts';
import type { ProgramRole } from './program-role.ts';

/** Bundled programs and the Node that runs them. */
export interface Programs {
  readonly node: string;
  readonly files: Readonly<Record<ProgramRole, string>>;
}

/** Programs in a build's `dist/simulator`. */
export function programsIn(folder: string, node: string): Programs {
  return {
    node,
    files: {
      proxy: join(folder, 'mcp-proxy.js'),
      cloudflared: join(folder, 'cloudflared.js'),
      sample: join(folder, 'sample-server.js'),
    },
  };
}

/** Where a rehearsal keeps what a real engine and the vendor would remember. */
export interface RehearsalPlace {
  readonly deploymentDir: string;
  readonly console: string;
  readonly containers: string;
  readonly images: string;
  readonly owners: string;
  /** Of one command only. */
  readonly networkDir: string;
  readonly logsDir: string;
}

export function rehearsalPlace(deploymentDir: string, networkDir: string): RehearsalPlace {
  const dir = deploymentAt(deploymentDir).rehearsalDir;
  return {
    deploymentDir,
    console: join(dir, 'console.json'),
    containers: join(dir, 'containers.json'),
    images: join(dir, 'images.json'),
    owners: join(dir, 'owners.json'),
    networkDir,
    logsDir: join(dir, 'logs'),
  };
}

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An engine and a Compose that are used together. */
export interface Flavour {
  /** Part of folder names and test names. */
  readonly name: 'engine-20.10' | 'engine-26.1';
  readonly compose: 'v1' | 'v2';
  /** Folders put before the machine's PATH. */
  readonly path: readonly string[];
  /** DOCKER_CONFIG with the Compose plugin; undefined where Compose is `docker-compose`. */
  readonly dockerConfig: string | undefined;
}

export interface Parts {
  readonly flavours: readonly Flavour[];
  /** Root of an image with Python and the MCP SDK; undefined where a Node server stands in. */
  readonly python: { readonly tar: string; readonly about: string } | undefined;
}

/** Programs of Debian 12 that scripts/e2e-parts.sh installs. */
const programs = [
  'dockerd',
  'docker',
  'docker-compose',
  'docker-registry',
  'tini',
  'nsenter',
  'unshare',
  'setpriv',
];

/**
 * What scripts/e2e-parts.sh has laid out, or why the tests on a real engine cannot run. The folder
 * is named by MCP_TUNNEL_E2E_PARTS; without it no engine is offered.
 */
export function findParts(env: NodeJS.ProcessEnv): Parts | { readonly missing: string } {
  const folder = env['MCP_TUNNEL_E2E_PARTS'];
  if (env['MCP_TUNNEL_E2E_REFUSED']) return { missing: env['MCP_TUNNEL_E2E_REFUSED'] };
  if (!folder)
    return {
      missing:
        'no Docker Engine is offered here (MCP_TUNNEL_E2E_PARTS is not set; see test/e2e/README.md)',
    };
  if (process.getuid?.() !== 0)
    return { missing: 'starting a Docker Engine of our own needs root' };
  const absent = programs.filter((name) => spawnSync('which', [name]).status !== 0);
  if (absent.length > 0)
    return { missing: `not installed: ${absent.join(', ')} (run scripts/e2e-parts.sh)` };
  const newer = join(folder, 'engine-26.1');
  if (!existsSync(newer)) return { missing: `no ${newer} (run scripts/e2e-parts.sh ${folder})` };
  const python = join(folder, 'python');
  return {
    flavours: [
      { name: 'engine-20.10', compose: 'v1', path: [], dockerConfig: undefined },
      {
        name: 'engine-26.1',
        compose: 'v2',
        path: [join(newer, 'usr/sbin'), join(newer, 'usr/bin')],
        dockerConfig: join(newer, 'config'),
      },
    ],
    python: existsSync(python)
      ? { tar: join(python, 'root.tar'), about: readFileSync(join(python, 'about'), 'utf8').trim() }
      : undefined,
  };
}

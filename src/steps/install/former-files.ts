import { relative } from 'node:path';
import { backupInto } from '../backup-file.ts';
import type { InstallStep } from './step.ts';
import type { InstallWorld } from './world.ts';

/**
 * The proxy's configuration under the name that it had in a stack made by hand, once the new one is
 * in use. One outside the directory is its owner's.
 */
function formerConfig({ deployment, found, files }: InstallWorld): string | undefined {
  const path = found.proxyConfig;
  const isOutside = relative(deployment.dir, path).startsWith('..');
  if (path === deployment.proxyConfig || isOutside || !files.get(path)?.stat) return undefined;
  return path;
}

/** What a stack made by hand had under other names. A copy stays in the backups. */
export const formerFiles: InstallStep = {
  id: 'former-files',
  title: 'Files under former names',
  plan(_answers, world) {
    const path = formerConfig(world);
    if (path === undefined) return [];
    const { deployment } = world;
    const successor = relative(deployment.dir, deployment.proxyConfig);
    return [
      {
        action: 'remove',
        what: relative(deployment.dir, path),
        path,
        why: `${successor} is in its place; a copy stays in .mcp-tunnel/backups`,
        undoable: false,
      },
    ];
  },
  async run({ world, ports }) {
    const path = formerConfig(world);
    if (path === undefined || !(await ports.files.stat(path))) return;
    await backupInto(world.deployment, ports.files, ports.clock)(path);
    await ports.files.remove(path);
  },
};

import { type Change, formatMode } from '../domain/change.ts';
import type { Deployment } from '../domain/deployment.ts';
import type { FileStat } from '../ports/files.ts';

/**
 * The line of a plan for the folder that the runner makes where mcp-tunnel has not worked before, as
 * in a stack made by hand; none where it is there.
 */
export function planStateFolder(
  { stateDir }: Pick<Deployment, 'stateDir'>,
  stat: FileStat | undefined,
): readonly Change[] {
  if (stat) return [];
  return [
    {
      action: 'create',
      what: '.mcp-tunnel/, journal and backups of mcp-tunnel',
      path: stateDir,
      mode: formatMode(0o700),
      why: 'all else stays laid out as it is',
      undoable: true,
    },
  ];
}

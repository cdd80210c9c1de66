import { relative } from 'node:path';
import { type Change, formatMode } from '../../domain/change.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { Failure } from '../../domain/failure.ts';
import { describeKind } from '../describe-kind.ts';
import type { InstallStep } from './step.ts';

interface WantedDirectory {
  readonly path: string;
  readonly mode: number;
  readonly why?: string;
}

/** Folders and their modes (design 5): 0711 lets the containers' user reach its own file and list nothing. */
function wantedDirectories(deployment: Deployment): readonly WantedDirectory[] {
  return [
    { path: deployment.dir, mode: 0o700 },
    { path: deployment.stateDir, mode: 0o700 },
    { path: deployment.configDir, mode: 0o755 },
    { path: deployment.dataDir, mode: 0o711 },
    { path: deployment.credentialsDir, mode: 0o711 },
  ];
}

function planDirectory(
  deployment: Deployment,
  wanted: WantedDirectory,
  mode: number | undefined,
): Change {
  const name = relative(deployment.dir, wanted.path) || wanted.path;
  const line = {
    what: `${name}/`,
    path: wanted.path,
    mode: formatMode(wanted.mode),
    undoable: true,
  };
  if (mode === undefined) return { action: 'create', ...line };
  if (mode === wanted.mode) return { action: 'keep', ...line };
  return { action: 'change', ...line, why: `its mode is ${formatMode(mode)}` };
}

/** The deployment's folders, made before a container's bind mount makes them as root. */
export const directories: InstallStep = {
  id: 'directories',
  title: 'Directories',
  plan: (_answers, { deployment, directories: found }) =>
    wantedDirectories(deployment).map((wanted) => {
      const stat = found.get(wanted.path);
      if (stat && stat.kind !== 'directory') {
        throw new Failure('directory-unusable', `${wanted.path} is not a directory.`, {
          found: describeKind(stat.kind),
          expected: 'a directory, or nothing',
          nextSteps: [`ls -ld ${wanted.path}`, 'Move it away or choose another place with --dir.'],
        });
      }
      return planDirectory(deployment, wanted, stat?.mode);
    }),
  async run({ ports, world, undo }) {
    for (const wanted of wantedDirectories(world.deployment)) {
      if (!(await ports.files.stat(wanted.path)))
        await undo.record({ kind: 'created', path: wanted.path });
      await ports.files.makeDirectory(wanted.path, wanted.mode);
      const stat = await ports.files.stat(wanted.path);
      if (stat?.mode !== wanted.mode) await ports.files.setMode(wanted.path, wanted.mode);
    }
  },
};

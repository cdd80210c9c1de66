import { join } from 'node:path';
import { composeFileNames, type Deployment, deploymentAt } from '../domain/deployment.ts';
import { Failure } from '../domain/failure.ts';
import type { Files } from '../ports/files.ts';

type Stats = Pick<Files, 'stat'>;

async function isAny(files: Stats, paths: readonly string[]): Promise<boolean> {
  const stats = await Promise.all(paths.map((path) => files.stat(path)));
  return stats.some((stat) => stat !== undefined);
}

function missing(dir: string, composeFile: string, install = 'mcp-tunnel install'): Failure {
  return new Failure('deployment-missing', `There is no deployment in ${dir}.`, {
    found: `no ${composeFile}`,
    nextSteps: ['Name its directory with --dir.', `Or install first: ${install}`],
  });
}

/** @throws Failure `deployment-missing` for a directory without a file of Compose, whoever has made it. */
export async function assertDeployment(files: Stats, dir: string): Promise<void> {
  const names = composeFileNames.map((name) => join(dir, name));
  if (!(await isAny(files, names))) throw missing(dir, deploymentAt(dir).composeFile);
}

/** @throws Failure `deployment-missing` without the Compose file that an operation works on. */
export async function assertDeployed(
  { files }: { readonly files: Stats },
  { dir, composeFile }: Deployment,
): Promise<void> {
  if (!(await isAny(files, [composeFile]))) throw missing(dir, composeFile);
}

/**
 * For what only looks: also the remains of a deployment have something to tell.
 * @param install the command that installs, as the operator types it.
 * @throws Failure `deployment-missing` if there is not even a journal or a CA.
 */
export async function assertRemains(
  { files }: { readonly files: Stats },
  { dir, composeFile, journal, caCertificate }: Deployment,
  install?: string,
): Promise<void> {
  if (await isAny(files, [composeFile, journal, caCertificate])) return;
  throw missing(dir, composeFile, install);
}

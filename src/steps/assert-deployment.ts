import { join } from 'node:path';
import { composeFileNames, deploymentAt } from '../domain/deployment.ts';
import { Failure } from '../domain/failure.ts';
import type { Files } from '../ports/files.ts';

/** @throws Failure `deployment-missing` for a directory without a file of Compose, whoever has made it. */
export async function assertDeployment(files: Pick<Files, 'stat'>, dir: string): Promise<void> {
  const stats = await Promise.all(composeFileNames.map((name) => files.stat(join(dir, name))));
  if (stats.some((stat) => stat !== undefined)) return;
  throw new Failure('deployment-missing', `There is no deployment in ${dir}.`, {
    found: `no ${deploymentAt(dir).composeFile}`,
    nextSteps: ['Name its directory with --dir.', 'Or install first: mcp-tunnel install'],
  });
}

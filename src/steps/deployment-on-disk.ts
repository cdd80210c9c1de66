import { join } from 'node:path';
import {
  composeFileNames,
  type Deployment,
  deploymentAt,
  overrideNames,
} from '../domain/deployment.ts';
import { readDeploymentLayout } from '../domain/read-layout.ts';
import type { Files } from '../ports/files.ts';

/** Larger files hold something else. */
const largest = 4 * 1024 * 1024;

/**
 * The deployment of a directory as it is laid out there, ours or made by hand; ours where there is
 * none yet. What cannot be read is left to whoever needs it: this never throws.
 */
export async function deploymentOnDisk(
  { readText }: Pick<Files, 'readText'>,
  dir: string,
): Promise<Deployment> {
  const textOf = (name: string) => readText(join(dir, name), largest).catch(() => undefined);
  const [composes, overrides, env] = await Promise.all([
    Promise.all(composeFileNames.map(textOf)),
    Promise.all(overrideNames.map(textOf)),
    textOf('.env'),
  ]);
  const at = composes.findIndex((text) => text !== undefined);
  const [composeFile, compose] = [composeFileNames[at], composes[at]];
  if (composeFile === undefined || compose === undefined) return deploymentAt(dir);
  const texts = {
    composeFile,
    compose,
    env,
    override: overrides.find((text) => text !== undefined),
  };
  const deployment = deploymentAt(dir, readDeploymentLayout(dir, texts));
  if (!deployment.layout.byHand) return deployment;
  const proxyConfig = await readText(deployment.proxyConfig, largest).catch(() => undefined);
  return deploymentAt(dir, readDeploymentLayout(dir, { ...texts, proxyConfig }));
}

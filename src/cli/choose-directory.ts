import { join, resolve } from 'node:path';
import { readLayout } from '../domain/compose-file.ts';
import type { Files } from '../ports/files.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';

/**
 * The deployment's directory (design 4): `--dir`; else this directory if it is a deployment, ours or made by hand; else
 * `mcp-tunnel` below it. Links on the way are resolved, so that one deployment has one name; the last
 * part stays as it is: a link there is refused later.
 */
export async function chooseDirectory(
  files: Files,
  cwd: string,
  given: string | undefined,
): Promise<string> {
  if (given !== undefined) {
    const path = resolve(cwd, given);
    return join(
      await files.resolve(resolve(path, '..')),
      path.slice(resolve(path, '..').length).replace(/^\/+/u, ''),
    );
  }
  const here = await files.resolve(cwd);
  const { composeFile, layout } = await deploymentOnDisk(files, here);
  const compose = await files.readText(composeFile);
  const isOurs = compose !== undefined && readLayout(compose) !== undefined;
  if (isOurs || layout.byHand) return here;
  return join(here, 'mcp-tunnel');
}

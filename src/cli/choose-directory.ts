import { join, resolve } from 'node:path';
import { readLayout } from '../domain/compose-file.ts';
import { deploymentAt } from '../domain/deployment.ts';
import type { Files } from '../ports/files.ts';

/**
 * The deployment's directory (design 4): `--dir`; else this directory if it is a deployment; else
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
  const compose = await files.readText(deploymentAt(here).composeFile);
  if (compose !== undefined && readLayout(compose) !== undefined) return here;
  return join(here, 'mcp-tunnel');
}

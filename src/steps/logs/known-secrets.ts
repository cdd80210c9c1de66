import { type Deployment, services } from '../../domain/deployment.ts';
import { readEnvToken } from '../../domain/env-file.ts';
import { Secret } from '../../domain/secret.ts';
import { longestTokenPaste } from '../../domain/tunnel-token.ts';
import type { ContainerInfo, Engine } from '../../ports/engine.ts';
import type { Files } from '../../ports/files.ts';

/** Where cloudflared finds its token (templates/docker-compose.yaml). */
const tokenMount = '/credentials/tunnel-token';
const longestEnv = 65_536;

/**
 * The secrets of a deployment that a program could print, to be masked in what is shown; those that
 * cannot be read are left out, for a log is worth showing without them (`maskCredentials` knows
 * tokens by their form). Nothing is changed, no failure is thrown.
 */
export async function knownSecrets(
  ports: { readonly files: Files; readonly engine: Pick<Engine, 'file'> },
  deployment: Pick<Deployment, 'tunnelToken' | 'envFile'>,
  containers: readonly ContainerInfo[],
): Promise<readonly Secret[]> {
  const found = await Promise.all([
    tokenInFile(ports, deployment, containers).catch(() => undefined),
    ports.files
      .readText(deployment.envFile, longestEnv)
      .then((text) => readEnvToken(text))
      .catch(() => undefined),
  ]);
  return found.flatMap((secret) => {
    if (secret === undefined) return [];
    return [typeof secret === 'string' ? new Secret(secret) : secret];
  });
}

/** From the disk, or, where only the containers' user may read it, from the engine. */
async function tokenInFile(
  { files, engine }: { readonly files: Files; readonly engine: Pick<Engine, 'file'> },
  { tunnelToken }: Pick<Deployment, 'tunnelToken'>,
  containers: readonly ContainerInfo[],
): Promise<string | undefined> {
  const stat = await files.stat(tunnelToken);
  if (stat?.kind !== 'file' || stat.size > longestTokenPaste) return undefined;
  const text = await files.readText(tunnelToken, longestTokenPaste).catch(() => undefined);
  if (text !== undefined) return text.trim();
  const running = containers.find(({ service }) => service === services.cloudflared);
  const bytes = running && (await engine.file(running.id, tokenMount));
  return bytes && Buffer.from(bytes).toString('utf8').trim();
}

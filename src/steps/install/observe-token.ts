import { literalTokens } from '../../domain/compose-list.ts';
import { type Deployment, services } from '../../domain/deployment.ts';
import { readEnvToken } from '../../domain/env-file.ts';
import { valueAt } from '../../domain/plain-data.ts';
import { Secret } from '../../domain/secret.ts';
import { parseYaml } from '../../domain/yaml-parse.ts';
import type { ContainerInfo } from '../../ports/engine.ts';
import type { ObservedFile } from '../planned-file.ts';
import type { InstallPorts } from './ports.ts';
import type { ObservedSecretFile } from './world.ts';

/** The deployment's token, wherever it is. */
export interface ObservedTokens {
  /** In `.env`. */
  readonly envToken: Secret | undefined;
  /** In the environment with which cloudflared's container was made; only where it may be there. */
  readonly runningToken: Secret | undefined;
  /** The one to go on with. */
  readonly deployedToken: Secret | undefined;
}

/** The token with which a container was made, by its environment. */
export async function tokenOfContainer(
  { engine }: Pick<InstallPorts, 'engine'>,
  id: string,
): Promise<Secret | undefined> {
  const made = await engine.details(id).catch(() => undefined);
  const item = made?.environment.find((each) => each.startsWith('TUNNEL_TOKEN='));
  const value = item?.slice('TUNNEL_TOKEN='.length);
  return value === undefined || value === '' ? undefined : new Secret(value);
}

function literalToken(compose: string | undefined): Secret | undefined {
  if (compose === undefined) return undefined;
  const stack = valueAt(parseYaml('', compose).data, ['services']);
  const [token] = literalTokens(valueAt(stack, [services.cloudflared]));
  return token === undefined ? undefined : new Secret(token);
}

/** Looks for the token in every place that the layout allows. */
export async function observeTokens(
  ports: InstallPorts,
  deployment: Deployment,
  seen: {
    readonly files: ReadonlyMap<string, ObservedFile>;
    readonly token: ObservedSecretFile | undefined;
    readonly containers: readonly ContainerInfo[];
    /** True if mcp-tunnel has worked here before. */
    readonly known: boolean;
  },
): Promise<ObservedTokens> {
  const source = deployment.layout.token.in;
  const cloudflared = seen.containers.find(({ service }) => service === services.cloudflared);
  const inFile =
    seen.token?.content === undefined ? undefined : new Secret(seen.token.content.reveal().trim());
  const envToken = readEnvToken(seen.files.get(deployment.envFile)?.text);
  if (source === 'file')
    return { envToken, runningToken: undefined, deployedToken: inFile ?? envToken };
  const runningToken = cloudflared && (await tokenOfContainer(ports, cloudflared.id));
  if (source === 'compose') {
    const literal = literalToken(seen.files.get(deployment.composeFile)?.text);
    return { envToken, runningToken, deployedToken: literal ?? runningToken ?? inFile };
  }
  // What runs is right, and .env may be forgotten; where we have worked, .env is the newer one.
  const given = seen.known ? [envToken, runningToken] : [runningToken, envToken];
  return { envToken, runningToken, deployedToken: [...given, inFile].find((each) => each) };
}

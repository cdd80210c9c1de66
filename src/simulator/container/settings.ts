/** A folder or file of the host as a container sees it. */
export interface PathMapping {
  /** Absolute path inside the container. */
  readonly container: string;
  /** Absolute path on the host. */
  readonly host: string;
}

/** What a rehearsed program is told about the container it pretends to run in (design 7). */
export interface RehearsalSettings {
  /** Mounts, from the Compose volumes. What lies outside of them does not exist. */
  readonly paths: readonly PathMapping[];
  /** The folder of a `NetworkTable`: pretend names, addresses and ports. */
  readonly networkDir: string;
  /** The program's own network namespace in that table. */
  readonly namespace: string;
  /** The deployment's folder; `ownersFile` has paths relative to it. */
  readonly deploymentDir: string;
  readonly ownersFile: string;
  readonly uid: number;
  readonly gid: number;
  /** Hosts outside the rehearsal that may be resolved and dialled for real. */
  readonly outsideHosts: readonly string[];
}

const variables = {
  paths: 'MCP_TUNNEL_SIM_PATHS',
  networkDir: 'MCP_TUNNEL_SIM_NETWORK',
  namespace: 'MCP_TUNNEL_SIM_NAMESPACE',
  deploymentDir: 'MCP_TUNNEL_SIM_DEPLOYMENT',
  ownersFile: 'MCP_TUNNEL_SIM_OWNERS',
  user: 'MCP_TUNNEL_SIM_USER',
  outsideHosts: 'MCP_TUNNEL_SIM_OUTSIDE',
} as const;

/** Set to `stdin`: the program ends when its standard input closes, that is when its parent dies. */
export const lifelineVariable = 'MCP_TUNNEL_SIM_LIFELINE';

/** Prefix of every variable of ours; programs hide them from what they print. */
export const settingsPrefix = 'MCP_TUNNEL_SIM_';

/** The settings as environment variables. None of them is a secret. */
export function settingsToEnvironment(settings: RehearsalSettings): Record<string, string> {
  return {
    [variables.paths]: JSON.stringify(settings.paths),
    [variables.networkDir]: settings.networkDir,
    [variables.namespace]: settings.namespace,
    [variables.deploymentDir]: settings.deploymentDir,
    [variables.ownersFile]: settings.ownersFile,
    [variables.user]: `${settings.uid}:${settings.gid}`,
    [variables.outsideHosts]: JSON.stringify(settings.outsideHosts),
  };
}

/**
 * The settings in an environment, or undefined without them: then the program runs in a real
 * container. A part of them is a bug of ours and throws.
 */
export function settingsFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): RehearsalSettings | undefined {
  const networkDir = env[variables.networkDir];
  if (networkDir === undefined) return undefined;
  const [uid, gid] = required(env, variables.user).split(':').map(Number);
  return {
    paths: list(env, variables.paths).map(toMapping),
    networkDir,
    namespace: required(env, variables.namespace),
    deploymentDir: required(env, variables.deploymentDir),
    ownersFile: required(env, variables.ownersFile),
    uid: uid ?? 65532,
    gid: gid ?? 65532,
    outsideHosts: list(env, variables.outsideHosts).map(String),
  };
}

function required(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name];
  if (value === undefined) throw new Error(`${name} is missing from the rehearsal's environment`);
  return value;
}

function list(env: Readonly<Record<string, string | undefined>>, name: string): unknown[] {
  const value: unknown = JSON.parse(required(env, name));
  if (!Array.isArray(value)) throw new Error(`${name} is not a list`);
  return value;
}

function toMapping(entry: unknown): PathMapping {
  if (typeof entry === 'object' && entry !== null && 'container' in entry && 'host' in entry) {
    return { container: String(entry.container), host: String(entry.host) };
  }
  throw new Error(`${variables.paths} holds something that is no mapping`);
}

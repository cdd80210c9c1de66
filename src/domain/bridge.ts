import { join } from 'node:path';
import { stringify } from 'yaml';
import { commandWords } from './compose-list.ts';
import { readComposeVolume } from './compose-volume.ts';
import { type Deployment, type DeploymentLayout, ownLayout, services } from './deployment.ts';
import { planEnvFile } from './env-file.ts';
import { Failure } from './failure.ts';
import { isRecord, valueAt } from './plain-data.ts';
import { proxyConfigName } from './proxy-config.ts';
import type { Secret } from './secret.ts';
import { parseYaml } from './yaml-parse.ts';

/** Where the bridge lies: a second pair, for as long as a change takes (design 6). */
export interface BridgePlace {
  readonly dir: string;
  readonly composeFile: string;
  readonly envFile: string;
  readonly credentialsDir: string;
  readonly tunnelToken: string;
  /** What it runs with where that is not the deployment's own. */
  readonly configDir: string;
  readonly proxyConfig: string;
  readonly upstreamCa: string;
  readonly dataDir: string;
  readonly serverKey: string;
  readonly serverCertificate: string;
  readonly caCertificate: string;
}

/** The bridge's own directory inside a deployment; its project is the deployment's with `-bridge`. */
export function bridgeAt({ stateDir }: Pick<Deployment, 'stateDir'>): BridgePlace {
  const dir = join(stateDir, 'bridge');
  const credentials = join(dir, 'credentials');
  const config = join(dir, 'config');
  const data = join(dir, 'data');
  return {
    dir,
    composeFile: join(dir, 'docker-compose.yaml'),
    envFile: join(dir, '.env'),
    credentialsDir: credentials,
    tunnelToken: join(credentials, 'tunnel-token'),
    configDir: config,
    proxyConfig: join(config, 'mcp-proxy.yaml'),
    upstreamCa: join(config, 'upstream-ca.crt'),
    dataDir: data,
    serverKey: join(data, 'tls.key'),
    serverCertificate: join(data, 'tls.crt'),
    caCertificate: join(data, 'ca.crt'),
  };
}

export function bridgeProject(project: string): string {
  return `${project}-bridge`;
}

export interface BridgeWanted {
  /** Text of the deployment's compose file. */
  readonly compose: string;
  /** How the deployment is laid out; without: as ours are. Inside the bridge all has our names. */
  readonly layout?: DeploymentLayout;
  readonly project: string;
  /** The network that the main pair's proxy is on. */
  readonly network: string;
  /** Others that it is on, where an operator has given it some: servers may be reached only there. */
  readonly moreNetworks?: readonly string[];
  readonly selinux: boolean;
  readonly purpose: string;
  /** True if it has a `config/mcp-proxy.yaml` of its own. */
  readonly ownConfig?: boolean;
  /** True if it has a `config/upstream-ca.crt` of its own. */
  readonly ownUpstreamCa?: boolean;
  /** True if it has a `data/` of its own, with a server pair that is not the deployment's. */
  readonly ownData?: boolean;
  /** Routes that its configuration no longer has. */
  readonly without?: readonly string[];
}

/** Where the bridge's proxy sees an upstream CA of its own. */
export const bridgeUpstreamCa = '/etc/mcp-gateway/upstream-ca.crt';

/** What a bridge's compose file says of it. */
export interface BridgeRecord {
  readonly purpose: string;
  readonly network: string | undefined;
  readonly without: readonly string[];
}

/** Reads a bridge's compose file back; undefined if it is none, or damaged. */
export function readBridgeFile(text: string): BridgeRecord | undefined {
  let data: unknown;
  try {
    ({ data } = parseYaml('docker-compose.yaml', text));
  } catch {
    return undefined;
  }
  const [purpose, network, without] = [
    valueAt(data, ['x-mcp-tunnel', 'bridge']),
    valueAt(data, ['networks', 'default', 'name']),
    valueAt(data, ['x-mcp-tunnel', 'without']),
  ];
  if (typeof purpose !== 'string') return undefined;
  return {
    purpose,
    network: typeof network === 'string' ? network : undefined,
    without: Array.isArray(without) ? without.map(String) : [],
  };
}

const header = (purpose: string) =>
  `# Written by mcp-tunnel: a second pair that carries the tunnel while ${purpose} goes on. It is removed\n# at the end; left over after a crash, the same command finishes it or takes it away.\n`;

/** Keys that would make two containers fight over one thing, or mean nothing for a second pair. */
const notForASecond = ['container_name', 'ports', 'depends_on', 'networks', 'network_mode'];

function serviceOf(
  data: unknown,
  name: string,
  { composeFile, proxyService }: DeploymentLayout,
): Record<string, unknown> {
  const all = isRecord(data) && isRecord(data['services']) ? data['services'] : {};
  const service = all[name];
  if (isRecord(service)) {
    return Object.fromEntries(
      Object.entries(service).filter(([key]) => !notForASecond.includes(key)),
    );
  }
  throw new Failure('directory-foreign', `${composeFile} has no service ${name}.`, {
    expected: `services ${proxyService} and ${services.cloudflared}`,
    nextSteps: ['mcp-tunnel install   (shows what is missing)'],
  });
}

/**
 * Mounts of the deployment's directory, as seen from two folders further down; for a source in `own`
 * the bridge has something in its own directory.
 */
function movedMounts(value: unknown, own: ReadonlyMap<string, string>): readonly unknown[] {
  return (Array.isArray(value) ? value : []).map((entry) => {
    const volume = readComposeVolume(entry);
    if (volume?.source === undefined || !/^\.{1,2}(?:\/|$)/u.test(volume.source)) return entry;
    const source =
      own.get(plainSource(volume.source)) ?? `../../${volume.source.replace(/^\.\//u, '')}`;
    return [
      source,
      volume.target,
      ...(volume.options.length > 0 ? [volume.options.join(',')] : []),
    ].join(':');
  });
}

/** Paths of `env_file` as seen from two folders further down. */
function movedFiles(value: unknown): { readonly env_file?: readonly unknown[] } {
  if (value === undefined || value === null) return {};
  const moved = (path: unknown) =>
    typeof path === 'string' && !path.startsWith('/') ? join('../..', path) : path;
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  return {
    env_file: entries.map((entry) =>
      isRecord(entry) ? { ...entry, path: moved(entry['path']) } : moved(entry),
    ),
  };
}

/** `./data` for `./data/`, too. */
function plainSource(source: string): string {
  return source.replace(/\/+$/u, '');
}

/** The proxy's mounts. @throws Failure `directory-foreign` if what is its own would not be mounted. */
function proxyMounts(
  value: unknown,
  { ownConfig, ownUpstreamCa, ownData, selinux, layout = ownLayout }: BridgeWanted,
): readonly unknown[] {
  const own = new Map([
    ...(ownConfig ? [[`./${layout.proxyConfig}`, `./${proxyConfigName}`] as const] : []),
    ...(ownData ? [[`./${layout.dataDir}`, './data'] as const] : []),
  ]);
  const sources = (Array.isArray(value) ? value : []).map((entry) =>
    plainSource(readComposeVolume(entry)?.source ?? ''),
  );
  const missing = [...own.keys()].find((source) => !sources.includes(source));
  if (missing !== undefined) {
    const name = missing.slice('./'.length);
    throw new Failure('directory-foreign', `${layout.composeFile} mounts no ${name}.`, {
      expected: `${missing} among the volumes of ${layout.proxyService}`,
      nextSteps: ['mcp-tunnel install   (shows what is missing)'],
    });
  }
  const label = selinux ? ':ro,z' : ':ro';
  const ca = `./config/upstream-ca.crt:${bridgeUpstreamCa}${label}`;
  return [...movedMounts(value, own), ...(ownConfig && ownUpstreamCa ? [ca] : [])];
}

/** A health check that is asked at once: the proof waits for it, and the bridge does not live long. */
function promptHealth(healthcheck: unknown): { readonly healthcheck?: unknown } {
  return isRecord(healthcheck) ? { healthcheck: { ...healthcheck, interval: '1s' } } : {};
}

/** Without the token in any form: the bridge has its own file. */
function ownEnvironment(value: unknown): readonly string[] {
  const given = Array.isArray(value)
    ? value.map(String)
    : Object.entries(isRecord(value) ? value : {}).map(([name, text]) =>
        text === null ? name : `${name}=${String(text)}`,
      );
  const others = given.filter((each) => !/^TUNNEL_TOKEN(?:_FILE)?(?:=|$)/u.test(each));
  return ['TUNNEL_TOKEN_FILE=/credentials/tunnel-token', ...others];
}

/** A command without a token written out in it, which would win over the bridge's. */
function withoutToken(command: unknown): { readonly command?: readonly string[] } {
  const words = commandWords(command);
  const at = words.findIndex((word) => /^--token(?:-file)?(?:=|$)/u.test(word));
  if (at < 0) return {};
  return { command: words.toSpliced(at, words[at]?.includes('=') ? 1 : 2) };
}

/**
 * The bridge's compose file: the deployment's own pair with its images, mounts and settings, in a
 * project and network namespace of its own, on the same network, with a token file of its own.
 * @throws Failure `file-malformed`, `directory-foreign`.
 */
export function bridgeFile(wanted: BridgeWanted): string {
  const { layout = ownLayout } = wanted;
  const { data } = parseYaml(layout.composeFile, wanted.compose);
  const proxy = serviceOf(data, layout.proxyService, layout);
  const { env_file: _, ...cloudflared } = serviceOf(data, services.cloudflared, layout);
  const label = wanted.selinux ? ':ro,z' : ':ro';
  const more = (wanted.moreNetworks ?? []).map((name, at) => [`more-${at + 1}`, name] as const);
  const file = {
    services: {
      [services.proxy]: {
        ...proxy,
        ...movedFiles(proxy['env_file']),
        volumes: proxyMounts(proxy['volumes'], wanted),
        ...(more.length === 0 ? {} : { networks: ['default', ...more.map(([key]) => key)] }),
      },
      [services.cloudflared]: {
        ...cloudflared,
        ...withoutToken(cloudflared['command']),
        environment: ownEnvironment(cloudflared['environment']),
        volumes: [`./credentials:/credentials${label}`],
        ...promptHealth(cloudflared['healthcheck']),
        network_mode: `service:${services.proxy}`,
        depends_on: [services.proxy],
      },
    },
    networks: {
      default: { name: wanted.network, external: true },
      ...Object.fromEntries(more.map(([key, name]) => [key, { name, external: true }])),
    },
    'x-mcp-tunnel': {
      layout: 1,
      bridge: wanted.purpose,
      ...(wanted.without?.length ? { without: [...wanted.without] } : {}),
    },
  };
  return header(wanted.purpose) + stringify(file, { lineWidth: 0 });
}

/**
 * The variables of the deployment's `.env` for a bridge whose file needs some: Compose looks for them
 * beside that. Never the token, which is another one there, nor the project's name.
 * @throws Failure `file-malformed`.
 */
export function bridgeVariables(file: string, env: string | undefined): Secret | undefined {
  const pair = valueAt(parseYaml('docker-compose.yaml', file).data, ['services']);
  const environments = Object.values(isRecord(pair) ? pair : {}).flatMap((service) => {
    const items = valueAt(service, ['environment']);
    return Array.isArray(items) ? items.map(String) : [];
  });
  const isPassedOn = environments.some((item) => !item.includes('='));
  if (!isPassedOn && !/(?<!\$)\$(?:\{|[A-Za-z_])/u.test(JSON.stringify(pair))) return undefined;
  const text = planEnvFile(env, { TUNNEL_TOKEN: undefined, COMPOSE_PROJECT_NAME: undefined });
  return text.reveal().trim() === '' ? undefined : text;
}

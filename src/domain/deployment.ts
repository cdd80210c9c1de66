import { join, resolve } from 'node:path';

/** User and group of every container of the stack (facts 3, 5.1; distroless images). */
export const containerUser = 65532;

/** Services of the stack under the names of the vendor's guide (facts 4.6). */
export const services = {
  proxy: 'mcp-proxy',
  cloudflared: 'cloudflared',
  sample: 'hello-mcp',
} as const;

/** Port of the sample server inside the stack's network, and its MCP path (facts 4.6). */
export const samplePort = 9000;
export const mcpPath = '/mcp';

/** Number of connections cloudflared opens to the edge; one is enough to carry traffic (facts 5.2). */
export const edgeConnections = 4;

/** How cloudflared is given its token, by the Compose file. */
export type TokenSource =
  /** TUNNEL_TOKEN_FILE or --token-file; the path is relative to the directory, or absolute elsewhere. */
  | { readonly in: 'file'; readonly path: string }
  /** TUNNEL_TOKEN, taken from `.env` or from the shell in which Compose runs. */
  | { readonly in: 'env' }
  /** Written out in the Compose file. */
  | { readonly in: 'compose' }
  /** In a way that is not followed here: another variable, another env_file, a mount unknown to us. */
  | { readonly in: 'elsewhere' }
  | { readonly in: 'nothing' };

/** Where the pieces of a stack are, ours or one made by hand. Paths are relative to its directory. */
export interface DeploymentLayout {
  /** Name of the file that Compose takes. */
  readonly composeFile: string;
  /** True for a stack that no mcp-tunnel has written: it is operated as it is. */
  readonly byHand: boolean;
  readonly proxyService: string;
  /** The proxy's configuration, absolute if it lies elsewhere; and where its container has it. */
  readonly proxyConfig: string;
  readonly configInContainer: string;
  /** What the proxy has as `/data`, and the names of its certificate and key in there. */
  readonly dataDir: string;
  readonly certificateName: string;
  readonly keyName: string;
  readonly token: TokenSource;
  /** The project's name, where the Compose file gives one. */
  readonly project: string | undefined;
  /** True if it has the vendor's setup component: programmatic access (facts 3). */
  readonly hasSetup: boolean;
}

/** The layout that we write (design 5). */
export const ownLayout: DeploymentLayout = {
  composeFile: 'docker-compose.yaml',
  byHand: false,
  proxyService: services.proxy,
  proxyConfig: 'config/mcp-proxy.yaml',
  configInContainer: '/etc/mcp-gateway/config.yaml',
  dataDir: 'data',
  certificateName: 'tls.crt',
  keyName: 'tls.key',
  token: { in: 'file', path: 'credentials/tunnel-token' },
  project: undefined,
  hasSetup: false,
};

const ownToken = { path: 'credentials/tunnel-token' };

/** Names under which Compose looks for its file, in its order (v2's). */
export const composeFileNames = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
] as const;

/** Names of the file that is laid over it. */
export const overrideNames = [
  'docker-compose.override.yaml',
  'docker-compose.override.yml',
  'compose.override.yaml',
  'compose.override.yml',
] as const;

/** Absolute paths of everything a deployment owns on disk (design 5), and how its stack is laid out. */
export interface Deployment {
  readonly dir: string;
  readonly layout: DeploymentLayout;
  /** Name under which the proxy runs. */
  readonly proxyService: string;
  readonly composeFile: string;
  /** Names under which Compose takes the operator's own additions; at most one of them is there. */
  readonly overrides: readonly string[];
  readonly envFile: string;
  readonly gitignore: string;
  readonly configDir: string;
  readonly proxyConfig: string;
  readonly dataDir: string;
  readonly caCertificate: string;
  readonly caKey: string;
  readonly serverCertificate: string;
  readonly serverKey: string;
  readonly serverExtensions: string;
  readonly upstreamCa: string;
  readonly credentialsDir: string;
  readonly tunnelToken: string;
  readonly sampleServer: string;
  readonly stateDir: string;
  readonly journal: string;
  readonly answers: string;
  readonly backupsDir: string;
  readonly lock: string;
  readonly rehearsalDir: string;
  /** Other hosts of this tunnel, written by the operator. */
  readonly hosts: string;
  /** Which of them have the token of the last rotation. */
  readonly switchedHosts: string;
}

/** A deployment in an absolute directory; ours unless it is laid out otherwise. */
export function deploymentAt(dir: string, layout: DeploymentLayout = ownLayout): Deployment {
  const data = resolve(dir, layout.dataDir);
  const state = join(dir, '.mcp-tunnel');
  const token = layout.token.in === 'file' ? layout.token : ownToken;
  return {
    dir,
    layout,
    proxyService: layout.proxyService,
    composeFile: join(dir, layout.composeFile),
    overrides: overrideNames.map((name) => join(dir, name)),
    envFile: join(dir, '.env'),
    gitignore: join(dir, '.gitignore'),
    configDir: join(dir, 'config'),
    proxyConfig: resolve(dir, layout.proxyConfig),
    dataDir: data,
    caCertificate: join(data, 'ca.crt'),
    caKey: join(data, 'ca.key'),
    serverCertificate: join(data, layout.certificateName),
    serverKey: join(data, layout.keyName),
    serverExtensions: join(data, 'tls.ext'),
    upstreamCa: join(data, 'upstream-ca.crt'),
    credentialsDir: join(dir, 'credentials'),
    tunnelToken: resolve(dir, token.path),
    sampleServer: join(dir, 'hello_server.py'),
    stateDir: state,
    journal: join(state, 'journal.jsonl'),
    answers: join(state, 'answers.yaml'),
    backupsDir: join(state, 'backups'),
    lock: join(state, 'lock'),
    rehearsalDir: join(state, 'rehearsal'),
    hosts: join(state, 'hosts.yaml'),
    switchedHosts: join(state, 'switched-hosts.json'),
  };
}

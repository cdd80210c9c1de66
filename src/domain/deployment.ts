import { join } from 'node:path';

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

/** Absolute paths of everything a deployment owns on disk (design 5). */
export interface Deployment {
  readonly dir: string;
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
}

/** The layout below an absolute directory. */
export function deploymentAt(dir: string): Deployment {
  const data = join(dir, 'data');
  const state = join(dir, '.mcp-tunnel');
  return {
    dir,
    composeFile: join(dir, 'docker-compose.yaml'),
    overrides: ['yaml', 'yml'].map((ending) => join(dir, `docker-compose.override.${ending}`)),
    envFile: join(dir, '.env'),
    gitignore: join(dir, '.gitignore'),
    configDir: join(dir, 'config'),
    proxyConfig: join(dir, 'config/mcp-proxy.yaml'),
    dataDir: data,
    caCertificate: join(data, 'ca.crt'),
    caKey: join(data, 'ca.key'),
    serverCertificate: join(data, 'tls.crt'),
    serverKey: join(data, 'tls.key'),
    serverExtensions: join(data, 'tls.ext'),
    upstreamCa: join(data, 'upstream-ca.crt'),
    credentialsDir: join(dir, 'credentials'),
    tunnelToken: join(dir, 'credentials/tunnel-token'),
    sampleServer: join(dir, 'hello_server.py'),
    stateDir: state,
    journal: join(state, 'journal.jsonl'),
    answers: join(state, 'answers.yaml'),
    backupsDir: join(state, 'backups'),
    lock: join(state, 'lock'),
    rehearsalDir: join(state, 'rehearsal'),
  };
}

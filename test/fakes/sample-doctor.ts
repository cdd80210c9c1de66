import type { CheckResult } from '../../src/domain/check.ts';
import { services } from '../../src/domain/deployment.ts';
import type {
  DoctorObservation,
  KnownLines,
  ObservedContainerSetup,
  ObservedLog,
  ObservedPath,
  Places,
} from '../../src/domain/doctor/doctor-observation.ts';
import { examine } from '../../src/domain/doctor/examine.ts';
import type { ProxyConfig } from '../../src/domain/proxy-config-read.ts';
import { parsed } from '../../src/domain/result.ts';
import type { StatusObservation } from '../../src/domain/status-observation.ts';
import { domain } from './sample-answers.ts';
import { statusSeen } from './sample-status.ts';

export const tunnelId = '0ab493ae-1e19-4c34-8486-288c07aa34a4';

const places: Places = {
  proxyService: 'mcp-proxy',
  config: 'config/mcp-proxy.yaml',
  configInContainer: '/etc/mcp-gateway/config.yaml',
  data: 'data',
  certificate: 'data/tls.crt',
  key: 'data/tls.key',
  caKey: 'data/ca.key',
  upstreamCa: 'data/upstream-ca.crt',
  credentials: 'credentials',
  token: 'credentials/tunnel-token',
  setupToken: 'data/tunnel-token',
  setupId: 'data/tunnel-id',
  sampleServer: 'hello_server.py',
  composeFile: 'docker-compose.yaml',
};

const operator = { uid: 1000, gid: 1000, size: 100 } as const;
const contained = { uid: 65532, gid: 65532, size: 100 } as const;

const paths: readonly ObservedPath[] = [
  { path: '.', kind: 'directory', mode: 0o700, ...operator },
  { path: 'config', kind: 'directory', mode: 0o755, ...operator },
  { path: 'data', kind: 'directory', mode: 0o711, ...operator },
  { path: 'credentials', kind: 'directory', mode: 0o711, ...operator },
  { path: 'config/mcp-proxy.yaml', kind: 'file', mode: 0o644, ...operator },
  { path: 'data/tls.crt', kind: 'file', mode: 0o644, ...operator },
  { path: 'data/tls.key', kind: 'file', mode: 0o400, ...contained },
  { path: 'data/ca.key', kind: 'file', mode: 0o600, ...operator },
  { path: 'credentials/tunnel-token', kind: 'file', mode: 0o400, ...contained },
  { path: '.env', kind: 'file', mode: 0o600, ...operator },
  { path: 'hello_server.py', kind: 'file', mode: 0o644, ...operator },
];

/** The paths of a sound deployment but for the change to one of them, or without it. */
export function pathsWith(
  path: string,
  change: Partial<ObservedPath> | 'gone',
): DoctorObservation['files'] {
  const known = paths.find((each) => each.path === path);
  const rest = paths.filter((each) => each.path !== path);
  const base = known ?? { path, kind: 'file' as const, mode: 0o644, ...operator };
  return { paths: change === 'gone' ? rest : [...rest, { ...base, ...change }], ownersHold: true };
}

export function logOf(
  known: readonly Partial<KnownLines>[] = [],
  change: Partial<ObservedLog> = {},
) {
  const log: ObservedLog = {
    lines: known.length,
    complete: true,
    stdout: 0,
    stderr: known.length,
    json: 0,
    known: known.map((each, at) => ({
      id: 'line',
      severity: 'error',
      cause: 'Something happened.',
      fix: 'Do something.',
      count: 1,
      last: 'the line',
      at: at + 1,
      ...each,
    })),
    unknown: [],
    moreShapes: 0,
    tail: [],
    ...change,
  };
  return log;
}

export function setupOf(
  service: string,
  change: Partial<ObservedContainerSetup> = {},
): ObservedContainerSetup {
  const dir = '/srv/mcp-tunnel';
  const mounts: Readonly<Record<string, ObservedContainerSetup['mounts']>> = {
    'mcp-proxy': [
      { source: `${dir}/config/mcp-proxy.yaml`, target: '/etc/mcp-gateway/config.yaml' },
      { source: `${dir}/data`, target: '/data' },
    ],
    cloudflared: [{ source: `${dir}/credentials`, target: '/credentials' }],
    'hello-mcp': [{ source: `${dir}/hello_server.py`, target: '/app/hello_server.py' }],
  };
  return {
    service,
    id: `${service}-1`,
    user: '65532:65532',
    networkMode: service === 'cloudflared' ? 'container:mcp-proxy-1' : 'mcp-tunnel_default',
    mounts: mounts[service] ?? [],
    variables:
      service === 'cloudflared' ? ['PATH', 'TUNNEL_TOKEN_FILE', 'TUNNEL_METRICS'] : ['PATH'],
    error: '',
    outOfMemory: false,
    ...change,
  };
}

export function configOf(change: Partial<ProxyConfig> = {}) {
  return parsed<ProxyConfig>({
    listenAddr: ':8080',
    logLevel: 'info',
    shutdownTimeout: '30s',
    domain,
    certFile: '/data/tls.crt',
    keyFile: '/data/tls.key',
    routes: { echo: 'http://hello-mcp:9000' },
    allowedIps: undefined,
    disableIpValidation: false,
    tls: { caFile: undefined, includeSystemCas: false },
    ...change,
  });
}

/** A deployment that is as it should be, but for what a test changes. */
export function doctorSeen(
  change: Partial<Omit<DoctorObservation, 'status'>> & {
    readonly status?: Partial<StatusObservation>;
  } = {},
): DoctorObservation {
  const { status, ...rest } = change;
  return {
    status: statusSeen(status),
    places,
    prerequisites: [
      {
        id: 'docker-reachable',
        title: 'Docker Engine',
        status: 'pass',
        found: '26.1.5',
        expected: 'a Docker Engine',
      },
    ],
    shell: [],
    composeAccepts: parsed(true),
    drift: parsed([]),
    overrides: [],
    files: { paths, ownersHold: true },
    envHoldsMore: false,
    tokens: [
      {
        place: 'credentials/tunnel-token',
        token: parsed({ tunnelId, fingerprint: 'd49d1dfaf453' }),
      },
    ],
    keyMatches: true,
    setups: Object.values(services).map((service) => setupOf(service)),
    logs: new Map([
      ['mcp-proxy', logOf([{ id: 'route-configured', severity: 'success' }])],
      ['cloudflared', logOf([{ id: 'tunnel-registered', severity: 'success', count: 4 }])],
      ['hello-mcp', logOf([{ id: 'sample-listening', severity: 'success' }])],
    ]),
    config: configOf(),
    addresses: new Map([['hello-mcp', ['172.18.0.3']]]),
    told: { domain, caRegistered: 'ca'.repeat(32) },
    ...rest,
  };
}

/** Every check by id. */
export function checksOf(
  seen: DoctorObservation,
  compose?: readonly string[],
): ReadonlyMap<string, CheckResult> {
  const all = examine(seen, compose).layers.flatMap(({ checks }) => checks);
  return new Map(all.map((check) => [check.id, check]));
}

/** What a case of a table changes, the check that shows it, and what that says. */
export type DoctorCase = readonly [
  name: string,
  change: Parameters<typeof doctorSeen>[0],
  id: string,
  status: CheckResult['status'],
  found: string | RegExp,
  fix?: string | RegExp,
];

/** The check of a case as it came out, and as the case wants it; both as vitest compares them. */
export function judgedCase([, change, id]: DoctorCase): CheckResult {
  const check = checksOf(doctorSeen(change)).get(id);
  if (!check) throw new Error(`no check ${id}`);
  return check;
}

import { services } from '../deployment.ts';

const docker = ['docker-reachable'];
/** `mcp-gateway` is the proxy's name in guides before 2026-05-22 (facts 4.3). */
const proxyRuns = [...docker, `container-${services.proxy}`, 'container-mcp-gateway'];
const cloudflaredRuns = [...docker, `container-${services.cloudflared}`];
const bothRun = [...proxyRuns, `container-${services.cloudflared}`];

/** Without which checks one says nothing. */
const byId: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    'docker-rootless': docker,
    'compose-usable': docker,
    'disk-space': docker,
    'project-name': docker,
    'network-overlap': docker,
    'compose-file': ['compose-usable'],
    drift: ['compose-file'],
    containers: docker,
    mounts: docker,
    'network-mode': docker,
    'cloudflared-variables': docker,
    stranded: bothRun,
    reboot: docker,
    'edge-tcp': ['edge-dns'],
    'edge-udp': ['edge-dns'],
    'token-accepted': docker,
    connections: [...cloudflaredRuns, 'stranded'],
    'certificate-served': proxyRuns,
    'allowed-ips': ['proxy-config'],
    'routes-loaded': [...proxyRuns, 'proxy-config'],
    calls: docker,
  }),
);

const byPrefix: readonly (readonly [string, readonly string[]])[] = [
  ['container-', docker],
  ['image-', docker],
  ['files-in-use', docker],
  ['drift-', ['compose-file']],
];

/** Ids of the checks without which this one can say nothing, in the order in which they are told. */
export function needsOf(id: string): readonly string[] {
  return byId.get(id) ?? byPrefix.find(([prefix]) => id.startsWith(prefix))?.[1] ?? [];
}

import type { CertificateFacts } from '../../src/domain/certificate.ts';
import { ownLayout, services } from '../../src/domain/deployment.ts';
import { defaultImages } from '../../src/domain/images.ts';
import { parsed } from '../../src/domain/result.ts';
import type {
  ObservedContainer,
  ObservedRoute,
  StatusObservation,
} from '../../src/domain/status-observation.ts';
import { domain } from './sample-answers.ts';

/** When the sample deployment is looked at, when it was started, when its files were written. */
export const seenAt = new Date('2026-11-24T12:00:00Z');
export const startedAt = new Date('2026-11-24T10:00:00Z');
export const writtenAt = new Date('2026-11-24T09:00:00Z');

/** A day counted from when the deployment is looked at. */
export function inDays(days: number): Date {
  return new Date(seenAt.getTime() + days * 86_400_000);
}

export function containerSeen(
  service: string,
  change: Partial<ObservedContainer> = {},
): ObservedContainer {
  const image = { 'mcp-proxy': 'proxy', cloudflared: 'cloudflared' } as const;
  const role = service === 'mcp-proxy' || service === 'cloudflared' ? image[service] : 'sample';
  return {
    service,
    name: `mcp-tunnel-${service}-1`,
    state: 'running',
    health: service === 'cloudflared' ? 'healthy' : 'none',
    restarts: 0,
    exitCode: 0,
    startedAt,
    image: defaultImages[role],
    digests: [`python@sha256:${'ab'.repeat(32)}`],
    restartPolicy: 'unless-stopped',
    ...change,
  };
}

export function routeSeen(change: Partial<ObservedRoute> = {}): ObservedRoute {
  return {
    name: 'echo',
    upstream: 'http://hello-mcp:9000',
    service: services.sample,
    probe: parsed({ status: 'pass', found: 'MCP server hello', expected: 'an MCP server' }),
    ...change,
  };
}

function factsOf(change: Partial<CertificateFacts>): CertificateFacts {
  return {
    subject: 'CN=mcp-tunnel-ca',
    issuer: 'CN=mcp-tunnel-ca',
    fingerprint: 'ca'.repeat(32),
    serial: '01',
    notBefore: inDays(-10),
    notAfter: inDays(3640),
    isCa: true,
    basicConstraintsCritical: true,
    subjectKeyId: '6d29',
    authorityKeyId: '6d29',
    keyUsage: ['keyCertSign'],
    extendedKeyUsage: undefined,
    dnsNames: [],
    key: { kind: 'ec', curve: 'prime256v1' },
    signatureHash: 'sha256',
    selfSigned: true,
    pemBytes: 800,
    ...change,
  };
}

export function caSeen(change: Partial<CertificateFacts> = {}, registered = true) {
  return parsed({ facts: factsOf(change), changedAt: writtenAt, registered });
}

export function certificateSeen(
  change: Partial<CertificateFacts> = {},
  rest: { readonly changedAt?: Date; readonly signedByCa?: boolean } = {},
) {
  const facts = factsOf({
    subject: `CN=${domain}`,
    fingerprint: '5e'.repeat(32),
    isCa: false,
    notAfter: inDays(80),
    dnsNames: [domain, `*.${domain}`],
    extendedKeyUsage: ['serverAuth'],
    selfSigned: false,
    ...change,
  });
  return parsed({ facts, changedAt: writtenAt, signedByCa: true, ...rest });
}

/** A deployment that is as it should be, but for what a test changes. */
export function statusSeen(change: Partial<StatusObservation> = {}): StatusObservation {
  return {
    at: seenAt,
    dir: '/srv/mcp-tunnel',
    self: ['mcp-tunnel'],
    layout: ownLayout,
    project: 'mcp-tunnel',
    engineTrouble: undefined,
    services: parsed(
      (['proxy', 'cloudflared', 'sample'] as const).map((role) => ({
        name: services[role],
        image: defaultImages[role],
      })),
    ),
    containers: Object.values(services).map((service) => containerSeen(service)),
    connections: { from: 'log', locations: ['fra08', 'ams04', 'fra08', 'ams01'] },
    calls: {},
    inputs: { proxyConfig: writtenAt, token: writtenAt, sampleServer: writtenAt },
    domain,
    routes: parsed([routeSeen()]),
    certificate: certificateSeen(),
    served: parsed({ fingerprint: '5e'.repeat(32), by: 'TLS handshake of this host' }),
    ca: caSeen(),
    token: {
      in: 'file',
      changedAt: writtenAt,
      content: parsed({
        tunnelId: '0ab493ae-1e19-4c34-8486-288c07aa34a4',
        fingerprint: 'd49d1dfaf453',
      }),
    },
    runningTunnel: '0ab493ae-1e19-4c34-8486-288c07aa34a4',
    engineAtBoot: true,
    unfinished: undefined,
    working: undefined,
    hosts: undefined,
    bridge: { onDisk: false, containers: 0 },
    ...change,
  };
}

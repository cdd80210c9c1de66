import type { ContainerInfo } from '../../src/ports/engine.ts';

/** A running container of a Compose service, as an engine tells of it. */
export function containerOf(service: string, change: Partial<ContainerInfo> = {}): ContainerInfo {
  return {
    id: `${service}-1`,
    name: `mcp-tunnel-${service}-1`,
    project: 'mcp-tunnel',
    service,
    workingDir: '/srv/mcp-tunnel',
    oneOff: false,
    image: `${service}:test`,
    imageId: `sha256:${service}`,
    state: 'running',
    health: 'none',
    restartCount: 0,
    restartPolicy: 'unless-stopped',
    exitCode: 0,
    startedAt: new Date('2026-11-24T10:00:00Z'),
    createdAt: new Date('2026-11-24T10:00:00Z'),
    labels: {},
    addresses: {},
    ...change,
  };
}

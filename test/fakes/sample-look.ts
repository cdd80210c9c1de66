import type { LookView, StatusSeen } from '../../screens/operation-views.ts';
import { entriesFor } from '../../screens/texts/home-entries.ts';
import type { ExistingDeployment } from '../../screens/views.ts';
import { parsed } from '../../src/domain/result.ts';
import { judgeStatus } from '../../src/domain/status.ts';
import type { StatusObservation } from '../../src/domain/status-observation.ts';
import { certificateSeen, containerSeen, inDays, statusSeen } from './sample-status.ts';

export const dir = '/srv/mcp-tunnel';

export const existing: ExistingDeployment = {
  domain: 'abcd1234.tunnel.anthropic.com',
  project: 'mcp-tunnel',
  services: ['cloudflared', 'hello-mcp', 'mcp-proxy'].map((name) => ({
    ...{ name, state: 'running', well: true },
  })),
  certificateDaysLeft: 80,
  caDaysLeft: 3640,
  caRegistered: true,
  unfinished: undefined,
  otherHosts: true,
  problem: undefined,
};

export const entries = entriesFor(existing, false);

/** A look at a deployment that is as it should be, but for what a test changes. */
export function statusOf(change: Partial<StatusObservation> = {}): StatusSeen {
  const observation = statusSeen(change);
  return { type: 'status', ...judgeStatus(observation), observation };
}

export function lookAt(change: Partial<StatusObservation> = {}): LookView {
  return { kind: 'seen', status: statusOf(change) };
}

const others = statusSeen().containers.filter(({ service }) => service !== 'hello-mcp');

/** What may be wrong at once: it is more than fits beside the menu. */
export const looks = {
  looking: { kind: 'looking' },
  healthy: lookAt(),
  due: lookAt({
    certificate: certificateSeen({ notAfter: inDays(12) }),
    hosts: parsed({ names: ['vm-2', 'vm-3'], rotatedTo: 'd49d1dfaf453', open: ['vm-3'] }),
  }),
  broken: lookAt({
    containers: [...others, containerSeen('hello-mcp', { state: 'exited', exitCode: 1 })],
    certificate: certificateSeen({ notAfter: inDays(12) }),
    token: undefined,
    unfinished: { flow: 'rotate-token', at: '2026-11-24T09:30:00Z', step: 'bridge' },
    bridge: { onDisk: true, containers: 2 },
    hosts: parsed({ names: ['vm-2'], rotatedTo: 'd49d1dfaf453', open: ['vm-2'] }),
  }),
  unknown: lookAt({
    engineTrouble: {
      code: 'docker-not-running',
      summary: 'Docker does not run.',
      nextSteps: ['systemctl start docker'],
    },
  }),
  failed: {
    kind: 'failed',
    failure: {
      code: 'deployment-missing',
      summary: 'There is no deployment in /srv/mcp-tunnel.',
      nextSteps: ['Name its directory with --dir.'],
    },
  },
} as const satisfies Readonly<Record<string, LookView>>;

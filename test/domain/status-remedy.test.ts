import { describe, expect, test } from 'vitest';
import { parsed, problem } from '../../src/domain/result.ts';
import { judgeStatus } from '../../src/domain/status.ts';
import type { StatusObservation } from '../../src/domain/status-observation.ts';
import { remedyOf } from '../../src/domain/status-remedy.ts';
import {
  caSeen,
  certificateSeen,
  containerSeen,
  inDays,
  routeSeen,
  startedAt,
  statusSeen,
} from '../fakes/sample-status.ts';

function remedies(change: Partial<StatusObservation>): Readonly<Record<string, string>> {
  const seen = statusSeen(change);
  return Object.fromEntries(
    judgeStatus(seen).items.flatMap((item) => {
      const remedy = remedyOf(item, seen);
      return remedy === undefined ? [] : [[item.id, remedy]];
    }),
  );
}

const without = (...gone: readonly string[]) =>
  statusSeen().containers.filter(({ service }) => !gone.includes(service));

describe('what leads out of a finding', () => {
  test('is nothing where all is well', () => {
    expect(remedies({})).toEqual({});
  });

  test.each<readonly [string, Partial<StatusObservation>, Readonly<Record<string, string>>]>([
    [
      'a certificate that ends soon is renewed',
      { certificate: certificateSeen({ notAfter: inDays(12) }) },
      { certificate: 'renew-cert' },
    ],
    [
      'one that another CA signed is made anew by a repair',
      { certificate: certificateSeen({}, { signedByCa: false }) },
      { certificate: 'install' },
    ],
    ['a CA that ends soon', { ca: caSeen({ notAfter: inDays(20) }) }, { ca: 'rotate-ca' }],
    ['a CA that is not registered', { ca: caSeen({}, false) }, { ca: 'install' }],
    [
      'a container that is missing',
      { containers: without('hello-mcp') },
      { 'container-hello-mcp': 'install' },
    ],
    [
      'one that ends again and again: its log says why',
      {
        containers: [
          ...without('hello-mcp'),
          containerSeen('hello-mcp', { state: 'restarting', exitCode: 1, restarts: 7 }),
        ],
      },
      { 'container-hello-mcp': 'logs' },
    ],
    [
      'a cloudflared that is stranded',
      {
        containers: [
          ...without('mcp-proxy'),
          containerSeen('mcp-proxy', { startedAt: new Date(startedAt.getTime() + 60_000) }),
        ],
      },
      { stranded: 'install' },
    ],
    [
      'a route that does not answer',
      {
        routes: parsed([
          routeSeen({
            service: undefined,
            probe: parsed({ status: 'warn', found: 'no answer', expected: 'an MCP server' }),
          }),
        ]),
      },
      { 'route-echo': 'routes' },
    ],
    [
      'a rotation that was cut off',
      { unfinished: { flow: 'rotate-token', at: startedAt.toISOString(), step: 'bridge' } },
      { unfinished: 'rotate-token' },
    ],
    [
      'hosts without the new token',
      { hosts: parsed({ names: ['vm-2'], rotatedTo: 'd49d1dfaf453', open: ['vm-2'] }) },
      { hosts: 'hosts' },
    ],
    ['a token that is none', { token: undefined }, { token: 'install' }],
    ['routes that cannot be read', { routes: problem('no map') }, { routes: 'routes' }],
  ])('%s', (_what, change, expected) => {
    expect(remedies(change)).toMatchObject(expected);
  });

  test('is no command of another deployment', () => {
    const item = judgeStatus(statusSeen({ token: undefined })).items[0];
    if (!item) throw new Error('no item');
    expect(remedyOf(item, { self: ['mcp-tunnel'], dir: '/elsewhere' })).toBeUndefined();
  });
});

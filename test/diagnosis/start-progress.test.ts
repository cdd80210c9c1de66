import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  containerStarted,
  reduceStart,
  type StartState,
  startStateBefore,
} from '../../src/diagnosis/start-progress.ts';

type Line = readonly [service: string, text: string];
const at = new Date('2026-11-23T10:00:00Z');

function stateAfter(lines: readonly Line[], from: StartState = startStateBefore): StartState {
  return lines.reduce((state, [service, text]) => reduceStart(state, { service, text, at }), from);
}
const registered = (index: number): Line => [
  'cloudflared',
  `INF Registered tunnel connection connIndex=${index} ip=198.41.192.7 location=fra08 protocol=http2`,
];
const starting: Line = [
  'cloudflared',
  'INF Starting tunnel tunnelID=6f1b0f3a-0000-4000-8000-000000000000',
];

describe('reduceStart', () => {
  test('a start that goes well', () => {
    const state = stateAfter([
      ['mcp-proxy', 'msg="route configured" route=echo'],
      ['mcp-proxy', 'msg="route configured" route=wiki'],
      starting,
      registered(0),
      registered(1),
      registered(2),
      registered(3),
      ['hello-mcp', 'INFO: Uvicorn running on http://0.0.0.0:9000'],
    ]);
    expect(state).toMatchObject({
      connections: ['0', '1', '2', '3'],
      routes: ['echo', 'wiki'],
      routesConfigured: 2,
      sampleListening: true,
      fatal: undefined,
      warnings: [],
    });
  });

  test('the same connection counts once, and a lost one no more', () => {
    expect(stateAfter([registered(0), registered(0), registered(1)]).connections).toEqual([
      '0',
      '1',
    ]);
    const lost = stateAfter([
      registered(0),
      registered(1),
      ['cloudflared', 'Unregistered tunnel connection connIndex=1'],
    ]);
    expect(lost.connections).toEqual(['0']);
    expect(stateAfter([registered(1)], lost).connections).toEqual(['0', '1']);
  });

  test('a registration without an index still counts as a connection', () => {
    expect(stateAfter([['cloudflared', 'Registered tunnel connection']]).connections).toHaveLength(
      1,
    );
  });

  test('a new start of cloudflared begins at none', () => {
    expect(stateAfter([starting, registered(0), registered(1), starting]).connections).toEqual([]);
    expect(containerStarted(stateAfter([registered(0)]), 'cloudflared').connections).toEqual([]);
  });

  test('a new start of the proxy forgets its routes, not the connections', () => {
    const state = containerStarted(
      stateAfter([registered(0), ['mcp-proxy', 'route configured route=echo']]),
      'mcp-proxy',
    );
    expect(state).toMatchObject({ connections: ['0'], routes: [], routesConfigured: 0 });
    expect(stateAfter([['mcp-proxy', 'route configured route=echo']], state)).toMatchObject({
      routes: ['echo'],
      routesConfigured: 1,
    });
  });

  test('routes are counted when the lines carry no names', () => {
    expect(
      stateAfter([
        ['mcp-proxy', '10:00:00.1 route configured'],
        ['mcp-proxy', '10:00:00.2 route configured'],
      ]),
    ).toMatchObject({ routes: [], routesConfigured: 2 });
  });

  test('a line delivered twice counts once', () => {
    const line: Line = ['mcp-proxy', 'route configured route=echo'];
    expect(stateAfter([line, line])).toMatchObject({ routes: ['echo'], routesConfigured: 1 });
  });

  test('the first fatal line stays', () => {
    const state = stateAfter([
      ['mcp-proxy', '\x1b[31mopen /data/tls.key: permission denied\x1b[0m'],
      ['cloudflared', 'Provided Tunnel token is not valid.'],
      registered(0),
    ]);
    expect(state.fatal).toMatchObject({
      diagnosis: { id: 'tls-key-unreadable', failure: 'key-unreadable' },
      line: 'open /data/tls.key: permission denied',
      at,
    });
  });

  test('warnings are kept once each, with their latest line', () => {
    const quic = (index: number): Line => [
      'cloudflared',
      `Failed to dial a quic connection error="timeout: no recent network activity" connIndex=${index}`,
    ];
    const state = stateAfter([
      quic(0),
      ['cloudflared', 'Unable to reach the origin service'],
      quic(1),
      quic(2),
    ]);
    expect(state.warnings.map(({ diagnosis, line }) => [diagnosis.id, line.slice(-11)])).toEqual([
      ['udp-blocked', 'connIndex=2'],
      ['proxy-not-reached', 'gin service'],
    ]);
    expect(state.fatal).toBeUndefined();
  });

  test('a line that says nothing gives the same state', () => {
    expect(
      reduceStart(startStateBefore, { service: 'cloudflared', text: 'INF Version 2026.3.0', at }),
    ).toBe(startStateBefore);
  });

  test('the fix in the state names this deployment’s command', () => {
    const state = reduceStart(
      startStateBefore,
      { service: 'cloudflared', text: 'Failed to read token file: x', at },
      { install: 'mcp-tunnel install --dir /srv/t' },
    );
    expect(state.fatal?.diagnosis.fix).toContain('mcp-tunnel install --dir /srv/t');
  });

  test('a flood of routes does not grow the state without limit', () => {
    const state = stateAfter(
      Array.from({ length: 3000 }, (_, n): Line => ['mcp-proxy', `route configured route=r${n}`]),
    );
    expect(state.routesConfigured).toBe(1000);
  });

  test('any order of any lines keeps the counts consistent', () => {
    const line = fc.oneof(
      fc.nat(5).map(registered),
      fc.constant(starting),
      fc.nat(5).map((n): Line => ['cloudflared', `Lost connection with the edge connIndex=${n}`]),
      fc.nat(5).map((n): Line => ['mcp-proxy', `route configured route=r${n}`]),
      fc.tuple(fc.constantFrom('cloudflared', 'mcp-proxy', 'hello-mcp', 'other'), fc.string()),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const state = stateAfter(lines);
        expect(new Set(state.connections).size).toBe(state.connections.length);
        expect(state.routes.length).toBeLessThanOrEqual(state.routesConfigured);
        const kinds = state.warnings.map(({ diagnosis }) => `${diagnosis.service} ${diagnosis.id}`);
        expect(new Set(kinds).size).toBe(kinds.length);
      }),
    );
  });
});

import { describe, expect, test } from 'vitest';
import { parsed } from '../../src/domain/result.ts';
import { judgeStatus } from '../../src/domain/status.ts';
import type { StatusObservation } from '../../src/domain/status-observation.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { jsonSurface } from '../../src/surfaces/json.ts';
import { presentEvent } from '../../src/surfaces/present-event.ts';
import { colourStyle, plainStyle } from '../../src/surfaces/style.ts';
import {
  certificateSeen,
  containerSeen,
  inDays,
  routeSeen,
  statusSeen,
} from '../fakes/sample-status.ts';

type StatusEvent = Extract<FlowEvent, { type: 'status' }>;

function eventOf(
  change: Partial<StatusObservation> = {},
  changed?: readonly string[],
): StatusEvent {
  const observation = statusSeen(change);
  return {
    type: 'status',
    observation,
    ...judgeStatus(observation),
    ...(changed ? { changed } : {}),
  };
}

const linesOf = (event: FlowEvent, style = plainStyle) =>
  presentEvent(event, { style, verbose: false, diffs: false });

const stranded = {
  containers: [
    containerSeen('mcp-proxy', { startedAt: new Date('2026-11-24T11:00:00Z') }),
    containerSeen('cloudflared'),
    containerSeen('hello-mcp'),
  ],
};

describe('a first look', () => {
  test('at a healthy deployment is a table of fewer than 30 lines', () => {
    const lines = linesOf(eventOf());
    expect(lines.slice(0, 6)).toEqual([
      '✓ Healthy: 4 connections (fra08 2, ams01 1, ams04 1), 1 of 1 routes answer from here, certificate until 2027-02-12.',
      '',
      '  ✓ mcp-proxy           running since 2026-11-24 10:00 UTC, no restarts',
      '  ✓ cloudflared         running (health: healthy) since 2026-11-24 10:00 UTC, no restarts',
      '  ✓ hello-mcp           running since 2026-11-24 10:00 UTC, no restarts',
      '  ✓ Shared network      cloudflared is in the network of the proxy',
    ]);
    expect(lines.length).toBeLessThan(30);
  });

  test('has the worst first, each with what was expected and what to do', () => {
    const lines = linesOf(
      eventOf({ ...stranded, certificate: certificateSeen({ notAfter: inDays(3) }) }),
    );
    expect(lines.slice(0, 8)).toEqual([
      '✗ Not healthy. Shared network: cloudflared is stranded: the proxy was started after it, and the network they shared is gone',
      '',
      '  ✗ Shared network      cloudflared is stranded: the proxy was started after it, and the network they shared is gone',
      '      expected  cloudflared started after the proxy, in whose network it lives',
      '      fix       cd /srv/mcp-tunnel && docker compose restart cloudflared',
      '  ! Certificate         until 2026-11-27, 3 days left',
      '      expected  valid for 30 more days, signed by the CA',
      '      fix       mcp-tunnel renew-cert --dir /srv/mcp-tunnel',
    ]);
  });

  test('tells many routes that answer in one line, and those that do not in full', () => {
    const many = Array.from({ length: 200 }, (_, index) => routeSeen({ name: `r${index}` }));
    const broken = routeSeen({
      name: 'broken',
      service: undefined,
      probe: parsed({ status: 'warn', found: 'no answer', expected: 'MCP', fix: 'look' }),
    });
    const lines = linesOf(eventOf({ routes: parsed([...many, broken]) }));
    expect(lines).toContain('  ✓ Routes              200 routes answer (asked from this host)');
    expect(lines).toContain(
      '  ! Route broken        http://hello-mcp:9000: no answer (asked from this host)',
    );
    expect(lines.length).toBeLessThan(30);
  });

  test('colour changes nothing but colour', () => {
    const event = eventOf(stranded);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: SGR sequences are what is removed.
    const plain = linesOf(event, colourStyle).map((line) => line.replace(/\u001b\[\d+m/gu, ''));
    expect(plain).toEqual(linesOf(event));
  });
});

describe('a later look', () => {
  test('at which nothing changed is not worth a line', () =>
    expect(linesOf(eventOf({}, []))).toEqual([]));

  test('has the time, and only what changed', () => {
    expect(linesOf(eventOf(stranded, ['stranded', 'gone']))).toEqual([
      '',
      '2026-11-24 12:00:00 UTC',
      '✗ Not healthy. Shared network: cloudflared is stranded: the proxy was started after it, and the network they shared is gone',
      '  ✗ Shared network  cloudflared is stranded: the proxy was started after it, and the network they shared is gone',
      '      expected  cloudflared started after the proxy, in whose network it lives',
      '      fix       cd /srv/mcp-tunnel && docker compose restart cloudflared',
    ]);
  });
});

describe('the end of a look', () => {
  const finished = (rest: object): FlowEvent => ({
    ...{ type: 'flow.finished', flow: 'status', outcome: 'failed', changed: false, dir: '/srv/x' },
    ...rest,
  });
  const failure = (code: 'stack-unhealthy' | 'docker-not-running') => ({
    failure: { code, summary: 'Summary.', nextSteps: ['next'] },
  });

  test('adds nothing to a table that has said it all', () => {
    expect(linesOf(finished({ outcome: 'done' }))).toEqual([]);
    expect(linesOf(finished({ outcome: 'action-needed' }))).toEqual([]);
    expect(linesOf(finished(failure('stack-unhealthy')))).toEqual([]);
  });

  test('says why Docker could not be asked, and what to do about it', () => {
    const lines = linesOf(finished(failure('docker-not-running')));
    expect(lines).toEqual(expect.arrayContaining(['✗ Summary. [docker-not-running]', '    next']));
  });
});

test('as JSON: the judgement and everything that was seen, in one line', () => {
  let out = '';
  jsonSurface((text) => {
    out += text;
  }, false).show(
    eventOf({ certificate: certificateSeen({ notAfter: inDays(3) }) }, ['certificate']),
  );
  expect(out.trimEnd()).not.toContain('\n');
  const read = JSON.parse(out);
  expect(read).toMatchObject({
    ...{ v: 1, type: 'status', state: 'due', healthy: true, changed: ['certificate'] },
    due: [
      {
        item: 'certificate',
        what: 'renew the server certificate',
        at: inDays(3).toISOString(),
        fix: 'mcp-tunnel renew-cert --dir /srv/mcp-tunnel',
      },
    ],
    observation: {
      at: '2026-11-24T12:00:00.000Z',
      connections: { from: 'log', locations: ['fra08', 'ams04', 'fra08', 'ams01'] },
      containers: [{ service: 'mcp-proxy', state: 'running', restarts: 0 }, {}, {}],
      certificate: { ok: true, value: { facts: { notAfter: inDays(3).toISOString() } } },
    },
  });
  for (const item of read.items)
    expect(Object.keys(item)).toEqual(
      expect.arrayContaining(['id', 'title', 'status', 'found', 'expected']),
    );
});

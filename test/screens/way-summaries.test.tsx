import { describe, expect, test } from 'vitest';
import { lineText, pageLines } from '../../screens/blocks/block-lines.ts';
import { Summary } from '../../screens/summary.tsx';
import { type SummaryView, summaryText } from '../../screens/texts/summary-text.ts';
import type { Change } from '../../src/domain/change.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { reduce, stateBefore } from '../../src/runner/reduce.ts';
import { domain, frame, shellAt, sizes } from './run-scene.ts';

const change: Change = { action: 'change', what: 'data/tls.crt', undoable: false };
const planned: FlowEvent = { type: 'plan', dryRun: false, changes: [change], differences: [] };
const certificate = {
  type: 'certificate',
  path: '/srv/tunnel/data/tls.crt',
  fingerprint: 'ab12'.repeat(16),
  notAfter: '2027-02-22T10:00:00Z',
  daysLeft: 90,
} as const;
const probed = (route: string, status: 'pass' | 'warn'): FlowEvent => ({
  ...{ type: 'route.probed', route, status, from: 'this host', expected: 'an MCP server' },
  upstream: `http://${route}:80`,
  url: `https://${route}.${domain}/mcp`,
  found: status === 'pass' ? 'MCP server x' : 'refused',
});

function viewOf(events: readonly FlowEvent[], more: Partial<SummaryView>): SummaryView {
  return {
    flow: [planned, ...events].reduce(reduce, stateBefore),
    domain,
    routes: [{ name: 'echo', upstream: 'http://echo:80' }],
    certificateDue: undefined,
    caRegistered: true,
    dir: '/srv/tunnel',
    self: ['mcp-tunnel', 'install', '--dir', '/srv/tunnel'],
    ...more,
  };
}

const printed = (view: SummaryView) =>
  pageLines(summaryText(view), Number.POSITIVE_INFINITY).map(lineText);

describe('after a renewal', () => {
  const renewed = (served: object, more: Partial<SummaryView> = {}, ...events: FlowEvent[]) =>
    viewOf([{ ...certificate, ...served }, ...events], { way: 'renew-cert', ...more });

  test('the proof comes first, then the certificate, then how to go back', () => {
    const lines = printed(renewed({ served: 'yes', seenBy: 'this host' }));
    expect(lines.slice(0, 6)).toEqual([
      'The proxy serves this certificate',
      '✓ served by the proxy: the same fingerprint, seen by this host',
      '',
      'File     /srv/tunnel/data/tls.crt',
      'Valid    90 days, until 2027-02-22',
      `SHA-256  ${'ab12'.repeat(16)}`,
    ]);
    expect(lines).toContain('mcp-tunnel renew-cert --dir /srv/tunnel --restore');
    expect(lines).toContain('mcp-tunnel renew-cert --dir /srv/tunnel --renew-before 720h --yes');
  });

  test('what could not be seen is said plainly, with how to check', () => {
    const text = 'It could not be seen from here (ETIMEDOUT). To check: call a tool.';
    const lines = printed(renewed({ served: 'unseen' }, {}, { type: 'notice', text }));
    expect(lines.slice(0, 2)).toEqual([
      'The certificate is there; that the proxy serves it was not seen',
      '! whether the proxy serves it could not be seen',
    ]);
    expect(lines).toContain(text);
  });

  test('a proxy that goes on with the old one is the person’s turn', () => {
    const action = {
      id: 'restart-proxy',
      title: 'restart the proxy',
      steps: ['docker compose restart mcp-proxy'],
      values: {},
      resume: ['mcp-tunnel', 'renew-cert', '--renew-before', '1h'],
    };
    const served = { served: 'no', seenBy: 'this host', servedFingerprint: 'feed'.repeat(16) };
    const lines = printed(renewed(served, { action }));
    expect(lines.slice(0, 2)).toEqual([
      'The certificate is there, but the proxy does not serve it yet',
      `✗ the proxy goes on with another one, seen by this host: ${'feed'.repeat(16)}`,
    ]);
    const turn = lines.indexOf('Your turn: restart the proxy');
    expect(lines.slice(turn, turn + 3)).toEqual([
      'Your turn: restart the proxy',
      '1. docker compose restart mcp-proxy',
      'mcp-tunnel renew-cert --renew-before 1h',
    ]);
  });

  test.each(sizes)('fits %i×%i', (columns, rows) => {
    const shell = { ...shellAt('summary', columns, rows), way: 'renew-cert' } as const;
    const view = renewed({ served: 'yes', seenBy: 'this host' });
    const lines = frame(<Summary shell={shell} view={view} onFinish={() => {}} />, shell);
    expect(lines.join('\n')).toContain('The proxy serves this certificate');
  });
});

describe('after a change of routes', () => {
  const routes = ['echo', 'wiki', 'docs'].map((name) => ({ name, upstream: `http://${name}:80` }));
  const changed = viewOf(
    [
      probed('echo', 'pass'),
      probed('wiki', 'pass'),
      probed('docs', 'warn'),
      { type: 'verified', level: 3, proven: ['Level 1'], unproven: [] },
    ],
    { way: 'routes', routes, changed: { set: ['wiki', 'docs'], removed: ['old'] } },
  );

  test('what was set comes first, each with its URL and its proof; what went is named', () => {
    const lines = printed(changed);
    const shown = [
      'The routes are changed',
      'Taken away: old',
      'Verified to level 3 of 4',
      'The new routes',
      `https://wiki.${domain}/mcp`,
      '✓ wiki → http://wiki:80: MCP server x (asked from this host)',
      `https://docs.${domain}/mcp`,
      '! docs → http://docs:80: refused (asked from this host)',
      'The other routes',
      `https://echo.${domain}/mcp`,
      'Other hosts of this tunnel need the same change: calls are spread over all of them.',
      'mcp-tunnel routes --dir /srv/tunnel list',
    ];
    expect(lines.filter((line) => shown.includes(line))).toEqual(shown);
  });

  test('that had nothing to do says so, and asks nothing of other hosts', () => {
    const flow = { ...changed.flow, changes: [{ ...change, action: 'keep' as const }] };
    const lines = printed({ ...changed, flow, changed: { set: [], removed: [] } });
    expect(lines[0]).toBe('The routes are as they were');
    expect(lines.join('\n')).not.toContain('Other hosts');
    expect(lines).toContain('The routes');
  });

  test.each(sizes)('fits %i×%i', (columns, rows) => {
    const shell = { ...shellAt('summary', columns, rows), way: 'routes' } as const;
    frame(<Summary shell={shell} view={changed} onFinish={() => {}} />, shell);
  });
});

describe('after a rotation with other hosts', () => {
  const row = (name: string, done: boolean) => ({
    ...{ name, done, note: undefined, command: `ssh -t ${name} …` },
  });
  const rotated = (...rows: ReturnType<typeof row>[]) =>
    printed(
      viewOf([], {
        way: 'rotate-token',
        hosts: { rows, token: 'ab12cd34ef56', problem: undefined },
      }),
    );

  test('those that still need the token are named, with what to type', () => {
    const lines = rotated(row('vm-2', true), row('vm-3', false));
    expect(lines.slice(0, 4)).toEqual([
      'This host runs with the new token',
      '! 1 of 2 hosts have the new token.',
      'A host that restarts with the old token cannot connect again. Still to do:',
      'ssh -t vm-3 …',
    ]);
  });

  test('that all have it is enough', () => {
    expect(rotated(row('vm-2', true)).slice(0, 3)).toEqual([
      'This host runs with the new token',
      '✓ Every host has the new token.',
      '',
    ]);
  });

  test('without a list the warning is for whoever else there is', () => {
    expect(rotated().join('\n')).toContain('give each the new token before it restarts.');
  });
});

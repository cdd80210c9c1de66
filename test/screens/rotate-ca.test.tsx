import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { CaRotationView } from '../../screens/operation-views.ts';
import { RotateCa, type RotateCaProps } from '../../screens/rotate-ca.tsx';
import type { RotationStage } from '../../src/domain/ca-rotation.ts';
import { frameOf, readable, shellOf, sizes } from './show-screen.ts';

afterEach(cleanup);

const line = 'MIIB'.repeat(16);
const next = {
  pem: `-----BEGIN CERTIFICATE-----\n${Array.from({ length: 12 }, () => line).join('\n')}\n-----END CERTIFICATE-----\n`,
  path: '/srv/mcp-tunnel/.mcp-tunnel/next-ca/ca.crt',
  fingerprint: 'ab'.repeat(32),
  daysLeft: 3650,
};

function at(stage: RotationStage): CaRotationView {
  return {
    ...{ kind: 'seen', stage, old: 'cd'.repeat(32), oldDaysLeft: 40 },
    next: stage === 'none' || stage === 'make' ? undefined : next,
    hosts: [{ name: 'vm-2', dir: '/srv/other' }],
  };
}

const failed: CaRotationView = {
  kind: 'failed',
  failure: { code: 'file-malformed', summary: 'That is no certificate.', nextSteps: ['Look.'] },
};
const all: readonly CaRotationView[] = [
  { kind: 'looking' },
  failed,
  ...(['none', 'make', 'register', 'prove', 'swap', 'revoke'] as const).map(at),
];

function calls() {
  return {
    ...{ onCopy: vi.fn(), onContinue: vi.fn(), onConfirm: vi.fn() },
    ...{ onCancel: vi.fn(), onRetry: vi.fn(), onBack: vi.fn() },
  };
}

const about = { domain: 'abcd1234.tunnel.anthropic.com', hostname: 'vm-7', copied: false };

function frame(view: CaRotationView, columns: number, rows: number, more = {}, rehearsal = false) {
  const shell = { ...shellOf('rotate-ca', columns, rows, rehearsal), way: 'rotate-ca' } as const;
  return frameOf(
    (each) => <RotateCa {...about} {...calls()} {...more} shell={each} view={view} />,
    shell,
  );
}

describe.each(sizes)('at %i×%i', (columns, rows) => {
  test.each(all)('fits: $kind $stage', (view) => {
    frame(view, columns, rows, { copied: true });
    frame(view, columns, rows, {}, true);
  });
});

describe.each([
  [60, 20],
  [80, 24],
  [120, 30],
])('at %i×%i a person reads', (columns, rows) => {
  test('not begun: that it is not, and what Enter does', () => {
    const said = readable(frame(at('none'), columns, rows));
    expect(said).toContain('Not begun.');
    expect(said).toContain(
      'Enter shows the plan: it makes a new CA, and touches nothing that runs.',
    );
    expect(said).not.toContain('x: take');
  });

  test('made: that it waits, and how it is fetched and confirmed', () => {
    const said = readable(frame(at('register'), columns, rows));
    expect(said).toContain('The new CA is made and waits for its registration.');
    expect(said).toContain('y: I have registered it, the fingerprints match; shows the plan.');
    expect(said).toContain('x: take the new CA back; nothing uses it yet.');
    expect(said).not.toContain('revoked');
  });

  test('registered: that the rest can be done, or taken back', () => {
    const said = readable(frame(at('prove'), columns, rows));
    expect(said).toContain('The new CA is registered; it is not in place yet.');
    expect(said).toContain('x: take the new CA back');
    expect(said).not.toContain('y:');
  });

  test('in place: that the old one is to be revoked; nothing can be cancelled', () => {
    const said = readable(frame(at('revoke'), columns, rows));
    expect(said).toContain('it waits for the old one’s revocation.');
    expect(said).toContain('y: I have revoked the old one; shows the plan.');
    expect(said).not.toContain('x: take');
  });
});

test('with room: scp line, place in the Console, both fingerprints and the PEM', () => {
  const { text } = frame(at('register'), 120, 60);
  expect(text).toContain('scp vm-7:/srv/mcp-tunnel/.mcp-tunnel/next-ca/ca.crt mcp-tunnel-ca.crt');
  expect(text).toContain(
    'Console > Manage > MCP tunnels > abcd1234.tunnel.anthropic.com > Certificates',
  );
  expect(text).toContain(Array.from({ length: 16 }, () => 'AB').join(':'));
  expect(readable({ lines: text.split('\n') })).toContain('never the one in use: CD:CD');
  expect(text).toContain(line);
  const revoke = frame(at('revoke'), 120, 40).text;
  expect(revoke).toContain('vm-2: /srv/other/data');
  expect(revoke).toContain(Array.from({ length: 16 }, () => 'CD').join(':'));
});

test('in a rehearsal the simulated Console does it', () => {
  const of = (stage: RotationStage) => readable(frame(at(stage), 80, 24, {}, true));
  expect(of('register')).toContain('y: the simulated Console registers it; shows the plan.');
  expect(of('revoke')).toContain('y: the simulated Console revokes the old one; shows the plan.');
});

describe('keys', () => {
  const keys = {
    ...{ '\r': 'onContinue', y: 'onConfirm', x: 'onCancel', c: 'onCopy', r: 'onRetry' },
  } as const satisfies Record<string, keyof RotateCaProps>;
  const works: readonly (readonly [string, CaRotationView, string])[] = [
    ['looking', { kind: 'looking' }, ''],
    ['failed', failed, 'r'],
    ['none', at('none'), '\r'],
    ['make', at('make'), '\rx'],
    ['register', at('register'), 'yxc'],
    ['prove', at('prove'), '\rx'],
    ['swap', at('swap'), '\r'],
    ['revoke', at('revoke'), 'y'],
  ];

  test.each(works)('%s: only what belongs to it', async (_name, view, own) => {
    const called = calls();
    const shell = { ...shellOf('rotate-ca', 100, 30), way: 'rotate-ca' } as const;
    const { stdin } = render(<RotateCa {...about} {...called} shell={shell} view={view} />);
    for (const key of Object.keys(keys)) stdin.write(key);
    stdin.write('\u001b');
    await vi.waitFor(() => expect(called.onBack).toHaveBeenCalledOnce());
    for (const [key, name] of Object.entries(keys))
      expect(called[name], name).toHaveBeenCalledTimes(own.includes(key) ? 1 : 0);
  });
});

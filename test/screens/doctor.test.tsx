import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Doctor } from '../../screens/doctor.tsx';
import type { DoctorView } from '../../screens/operation-views.ts';
import { dir, entries } from '../fakes/sample-look.ts';
import { flat } from './run-scene.ts';
import { frameOf, shellOf, sizes } from './show-screen.ts';

afterEach(cleanup);

const self = ['mcp-tunnel'];
const good = {
  id: 'docker-reachable',
  title: 'Docker',
  status: 'pass',
  found: 'version 29',
  expected: 'an engine',
} as const;
const bad = {
  id: 'certificate',
  title: 'Certificate',
  status: 'fail',
  found: 'expired on 2026-11-20',
  expected: 'valid for 30 more days',
  fix: `mcp-tunnel renew-cert --dir ${dir}`,
} as const;
const skipped = {
  id: 'route-echo',
  title: 'Route echo',
  status: 'skip',
  found: 'not asked: the certificate comes first',
  expected: 'an MCP server',
} as const;
const layers = [
  { title: 'This host and its containers', checks: [good] },
  { title: 'Inner TLS', checks: [bad] },
  { title: 'Routing and upstreams', checks: [skipped] },
];
const begun: DoctorView = {
  ...{ running: true, layers: [], self, dir },
  ...{ conclusion: undefined, failure: undefined },
};
const views = {
  begun,
  partly: { ...begun, layers: layers.slice(0, 1) },
  failed: {
    ...{ ...begun, running: false, layers },
    conclusion: {
      type: 'examined',
      layers: [],
      failed: 1,
      warned: 0,
      summary: 'Inner TLS: Certificate: expired on 2026-11-20',
      next: `mcp-tunnel renew-cert --dir ${dir}`,
    },
  },
  well: {
    ...{ ...begun, running: false, layers: layers.slice(0, 1) },
    conclusion: {
      type: 'examined',
      layers: [],
      failed: 0,
      warned: 0,
      summary: 'Nothing is wrong that this host can see.',
    },
  },
  missing: {
    ...{ ...begun, running: false },
    failure: {
      code: 'deployment-missing',
      summary: 'There is no deployment.',
      nextSteps: ['Name its directory with --dir.'],
    },
  },
} as const satisfies Readonly<Record<string, DoctorView>>;

const idle = { entries, onChoose: () => {}, onRecheck: () => {}, onBack: () => {} };

function frame(view: DoctorView, columns: number, rows: number) {
  return frameOf(
    (shell) => <Doctor {...{ shell, view, ...idle }} />,
    shellOf('doctor', columns, rows),
  );
}

describe.each(sizes)('at %i×%i', (columns, rows) => {
  test.each(Object.entries(views))('%s: fits', (_name, view) => {
    expect(frame(view, columns, rows).lines.at(-1)).toContain('Esc back');
  });
});

describe.each([
  [60, 20],
  [80, 24],
  [120, 30],
])('at %i×%i a person reads', (columns, rows) => {
  test('that it is going on, with what is known so far', () => {
    const text = flat(frame(views.partly, columns, rows).lines);
    expect(text).toContain('Examining, layer by layer …');
    expect(text).toContain('This host and its containers ✓ Docker: version 29');
  });

  test('what is wrong, what to do first, and by which key', () => {
    const page = frame(views.failed, columns, rows);
    const text = flat(page.lines);
    expect(text).toContain('✗ Inner TLS: Certificate: expired on 2026-11-20 First: mcp-tunnel');
    expect(text).toContain('✗ Certificate: expired on 2026-11-20 expected valid for 30 more days');
    expect(text).toContain('press c, or: mcp-tunnel renew-cert --dir');
    expect(page.lines.at(-1)).toContain('Esc back   r examine again   c renew the certificate');
  });

  test('that nothing is wrong, and what this host cannot see', () => {
    const text = flat(frame(views.well, columns, rows).lines);
    expect(text).toContain('✓ Nothing is wrong that this host can see.');
    expect(text).toContain('More than this host can see: a call from the vendor’s side.');
  });

  test('why nothing could be examined', () => {
    expect(frame(views.missing, columns, rows).text).toContain(
      '✗ There is no deployment. [deployment-missing]',
    );
  });
});

test('keys: r examines again once it is over, a remedy’s key leads to it, Esc goes back', async () => {
  const calls = { onChoose: vi.fn(), onRecheck: vi.fn(), onBack: vi.fn() };
  const shell = shellOf('doctor', 100, 24);
  const { stdin, rerender } = render(
    <Doctor {...{ shell, view: views.partly, ...idle, ...calls }} />,
  );
  stdin.write('rc');
  await vi.waitFor(() => expect(calls.onChoose).toHaveBeenCalledExactlyOnceWith('renew-cert'));
  expect(calls.onRecheck).not.toHaveBeenCalled();
  rerender(<Doctor {...{ shell, view: views.failed, ...idle, ...calls }} />);
  stdin.write('r');
  await vi.waitFor(() => expect(calls.onRecheck).toHaveBeenCalledOnce());
  stdin.write('\u001b');
  await vi.waitFor(() => expect(calls.onBack).toHaveBeenCalledOnce());
});

import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ScheduleView } from '../../screens/operation-views.ts';
import { Schedule } from '../../screens/schedule.tsx';
import { frameOf, readable, shellOf, sizes } from './show-screen.ts';

afterEach(cleanup);

const again = 'mcp-tunnel schedule on --dir /srv/mcp-tunnel';
const event = { type: 'schedule', troubles: [], again } as const;
const nothing: ScheduleView = {
  kind: 'seen',
  schedule: { ...event, schedule: undefined, watcher: undefined, lastRenewal: undefined },
};
const on: ScheduleView = {
  kind: 'seen',
  schedule: {
    ...event,
    schedule: {
      ...{ manager: 'system', account: 'root', copy: 'same', watch: 'running', renewal: 'on' },
      files: ['/etc/systemd/system/mcp-tunnel-watch.service'],
      program: {
        ...{ folder: '/usr/local/lib/mcp-tunnel/1', version: '1.0.0' },
        ...{ hash: 'ab'.repeat(32), node: '/usr/bin/node' },
      },
      next: new Date('2026-11-25T03:10:00Z'),
    },
    watcher: { pid: 77, since: '2026-11-24T03:00:00Z' },
    lastRenewal: { at: new Date('2026-11-24T03:10:00Z'), code: 0 },
  },
};
const amiss: ScheduleView = {
  kind: 'seen',
  schedule: { ...on.schedule, troubles: [{ what: 'the watch does not run', fix: again }] },
};
const failed: ScheduleView = {
  kind: 'failed',
  failure: { code: 'bug', summary: 'This world has no scheduler.', nextSteps: [] },
};
const all = { looking: { kind: 'looking' }, failed, nothing, on, amiss } as const;

function calls() {
  return { onSwitchOn: vi.fn(), onSwitchOff: vi.fn(), onRetry: vi.fn(), onBack: vi.fn() };
}

function frame(view: ScheduleView, columns: number, rows: number) {
  const shell = { ...shellOf('schedule', columns, rows), way: 'schedule' } as const;
  return frameOf((each) => <Schedule shell={each} view={view} {...calls()} />, shell);
}

describe.each(sizes)('at %i×%i', (columns, rows) => {
  test.each(Object.entries(all))('%s: fits', (_name, view) => {
    frame(view, columns, rows);
  });
});

describe.each([
  [60, 20],
  [80, 24],
  [120, 30],
])('at %i×%i a person reads', (columns, rows) => {
  test('that nothing is set up, and the key that switches it on', () => {
    const said = readable(frame(nothing, columns, rows));
    expect(said).toContain('Nothing is set up: after a crash of the proxy');
    expect(said).toContain('o switches it on: shows the plan first.');
    expect(said).not.toContain('switch off');
  });

  test('that it runs, when it last and next renews, and both keys', () => {
    const said = readable(frame(on, columns, rows));
    expect(said).toContain('The watch runs (systemd, as root)');
    expect(said).toContain('next 2026-11-25 03:10');
    expect(said).toContain('o sets it up anew, f switches it off: each shows the plan first.');
  });

  test('what has to be mended', () => {
    expect(readable(frame(amiss, columns, rows))).toContain('! the watch does not run');
  });
});

test('with room: last and next renewal, and boot', () => {
  const { text } = frame(on, 120, 40);
  expect(text).toMatch(/Last renewal +2026-11-24 03:10.*, exit code 0/u);
  expect(text).toMatch(/Next renewal +2026-11-25 03:10/u);
  expect(text).toMatch(/At boot +the watch starts with the host/u);
});

describe('keys', () => {
  const keys = { o: 'onSwitchOn', f: 'onSwitchOff', r: 'onRetry' } as const;
  test.each([
    ['looking', { kind: 'looking' }, ''],
    ['failed', failed, 'r'],
    ['nothing', nothing, 'o'],
    ['on', on, 'of'],
  ] as const)('%s: only what makes sense', async (_name, view, own) => {
    const called = calls();
    const shell = { ...shellOf('schedule', 100, 30), way: 'schedule' } as const;
    const { stdin } = render(<Schedule shell={shell} view={view} {...called} />);
    for (const key of Object.keys(keys)) stdin.write(key);
    stdin.write('\u001b');
    await vi.waitFor(() => expect(called.onBack).toHaveBeenCalledOnce());
    for (const [key, name] of Object.entries(keys))
      expect(called[name], name).toHaveBeenCalledTimes(own.includes(key) ? 1 : 0);
  });
});

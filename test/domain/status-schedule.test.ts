import { expect, test } from 'vitest';
import type { ObservedSchedule } from '../../src/domain/schedule-state.ts';
import { judgeStatus } from '../../src/domain/status.ts';
import { statusSeen } from '../fakes/sample-status.ts';

const schedule: ObservedSchedule = {
  manager: 'system',
  account: 'operator',
  files: [],
  program: {
    folder: '/usr/local/lib/mcp-tunnel/0.1.0-ab',
    version: '0.1.0',
    hash: 'ab',
    node: 'n',
  },
  copy: 'same',
  watch: 'running',
  renewal: 'on',
};

function lookAt(change: Partial<ObservedSchedule> | undefined) {
  const seen = statusSeen();
  const report = {
    schedule: change && { ...schedule, ...change },
    watcher: undefined,
    lastRenewal: undefined,
  };
  const judged = judgeStatus({ ...seen, schedule: report });
  const item = (id: string) => judged.items.find((each) => each.id === id);
  return { judged, schedule: item('schedule'), reboot: item('reboot') };
}

test('nobody looks after it: no fault, and how to change that', () => {
  const { schedule: item, reboot, judged } = lookAt(undefined);
  expect(item?.status).toBe('pass');
  expect(item?.found).toMatch(/^nothing is set up: .*\(mcp-tunnel schedule on --dir \S+\)$/u);
  expect(reboot?.found).toContain('cloudflared may then need a restart');
  expect(judged.state).toBe('healthy');
});

test('a watch that runs mends what a reboot breaks', () => {
  const { schedule: item, reboot } = lookAt({});
  expect(item).toMatchObject({ status: 'pass', title: 'Boot and schedule' });
  expect(reboot?.found).toContain('the watch restarts cloudflared if it needs that');
});

test('a watch that does not run is due: exit 10, with the command', () => {
  const { schedule: item, judged } = lookAt({ watch: 'stopped' });
  expect(item?.status).toBe('warn');
  expect(judged.state).toBe('due');
  expect(judged.due).toContainEqual({
    item: 'schedule',
    what: 'the watch does not run',
    fix: expect.stringMatching(/^mcp-tunnel schedule on --dir /u),
  });
});

test('where nobody has looked for it, nothing is said', () => {
  expect(judgeStatus(statusSeen()).items.map(({ id }) => id)).not.toContain('schedule');
});

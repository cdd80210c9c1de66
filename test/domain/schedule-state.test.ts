import { describe, expect, test } from 'vitest';
import {
  describeSchedule,
  type ObservedSchedule,
  readRenewalNote,
  renewalNote,
  type ScheduleReport,
  scheduleTroubles,
} from '../../src/domain/schedule-state.ts';

const schedule: ObservedSchedule = {
  manager: 'system',
  account: 'operator',
  files: ['/etc/systemd/system/mcp-tunnel-b67cdc-watch.service'],
  program: {
    folder: '/usr/local/lib/mcp-tunnel/0.1.0-0123456789ab',
    version: '0.1.0',
    hash: '0123456789abcdef',
    node: '/usr/bin/node',
  },
  copy: 'same',
  watch: 'running',
  renewal: 'on',
  next: new Date('2026-11-25T03:07:00Z'),
};
const at = new Date('2026-11-24T03:07:11Z');

function report(change: Partial<ScheduleReport> & { schedule?: ObservedSchedule | undefined }) {
  return { schedule, watcher: undefined, lastRenewal: undefined, ...change };
}

const troubles = (change: Parameters<typeof report>[0]) =>
  scheduleTroubles(report(change), '/srv/mcp-tunnel', 'AGAIN').map(({ what, fix }) => [what, fix]);

describe('what is wrong', () => {
  test.each<[string, Parameters<typeof report>[0], readonly (readonly string[])[]]>([
    ['nothing', {}, []],
    ['nothing is set up', { schedule: undefined }, []],
    ['the last renewal was not due', { lastRenewal: { at, code: 0 } }, []],
    [
      'the watch was stopped',
      { schedule: { ...schedule, watch: 'stopped' } },
      [['the watch does not run', 'AGAIN']],
    ],
    [
      'the watch ends at once',
      { schedule: { ...schedule, watch: 'failing' } },
      [['the watch ends again and again', 'sudo journalctl -u mcp-tunnel-b67cdc-watch.service']],
    ],
    [
      'the copy is gone',
      { schedule: { ...schedule, copy: 'missing' } },
      [['the copy /usr/local/lib/mcp-tunnel/0.1.0-0123456789ab is gone', 'AGAIN']],
    ],
    [
      'the copy was changed',
      { schedule: { ...schedule, copy: 'damaged' } },
      [['the copy /usr/local/lib/mcp-tunnel/0.1.0-0123456789ab was changed', 'AGAIN']],
    ],
    [
      'the timer is off',
      { schedule: { ...schedule, renewal: 'off' } },
      [['nothing renews the certificate', 'AGAIN']],
    ],
    [
      'a user’s units end with the login',
      { schedule: { ...schedule, manager: 'user', lingers: false } },
      [['the units of operator end with the last login', 'sudo loginctl enable-linger operator']],
    ],
    [
      'the renewal failed',
      {
        schedule: { ...schedule, manager: 'user' },
        lastRenewal: { at, code: 3, summary: 'There is no CA key.' },
      },
      [
        [
          'the renewal of 2026-11-24 ended with 3: There is no CA key.',
          'journalctl --user -u mcp-tunnel-b67cdc-renew.service',
        ],
      ],
    ],
    [
      'the renewal needs a person',
      { schedule: { ...schedule, manager: 'cron' }, lastRenewal: { at, code: 10 } },
      [
        [
          'the renewal of 2026-11-24 ended with 10: a person has to look',
          'grep mcp-tunnel-b67cdc /var/log/syslog',
        ],
      ],
    ],
  ])('%s', (_, change, expected) => {
    expect(troubles(change)).toEqual(expected);
  });
});

describe('in one line', () => {
  test.each([
    [
      report({}),
      'the watch runs (systemd, as operator); renewal not tried yet; next 2026-11-25 03:07 UTC',
    ],
    [
      report({ lastRenewal: { at, code: 0 } }),
      'the watch runs (systemd, as operator); renewal last tried 2026-11-24 03:07 UTC, ended well; next 2026-11-25 03:07 UTC',
    ],
    [
      report({ schedule: { ...schedule, copy: 'other', manager: 'crontab', watch: 'stopped' } }),
      'the watch does not run (crontab, as operator); renewal not tried yet; next 2026-11-25 03:07 UTC; it runs 0.1.0 (0123456789ab), which is not this program',
    ],
    [
      report({ schedule: undefined }),
      'nothing is set up: after a crash of the proxy, and when the certificate is due, somebody has to act',
    ],
    [
      report({ schedule: undefined, watcher: { pid: 77, since: '2026-11-24T10:00:00Z' } }),
      'a watch runs, started by hand (process 77); nothing starts it at boot or renews the certificate',
    ],
  ])('%#', (given, expected) => {
    expect(describeSchedule(given)).toBe(expected);
  });
});

test('how a renewal ended is noted and read back', () => {
  const note = { at, code: 3, summary: 'There is no CA key.' };
  expect(readRenewalNote(renewalNote(note))).toEqual(note);
  for (const text of [undefined, '', '{', '{"code":"3"}', '{"code":3,"at":"yesterday"}'])
    expect(readRenewalNote(text)).toBeUndefined();
});

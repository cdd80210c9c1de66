import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { systemHost } from '../../src/adapters/system-host.ts';
import { systemScheduler } from '../../src/adapters/system-scheduler.ts';

/** A systemctl of our own, first in PATH: it notes how it was called, and does what the name says. */
describe('systemctl, loginctl and crontab', () => {
  const bin = mkdtempSync(join(tmpdir(), 'mcpt-scheduler-'));
  const notes = join(bin, 'notes');
  const program = (name: string, body: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const PATH = `${bin}:/usr/bin:/bin`;
  const environment = { PATH, HOME: '/home/op', TUNNEL_TOKEN: 'secret', TZ: 'Asia/Tokyo' };
  const scheduler = systemScheduler({ host: systemHost(PATH), environment });
  afterAll(() => rm(bin, { recursive: true, force: true }));

  test('run as the plan shows them, in UTC and C, without the operator’s secrets', async () => {
    program('systemctl', `env > '${notes}'; echo "$@"`);
    const argv = ['systemctl', '--user', 'show', 'a.service'];
    expect(await scheduler.command(argv)).toBe('--user show a.service\n');
    const seen = readFileSync(notes, 'utf8').split('\n');
    expect(seen).toEqual(expect.arrayContaining(['TZ=UTC', 'LC_ALL=C', 'HOME=/home/op']));
    expect(seen.some((line) => line.startsWith('XDG_RUNTIME_DIR=/run/user/'))).toBe(true);
    expect(seen.join('\n')).not.toContain('secret');
  });

  test('a crontab is handed over as input', async () => {
    program('crontab', `cat > '${notes}'`);
    await scheduler.command(['crontab', '-'], '@reboot x\n');
    expect(readFileSync(notes, 'utf8')).toBe('@reboot x\n');
  });

  test('a refusal is told in its words, with the command to type', async () => {
    program('loginctl', 'echo "Could not enable linger: Access denied" >&2; exit 1');
    await expect(scheduler.command(['loginctl', 'enable-linger', 'op'])).rejects.toMatchObject({
      code: 'schedule-failed',
      found: 'Could not enable linger: Access denied',
      nextSteps: expect.arrayContaining(['loginctl enable-linger op']),
    });
    await expect(scheduler.command(['no-such-program'])).rejects.toMatchObject({
      code: 'schedule-failed',
      found: expect.stringContaining('ENOENT'),
    });
  });

  test('accounts and groups are known by number', async () => {
    expect(await scheduler.account(0)).toMatchObject({ uid: 0, gid: 0, name: 'root' });
    expect(await scheduler.account(userInfo().uid)).toMatchObject({ name: userInfo().username });
    expect(await scheduler.account(4_123_456)).toBeUndefined();
    expect(await scheduler.group(0)).toBe('root');
    expect(await scheduler.group(4_123_456)).toBe('4123456');
  });

  test('what there is of systemd and cron', async () => {
    program('flock', 'exit 0');
    const facts = await scheduler.facts();
    expect(facts).toMatchObject({ flock: join(bin, 'flock'), crontab: join(bin, 'crontab') });
    expect(typeof facts.systemd).toBe('boolean');
  });
});

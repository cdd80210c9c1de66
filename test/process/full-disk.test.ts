import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { finishOf, Session, storyOf, textOf } from './session.ts';

/** Small filesystems of our own need a mount namespace. */
function mayMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const skipReason = 'no mount namespaces here (needs root)';
describe.skipIf(!mayMount())('a full disk', { meta: { skipReason } }, () => {
  test('found before anything is written: exit 3, nothing left', async () => {
    await using session = new Session();
    const script = `mount -t tmpfs -o size=512k none ${session.cwd} && "$@"; code=$?
      ls -A ${session.cwd} >&2; exit $code`;
    const ended = await session.rehearse(['--yes'], {
      prefix: ['unshare', '-m', 'sh', '-c', script, 'sh'],
    });
    expect(ended.code, storyOf(ended)).toBe(3);
    expect(finishOf(ended).failure?.code).toBe('disk-full');
    expect(ended.stderr).toBe('');
  });

  // Inodes run out one by one: at another place of the run for each number.
  test.each([12, 22])('with %i files left: exit 3, and with room it goes on', async (inodes) => {
    await using session = new Session();
    const report = join(session.home, 'again.json');
    const script = `mount -t tmpfs -o size=64m,nr_inodes=${inodes} none ${session.cwd} || exit 99
      cd ${session.cwd}; "$@"; code=$?
      mount -o remount,nr_inodes=9999 ${session.cwd} && "$@" > ${report}
      echo "again $?" >&2; find . -name '*.tmp-*' -o -name '.mcp-tunnel-owned-*' >&2; exit $code`;
    const ended = await session.rehearse(['--yes'], {
      prefix: ['unshare', '-m', 'sh', '-c', script, 'sh'],
    });
    expect(ended.code, storyOf(ended)).toBe(3);
    const { failure } = finishOf(ended);
    expect(failure?.code).toBe('disk-full');
    expect(failure?.nextSteps[0]).toMatch(/^df /u);
    expect(ended.stderr).toBe('again 0\n');
    const again = textOf(session.home, 'again.json');
    expect(again).toContain('"text":"Hello, tunnel!"');
    expect(again.trimEnd().split('\n').at(-1)).toContain('"outcome":"done"');
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openTerminal, testSession } from './terminal.ts';

const size = { columns: 80, rows: 24 } as const;

inTerminal('a token rotation on the screens', () => {
  test('from the home screen to the new token, with three keys', async () => {
    const session = testSession();
    const { dir } = session;
    await session.rehearsed();
    const tokenFile = join(dir, 'credentials/tunnel-token');
    const before = readFileSync(tokenFile, 'utf8');
    const argv = ['rehearse', 'install', '--dir', dir];
    const terminal = await openTerminal({ argv, session, ...size });
    await terminal.waitFor('A deployment is here');
    terminal.type('t');
    await terminal.waitFor(/✓ token of tunnel/);
    terminal.press('enter');
    await terminal.waitFor('Nothing of this is done yet.');
    terminal.press('enter');
    await terminal.waitFor('This host runs with the new token', 30_000);
    await terminal.waitFor('Verified to level 4 of 4');
    terminal.press('enter');
    expect((await terminal.exited).code).toBe(0);
    const after = readFileSync(tokenFile, 'utf8');
    expect(after).not.toBe(before);
    for (const token of [before, after]) expect(terminal.raw()).not.toContain(token.slice(0, 20));
    expect(terminal.scrollback()).toContain('This host runs with the new token');
    expect(terminal.modes()).toMatchObject(saneModes);
  });

  test('other hosts are ticked off, the rest another day', async () => {
    const session = testSession();
    const { dir } = session;
    await session.rehearsed();
    writeFileSync(
      join(dir, '.mcp-tunnel/hosts.yaml'),
      'version: 1\nhosts:\n  - name: vm-2\n    note: Frankfurt\n  - name: vm-3\n',
    );
    const argv = ['rehearse', 'rotate-token', '--dir', dir];
    const first = await openTerminal({ argv, session, ...size });
    await first.waitFor('(vm-2, vm-3)');
    await first.waitFor(/✓ token of tunnel/);
    first.press('enter');
    await first.waitFor('Nothing of this is done yet.');
    first.press('enter');
    await first.waitFor('Every other host needs the new token', 30_000);
    await first.waitFor("ssh -t vm-2 'mcp-tunnel rotate-token --dir");
    first.press('space');
    await first.waitFor('! 1 of 2 hosts have the new token.');
    first.press('enter');
    await first.waitFor('This host runs with the new token');
    first.press('enter');
    // A person has still something to do.
    expect((await first.exited).code).toBe(10);
    expect(first.scrollback()).toContain('ssh -t vm-3');

    const later = await openTerminal({ argv: ['rehearse', '--dir', dir], session, ...size });
    await later.waitFor(/! Other hosts: .*vm-3.* press h/, 20_000);
    later.type('h');
    await later.waitFor('[✓] vm-2');
    await later.waitFor('▸ [ ] vm-3');
    later.press('space');
    await later.waitFor('✓ Every host has the new token.');
    later.press('enter');
    await later.waitFor('✓ Healthy:', 20_000);
    later.type('q');
    expect((await later.exited).code).toBe(0);
    expect(later.modes()).toMatchObject(saneModes);
  });
});

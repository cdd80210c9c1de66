import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textOf } from '../process/session.ts';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openShell } from './shell.ts';
import { freshDirectory, leaksOf, printedCommand, titles, tunnelOf, walk } from './wizard-walk.ts';

inTerminal('the wizard, interrupted', () => {
  test('on every screen, each time resumed by the printed command', async () => {
    const shell = await openShell({ columns: 60, rows: 20 });
    const modes = await shell.output('stty -g');
    let command = 'mcp-tunnel rehearse';
    let ca: string | undefined;
    for (const title of titles.slice(0, -1)) {
      shell.line(command);
      await walk(shell, title);
      shell.press('ctrl-c');
      const code = await shell.prompt();
      expect(shell.modes()).toEqual(saneModes);
      // A launch may have ended before the key arrived; then the next one has nothing left to do.
      if (title === 'Launch' && code === 0) continue;
      expect(code, title).toBe(130);
      command = printedCommand(shell);
      const isBegun = titles.indexOf(title) > titles.indexOf('Certificates');
      expect(command.startsWith('mcp-tunnel rehearse install --dir '), title).toBe(isBegun);
      if (!isBegun) {
        expect(shell.scrollback()).toContain('Stopped. Nothing was changed.\n');
        expect(await shell.output('ls "$TMPDIR"')).toBe('');
        continue;
      }
      const dir = freshDirectory(shell.session);
      expect(shell.scrollback().replaceAll('\n', '')).toContain(`${dir} is kept.`);
      const found = textOf(dir, 'data/ca.crt');
      ca ??= found;
      expect(found).toBe(ca);
    }
    expect(await shell.output('stty -g')).toBe(modes);

    shell.line(command);
    await walk(shell, 'Summary');
    // All is done: there is nothing to go on with.
    shell.press('ctrl-c');
    expect(await shell.prompt()).toBe(0);
    expect(shell.modes()).toEqual(saneModes);
    expect(await shell.output('stty -g')).toBe(modes);
    const dir = freshDirectory(shell.session);
    const { token, certificates } = tunnelOf(dir);
    expect(shell.scrollback()).toContain('Verified to level 4 of 4\n');
    expect(certificates).toBe(1);
    expect(textOf(dir, 'data/ca.crt')).toBe(ca);
    expect(leaksOf(token, shell)).toEqual([]);
    // They are looked for as they would be found.
    await shell.output(`cat ${join(dir, 'credentials/tunnel-token')}`);
    expect(leaksOf(token, shell)).not.toEqual([]);
  }, 120_000);
});

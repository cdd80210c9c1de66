import { expect, test } from 'vitest';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openShell } from './shell.ts';
import { openTerminal } from './terminal.ts';

inTerminal('the harness is a terminal', () => {
  test('the shell it opens is sane, and the window’s size is what it says', async () => {
    const shell = await openShell({ columns: 80, rows: 24 });
    expect(shell.modes()).toEqual(saneModes);
    expect(await shell.output('stty size')).toBe('24 80');
    shell.resize(60, 20);
    expect(await shell.output('stty size')).toBe('20 60');
    expect(shell.screen()).toHaveLength(20);
    expect(await shell.output('tty')).toMatch(/^\/dev\//u);
    expect(await shell.output('env | grep -cE "^(CI|CONTINUOUS_INTEGRATION)="')).toBe('0');
    shell.line('exit 3');
    expect(await shell.exited).toEqual({ code: 3, signal: null });
  });

  test('keys and pasted text depend on what the program has asked for', async () => {
    const shell = await openShell({ columns: 80, rows: 24 });
    shell.line('cat -v');
    shell.press('up', 'enter');
    await shell.waitFor(/^\^\[\[A$/u);
    shell.paste('first\nsecond\n');
    await shell.waitFor(/^second$/u);
    shell.press('ctrl-d');
    expect(await shell.prompt()).toBe(0);

    shell.line(String.raw`printf '\033[?2004h\033[?1h\033[?25l\033[?1049h'; cat -v`);
    await shell.waitFor(() => shell.inAlternateScreen());
    expect(shell.modes()).toEqual({
      ...saneModes,
      alternateScreen: true,
      cursorHidden: true,
      bracketedPaste: true,
      applicationCursorKeys: true,
    });
    shell.press('up', 'enter');
    await shell.waitFor(/^\^\[OA$/u);
    shell.paste('third');
    shell.press('enter');
    await shell.waitFor(/^\^\[\[200~third\^\[\[201~$/u);
    expect(shell.scrollback()).toContain('second');
    expect(shell.scrollback()).not.toContain('third');
  });

  test('a wait that fails shows the screen', async () => {
    const shell = await openShell({ columns: 60, rows: 15 });
    const waits = shell.waitFor('Godot', 50);
    await expect(waits).rejects.toThrow(/not shown within 50 ms: Godot\n60x15.*\n┌─+\n│sh>/u);
    const version = await openTerminal({ argv: ['--version'], columns: 60, rows: 15 });
    await expect(version.waitFor('Godot')).rejects.toThrow(/ended \(0\) without showing: Godot/u);
  });

  test('closing the window hangs up, also while a later one stays open', async () => {
    const first = await openShell({ columns: 80, rows: 24 });
    const second = await openShell({ columns: 80, rows: 24 });
    first.hangUp();
    expect(await first.exited).toEqual({ code: null, signal: 'SIGHUP' });
    expect(await second.output('echo here')).toBe('here');
  });
});

import { expect, test } from 'vitest';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openShell, type Shell } from './shell.ts';
import { isReadyAt, pageOf, walk } from './wizard-walk.ts';

/** Ctrl-Z, a look around, and back again. */
async function awayAndBack(shell: Shell, modes: string): Promise<void> {
  shell.press('ctrl-z');
  expect(await shell.prompt()).toBe(148);
  expect(shell.modes()).toEqual(saneModes);
  expect(shell.screen().join('\n')).not.toContain('──');
  expect(await shell.output('stty -g')).toBe(modes);
  expect(await shell.output('echo here')).toBe('here');
  shell.line('fg');
}

inTerminal('the wizard', () => {
  test('Ctrl-Z and fg where something is typed: it is still there', async () => {
    const shell = await openShell({ columns: 80, rows: 24 });
    const modes = await shell.output('stty -g');
    shell.line('mcp-tunnel rehearse');
    await walk(shell, 'Routes');
    shell.type('awi');
    const before = await shell.waitFor('https://wi.');
    await awayAndBack(shell, modes);
    expect(await shell.waitFor('https://wi.')).toEqual(before);
    expect(shell.inAlternateScreen()).toBe(true);

    shell.type('ki\rhttp://hello-mcp:9000\r');
    await shell.waitFor(/▸ wiki {2}http/);
    await walk(shell);
    shell.press('enter');
    expect(await shell.prompt()).toBe(0);
    expect(shell.modes()).toEqual(saneModes);
    expect(await shell.output('stty -g')).toBe(modes);
    expect(shell.scrollback()).toMatch(/^https:\/\/wiki\..*\/mcp$/mu);
  });

  test('Ctrl-Z and fg during the launch: it goes on', async () => {
    const shell = await openShell({ columns: 60, rows: 20 });
    const modes = await shell.output('stty -g');
    shell.line('mcp-tunnel rehearse');
    await walk(shell, 'Launch');
    await awayAndBack(shell, modes);
    await shell.waitFor((screen) => pageOf(screen) === 'Launch' || isReadyAt(screen, 'Summary'));
    await walk(shell);
    shell.press('enter');
    expect(await shell.prompt()).toBe(0);
    expect(shell.modes()).toEqual(saneModes);
    expect(await shell.output('stty -g')).toBe(modes);
    expect(shell.scrollback()).toContain('Verified to level 4 of 4\n');
  });
});

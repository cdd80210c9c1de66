import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openShell } from './shell.ts';
import { openTerminal } from './terminal.ts';

const argv = ['rehearse', 'install', '--yes'];
/** In the live part from its first frame on. */
const hint = 'Rehearsal · Ctrl-C stops at the next step';
const escapeCode = '\x1b';

inTerminal('the program in a terminal', () => {
  test('--version prints it and nothing else', async () => {
    const terminal = await openTerminal({ argv: ['--version'], columns: 80, rows: 24 });
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
    expect(terminal.raw()).toBe(`${manifest.version}\r\n`);
  });

  test.each([
    { columns: 80, rows: 24, rail: '· Verification' },
    { columns: 60, rows: 20, rail: undefined },
  ])(
    '$columns × $rows: an installation is watched live, and then told as lines',
    async ({ rail, ...size }) => {
      const terminal = await openTerminal({ argv, ...size });
      const live = await terminal.waitFor(hint);
      expect(live).toContainEqual('▸ Directories');
      expect(live.includes(rail ?? '· Verification')).toBe(rail !== undefined);
      await terminal.waitFor('of 4 connections');
      expect(await terminal.exited).toEqual({ code: 0, signal: null });
      expect(terminal.modes()).toEqual(saneModes);

      const told = terminal.scrollback();
      expect(told).toContain('Verified to level 4 of 4\n');
      expect(told).toContain('Done. Deployment: ');
      // Nothing of the live part is left, and every line of the run is there once.
      expect(told).not.toContain(hint);
      for (const line of ['Plan', '▸ Directories', '▸ Images', '▸ Verification'])
        expect(told.split('\n').filter((said) => said === line)).toEqual([line]);
    },
  );

  test('Ctrl-C ends it at the next step and says how to go on', async () => {
    const terminal = await openTerminal({ argv, columns: 80, rows: 24 });
    await terminal.waitFor(hint);
    terminal.press('ctrl-c');
    expect(await terminal.exited).toEqual({ code: 130, signal: null });
    expect(terminal.modes()).toEqual(saneModes);
    const screen = terminal.screen().join('\n');
    expect(screen).toContain('✗ Stopped before the next step.');
    expect(screen).toContain('Run the same command again: what was done is found and kept.');
    expect(screen).not.toContain(hint);
  });

  test('Ctrl-Z and fg: it goes on, and leaves the shell’s terminal as it was', async () => {
    const shell = await openShell({ columns: 80, rows: 24 });
    const before = await shell.output('stty -g');
    shell.run(argv);
    await shell.waitFor(hint);
    shell.press('ctrl-z');
    expect(await shell.prompt()).toBe(148);
    shell.line('fg');
    expect(await shell.prompt()).toBe(0);
    expect(shell.scrollback()).toContain('Verified to level 4 of 4\n');
    expect(shell.modes()).toEqual(saneModes);
    expect(await shell.output('stty -g')).toBe(before);
  });

  test('a window that is closed ends it', async () => {
    const terminal = await openTerminal({ argv, columns: 80, rows: 24 });
    await terminal.waitFor(hint);
    terminal.hangUp();
    expect(await terminal.exited).toEqual({ code: 130, signal: null });
  });

  test('TERM=dumb: plain lines without escapes', async () => {
    const env = { TERM: 'dumb' };
    const terminal = await openTerminal({ argv, env, columns: 80, rows: 24 });
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
    expect(terminal.raw()).not.toContain(escapeCode);
    expect(terminal.raw()).toContain('▸ Verification\r\n');
    expect(terminal.raw()).not.toContain(hint);
  });

  test('ACCESSIBLE=1: plain lines, at most coloured', async () => {
    const env = { ACCESSIBLE: '1' };
    const terminal = await openTerminal({ argv, env, columns: 80, rows: 24 });
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
    const [, ...afterEscapes] = terminal.raw().split(escapeCode);
    for (const text of afterEscapes) expect(text).toMatch(/^\[[\d;]*m/u);
    expect(terminal.scrollback()).toContain('▸ Verification\n');
    expect(terminal.raw()).not.toContain(hint);
  });
});

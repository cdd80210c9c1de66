import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inTerminal } from './in-terminal.ts';
import { openTerminal, testSession } from './terminal.ts';

inTerminal('the schedule on the screens', () => {
  test('is switched on and off again', async () => {
    const session = testSession();
    await session.rehearsed();
    const { dir } = session;
    const note = join(dir, '.mcp-tunnel/schedule.json');
    const argv = ['rehearse', 'schedule', '--dir', dir];
    const terminal = await openTerminal({ argv, session, columns: 80, rows: 24 });
    await terminal.waitFor('Nothing is set up');
    terminal.type('o');
    await terminal.waitFor('Nothing of this is done yet.');
    terminal.press('enter');
    await terminal.waitFor('It is switched on', 30_000);
    expect(existsSync(note)).toBe(true);
    terminal.press('escape');
    await terminal.waitFor('A deployment is here');
    terminal.type('w');
    await terminal.waitFor('f switches it off');
    terminal.type('f');
    await terminal.waitFor('Nothing of this is done yet.');
    terminal.press('enter');
    await terminal.waitFor('It is switched off', 30_000);
    terminal.press('enter');
    expect((await terminal.exited).code).toBe(0);
    expect(existsSync(note)).toBe(false);
  });
});

import { expect, test } from 'vitest';
import { treeOf } from '../process/session.ts';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openTerminal, testSession } from './terminal.ts';
import { frameFault } from './wizard-walk.ts';

inTerminal('the home screen and the status', () => {
  test('say how it is, live, and change nothing', async () => {
    const session = testSession();
    await session.rehearsed();
    const { dir } = session;
    const data = () =>
      Object.entries(treeOf(dir)).filter(([path]) => !path.includes('.mcp-tunnel/rehearsal'));
    const before = data();
    const argv = ['rehearse', '--dir', dir];
    const terminal = await openTerminal({ argv, session, columns: 60, rows: 15 });
    await terminal.waitFor('✓ Healthy:', 20_000);
    terminal.resize(120, 30);
    await terminal.waitFor('how it is and what is due, live');
    terminal.type('s');
    const screen = await terminal.waitFor(/looks again every 10 seconds/);
    expect(frameFault(screen)).toBeUndefined();
    const seenAt = (rows: readonly string[]) => /Seen at ([\d:]+) UTC/.exec(rows.join('\n'))?.[1];
    const first = seenAt(screen);
    await terminal.waitFor((rows) => ![undefined, first].includes(seenAt(rows)), 20_000);
    terminal.press('escape');
    await terminal.waitFor('▸ Repair');
    terminal.type('q');
    expect((await terminal.exited).code).toBe(0);
    expect(terminal.scrollback()).toContain('✓ Healthy:');
    expect(terminal.scrollback()).toContain(`mcp-tunnel rehearse install --dir ${dir}`);
    expect(terminal.modes()).toMatchObject(saneModes);
    expect(data()).toEqual(before);
  });

  test('in plain lines say the same', async () => {
    const session = testSession();
    await session.rehearsed();
    const argv = ['rehearse', '--dir', session.dir, '--plain'];
    const terminal = await openTerminal({ argv, session, columns: 80, rows: 24 });
    await terminal.waitFor('✓ Healthy:', 20_000);
    terminal.type('status\r');
    await terminal.waitFor('✓ Certificate served');
    terminal.press('enter');
    await terminal.waitFor((rows) => rows.includes('Home (rehearsal)'));
    terminal.type('quit\r');
    expect((await terminal.exited).code).toBe(130);
  });
});

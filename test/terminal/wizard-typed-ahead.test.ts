import { expect, test } from 'vitest';
import { inTerminal } from './in-terminal.ts';
import { openShell } from './shell.ts';
import { pageOf, titles, walk } from './wizard-walk.ts';

inTerminal('the wizard', () => {
  test.each([1, 8])('keys typed before the first frame, Enter %s times', async (times) => {
    const shell = await openShell({ columns: 80, rows: 24 });
    shell.line('mcp-tunnel rehearse');
    shell.type('\r'.repeat(times));
    await shell.waitFor((screen) => pageOf(screen) !== undefined);
    // Read after all of them, whatever they led to.
    shell.press('ctrl-z');
    expect(await shell.prompt()).toBe(148);
    shell.line('fg');
    const screen = await shell.waitFor((rows) => pageOf(rows) !== undefined);
    // No further than there was an Enter for, and not where it was.
    const reached = titles.indexOf(pageOf(screen) ?? 'Welcome');
    expect(reached).toBeGreaterThanOrEqual(1);
    expect(reached).toBeLessThanOrEqual(times);
    const walked = await walk(shell);
    expect(walked.faults).toEqual([]);
    shell.press('enter');
    expect(await shell.prompt()).toBe(0);
    expect(shell.scrollback()).toContain('Verified to level 4 of 4\n');
  });
});

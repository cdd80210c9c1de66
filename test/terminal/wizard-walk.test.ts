import { expect, test } from 'vitest';
import { textOf } from '../process/session.ts';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openTerminal } from './terminal.ts';
import { freshDirectory, leaksOf, titles, tunnelOf, walk } from './wizard-walk.ts';

inTerminal('the wizard', () => {
  test.each([
    { columns: 80, rows: 24 },
    { columns: 60, rows: 20 },
    { columns: 120, rows: 40 },
  ])('$columns × $rows: from a bare directory to level 4, with Enter alone', async (size) => {
    const terminal = await openTerminal({ argv: ['rehearse'], ...size });
    const walked = await walk(terminal);
    console.log(`decisions: ${walked.keys}, pastes: 0`);
    // Launch is left by itself, and the summary has nothing to decide.
    expect(walked.titles.filter((title) => title !== 'Launch')).toEqual(
      titles.filter((title) => title !== 'Launch'),
    );
    expect(walked.keys).toBeLessThanOrEqual(8);
    expect(walked.faults).toEqual([]);

    const dir = freshDirectory(terminal.session);
    const { token, domain, certificates } = tunnelOf(dir);
    expect(terminal.screen().join('\n')).toContain('Verified to level 4 of 4');
    expect(certificates).toBe(1);

    terminal.press('enter');
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
    expect(terminal.modes()).toEqual(saneModes);
    const told = terminal.scrollback();
    const lines = told.split('\n');
    expect(lines).toContain('Verified to level 4 of 4');
    expect(lines).toContain(`https://echo.${domain}/mcp`);
    expect(lines).toContain('curl https://api.anthropic.com/v1/messages \\');
    expect(lines).toContain(`  "url":"https://echo.${domain}/mcp"`);
    // Nothing of the wizard's own frames is left.
    expect(told).not.toMatch(/─{10}|Enter finish/u);

    expect(textOf(dir, 'credentials/tunnel-token').trim()).toBe(token);
    expect(leaksOf(token, terminal)).toEqual([]);
  });
});

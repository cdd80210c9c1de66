import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openTerminal, testSession } from './terminal.ts';

inTerminal('a token rotation on the screens', () => {
  test('from the home screen to the new token, with three keys', async () => {
    const session = testSession();
    const dir = join(session.cwd, 'mcp-tunnel');
    const installed = await session.run(['rehearse', 'install', '--yes', '--json', '--dir', dir]);
    expect(installed.code).toBe(0);
    const tokenFile = join(dir, 'credentials/tunnel-token');
    const before = readFileSync(tokenFile, 'utf8');
    const terminal = await openTerminal({
      argv: ['rehearse', 'install', '--dir', dir],
      columns: 80,
      rows: 24,
      session,
    });
    await terminal.waitFor('A deployment is here');
    await terminal.type('t');
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
});

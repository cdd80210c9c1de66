import { expect, test } from 'vitest';
import { inTerminal } from './in-terminal.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import { frameFault, pageOf, type Title, titles, waitAt, walk } from './wizard-walk.ts';

const sizes = [
  { columns: 60, rows: 15 },
  { columns: 200, rows: 50 },
  { columns: 80, rows: 24 },
] as const;

/** What is still said at every size. */
const said: Readonly<Record<Title, RegExp>> = {
  Welcome: /Let Claude call MCP servers in your private network/,
  Prerequisites: /All good\.|you can go on/,
  Mode: /▸ Manual: token and CA by the Console/,
  'Domain and token': /[\da-f]{8}\.tunnel\.anthropic\.com/,
  Certificates: /data\/ca\.key {2}0600/,
  'Register the CA': /Enter: the simulated Console registers it\./,
  Routes: /▸ echo {2}/,
  Review: /Creates 9 files, pulls 3 images, starts the stack\./,
  Launch: /./,
  Summary: /Verified to level 4 of 4/,
};

/** Drags the window's corner, and waits for a whole frame of each size that is as it should be. */
async function resize(
  terminal: Terminal,
  what: string,
  isRight: (screen: readonly string[]) => boolean,
): Promise<void> {
  for (const { columns, rows } of sizes) {
    terminal.resize(columns, rows);
    const isWhole = (screen: readonly string[]) =>
      frameFault(screen) === undefined && screen[1]?.length === columns - 1 && isRight(screen);
    await terminal.waitFor(
      Object.assign(isWhole, { toString: () => `${what} at ${columns} × ${rows}` }),
    );
  }
}

inTerminal('the wizard', () => {
  test('resized on every screen, to 60 × 15, 200 × 50 and back', async () => {
    const terminal = await openTerminal({ argv: ['rehearse'], columns: 80, rows: 24 });
    for (const title of titles) {
      await walk(terminal, title);
      await resize(terminal, title, (screen) => {
        // A launch goes on meanwhile.
        const isThere = pageOf(screen) === title || title === 'Launch';
        return isThere && screen.some((row) => said[title].test(row));
      });
      expect(terminal.inAlternateScreen()).toBe(true);
    }
    terminal.type('l');
    await resize(
      terminal,
      'Logs',
      (screen) =>
        screen[0]?.startsWith(' mcp-tunnel · Logs') === true &&
        screen.some((row) => row.includes('cloudflared')),
    );
    terminal.press('escape');
    await waitAt(terminal, 'Summary');
    terminal.press('enter');
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
    expect(terminal.scrollback()).toContain('Verified to level 4 of 4\n');
    // What a frame of another size left would stand there.
    expect(terminal.scrollback()).not.toContain('─────');
  });
});

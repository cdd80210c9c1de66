import { expect, test } from 'vitest';
import { textOf } from '../process/session.ts';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openShell } from './shell.ts';
import { openTerminal, type Terminal, testSession } from './terminal.ts';
import {
  isReadyAt,
  leaksOf,
  otherToken,
  printedCommand,
  tunnelOf,
  waitAt,
  walk,
} from './wizard-walk.ts';

const size = { columns: 80, rows: 24 };

/** Before the launch with a token of the right form that the edge refuses. */
async function atReviewWithStaleToken() {
  const session = testSession();
  const { dir } = session;
  const terminal = await openTerminal({
    argv: ['rehearse', 'install', '--dir', dir],
    session,
    ...size,
  });
  await walk(terminal, 'Domain and token');
  const { token } = tunnelOf(dir);
  const stale = otherToken(token);
  terminal.press('tab');
  await terminal.waitFor('▸ Token');
  terminal.paste(stale);
  await terminal.waitFor((screen) => !screen.some((row) => row.includes('simulated Console.')));
  await walk(terminal, 'Review');
  return { terminal, session, dir, token, stale };
}

/** The launch has failed, and says why, what was found and what to do. */
async function expectRefused(terminal: Terminal): Promise<void> {
  const screen = await waitAt(terminal, 'Launch');
  const told = screen.join('\n').replaceAll(/\s+/gu, ' ');
  expect(told).toContain('✗· Step 10 of 11 · Verification');
  expect(told).toContain('✗ cloudflared: The edge refuses the tunnel token');
  expect(told).toContain('found 20');
  expect(told).toContain('error="Unauthorized: Invalid tunnel secret"');
  expect(told).toContain('Next • Reveal the current token in the Console');
  expect(told).toContain('mcp-tunnel rehearse install --dir');
  expect(told).toContain('r try again Esc back');
}

inTerminal('a launch that fails', () => {
  test('is explained; r tries again, Esc leads back to the answer, and the right one helps', async () => {
    const { terminal, dir, token, stale } = await atReviewWithStaleToken();
    terminal.press('enter');
    await expectRefused(terminal);
    terminal.type('r');
    // Everything but the proof is done by now.
    await terminal.waitFor(/^ =========✗· {2}Step 10 of 11/);
    await expectRefused(terminal);

    // Not to the page before: to the one where what stopped it is decided.
    terminal.press('escape');
    await waitAt(terminal, 'Domain and token');
    terminal.press('tab');
    await terminal.waitFor('▸ Token');
    terminal.paste(token);
    // The Console's own again, both of them.
    await terminal.waitFor(/Filled in by the simulated Console/);
    await walk(terminal, 'Review');
    expect(terminal.screen()).toContain(' Changes 1 file, restarts cloudflared.');
    await walk(terminal);
    terminal.press('enter');
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
    expect(terminal.scrollback()).toContain('Verified to level 4 of 4\n');
    expect(textOf(dir, 'credentials/tunnel-token').trim()).toBe(token);
    for (const secret of [token, stale]) expect(leaksOf(secret, terminal)).toEqual([]);
  });

  test('can be left, with its reason and the command to go on', async () => {
    const { terminal, session, dir, token, stale } = await atReviewWithStaleToken();
    terminal.press('enter');
    await expectRefused(terminal);
    terminal.press('ctrl-c');
    expect(await terminal.exited).toEqual({ code: 4, signal: null });
    expect(terminal.modes()).toEqual(saneModes);
    const told = terminal.scrollback();
    expect(told).toContain('✗ cloudflared: The edge refuses the tunnel token');
    expect(told).toContain('• Reveal the current token in the Console');
    expect(told).toContain('To go on (the token has to be pasted again):\n');
    const command = printedCommand(terminal);
    expect(command).toMatch(/^mcp-tunnel rehearse install --dir \S+/u);

    const shell = await openShell({ session, ...size });
    shell.line(command);
    await walk(shell, 'Domain and token');
    shell.press('tab');
    await shell.waitFor('▸ Token');
    shell.paste(token);
    await walk(shell);
    shell.press('enter');
    expect(await shell.prompt()).toBe(0);
    expect(tunnelOf(dir).certificates).toBe(1);
    for (const secret of [token, stale]) expect(leaksOf(secret, shell)).toEqual([]);
  });
});

inTerminal('a CA that is registered later', () => {
  test('ends with what to do, and y on the summary does it', async () => {
    const session = testSession();
    const argv = ['rehearse', 'install', '--dir', session.dir];
    const terminal = await openTerminal({ argv, session, ...size });
    await walk(terminal, 'Register the CA');
    terminal.type('s');
    await walk(terminal);
    await terminal.waitFor('Your turn: ');
    expect(tunnelOf(session.dir).certificates).toBe(0);
    terminal.press('enter');
    expect(await terminal.exited).toEqual({ code: 10, signal: null });
    expect(terminal.scrollback()).toContain('Your turn: ');

    const again = await openTerminal({ argv, session, ...size });
    await walk(again, 'Register the CA');
    again.type('s');
    await walk(again);
    await again.waitFor('Your turn: ');
    again.type('y');
    await again.waitFor(
      (screen) => isReadyAt(screen, 'Summary') && !screen.join().includes('Your turn: '),
    );
    again.press('enter');
    expect(await again.exited).toEqual({ code: 0, signal: null });
    expect(again.scrollback()).toContain('Verified to level 4 of 4\n');
    expect(tunnelOf(session.dir).certificates).toBe(1);
  });
});

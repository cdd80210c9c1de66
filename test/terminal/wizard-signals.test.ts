import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Session, textOf } from '../process/session.ts';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openShell } from './shell.ts';
import { openTerminal, testSession } from './terminal.ts';
import { printedCommand, tunnelOf, walk } from './wizard-walk.ts';

const size = { columns: 80, rows: 24 };

/** argv on the deployment of a session. */
function argvOn({ dir }: Session): readonly string[] {
  return ['rehearse', 'install', '--dir', dir];
}

/** Walks what was interrupted to its end, and looks whether it is whole. */
async function finish(session: Session): Promise<void> {
  const terminal = await openTerminal({ argv: argvOn(session), session, ...size });
  await walk(terminal);
  terminal.press('enter');
  expect(await terminal.exited).toEqual({ code: 0, signal: null });
  expect(terminal.scrollback()).toContain('Verified to level 4 of 4\n');
  expect(tunnelOf(session.dir).certificates).toBe(1);
}

inTerminal('the wizard', () => {
  test('SIGTERM: a sane terminal, and the command to go on with what was typed', async () => {
    const terminal = await openTerminal({ argv: ['rehearse'], ...size });
    await walk(terminal, 'Routes');
    terminal.type('awiki\rhttp://hello-mcp:9000\r');
    await terminal.waitFor(/▸ wiki {2}http/);
    terminal.signal('SIGTERM');
    expect(await terminal.exited).toEqual({ code: 130, signal: null });
    expect(terminal.modes()).toEqual(saneModes);
    const command = printedCommand(terminal);
    expect(command).toContain(
      '--route echo=http://hello-mcp:9000 --route wiki=http://hello-mcp:9000',
    );

    const shell = await openShell({ session: terminal.session, ...size });
    shell.line(command);
    await walk(shell);
    shell.press('enter');
    expect(await shell.prompt()).toBe(0);
    const dir = /--dir (\S+)/.exec(command)?.[1] ?? '';
    expect(textOf(dir, 'config/mcp-proxy.yaml')).toMatch(/^ {2}wiki: /mu);
    expect(tunnelOf(dir).certificates).toBe(1);
  });

  test('a window that is closed ends it, and it goes on in another', async () => {
    const session = testSession();
    const terminal = await openTerminal({ argv: argvOn(session), session, ...size });
    await walk(terminal, 'Register the CA');
    terminal.hangUp();
    expect(await terminal.exited).toEqual({ code: 130, signal: null });
    const ca = textOf(session.dir, 'data/ca.crt');
    await finish(session);
    expect(textOf(session.dir, 'data/ca.crt')).toBe(ca);
  });

  test('a window that is closed during the launch ends it, with everything it runs', async () => {
    const session = testSession();
    const terminal = await openTerminal({ argv: argvOn(session), session, ...size });
    await walk(terminal, 'Launch');
    terminal.hangUp();
    await terminal.exited;
    await session.noProcesses();
    await finish(session);
  });

  test('a terminal that goes away without a signal ends it', async () => {
    const session = testSession();
    const shell = await openShell({ session, ...size });
    // In a session of its own the program has no controlling terminal: nobody sends it SIGHUP.
    const status = join(session.tmp, 'status');
    shell.line(
      `setsid -w sh -c 'mcp-tunnel ${argvOn(session).join(' ')}; echo $? >${status}' </dev/tty`,
    );
    await walk(shell, 'Routes');
    shell.hangUp();
    await session.noProcesses();
    expect(existsSync(status)).toBe(true);
    expect(textOf(session.tmp, 'status')).toBe('130\n');
    await finish(session);
  });
});

import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Session } from '../process/session.ts';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openTerminal, testSession } from './terminal.ts';
import { frameFault } from './wizard-walk.ts';

const unreachable =
  'ERR error="Unable to reach the origin service. The service may be down: dial tcp 127.0.0.1:8080: connect: connection refused"';

/** A line as if cloudflared had written it; the rehearsal keeps its logs as JSON lines. */
function say({ dir }: Session, text: string): void {
  const line = JSON.stringify({ at: new Date().toISOString(), stream: 'stderr', text });
  appendFileSync(join(dir, '.mcp-tunnel/rehearsal/logs/cloudflared.jsonl'), `${line}\n`);
}

async function atLogs(size: { readonly columns: number; readonly rows: number }) {
  const session = testSession();
  await session.rehearsed();
  say(session, unreachable);
  const argv = ['rehearse', '--dir', session.dir];
  const terminal = await openTerminal({ argv, session, ...size });
  await terminal.waitFor('▸ Repair', 20_000);
  terminal.type('l');
  await terminal.waitFor(/Registered tunnel connection connIndex=3/);
  expect(frameFault(await terminal.waitFor(/^ following/))).toBeUndefined();
  return { session, terminal };
}

inTerminal('the logs on the screens', () => {
  test('are searched, filtered, paused and saved', async () => {
    const { session, terminal } = await atLogs({ columns: 80, rows: 24 });
    terminal.type('/');
    await terminal.waitFor('Look for');
    terminal.type('route configured');
    await terminal.waitFor('route configured');
    terminal.press('enter');
    await terminal.waitFor(/mcp-proxy {2}▸│ .*route configured/);
    await terminal.waitFor(/^ held/);
    terminal.type('c');
    await terminal.waitFor('cloudflared, every level');
    terminal.type('l');
    terminal.type('l');
    await terminal.waitFor('cloudflared, warnings and errors');
    await terminal.waitFor((rows) => !rows.join().includes('Registered tunnel connection'));
    terminal.type(' ');
    await terminal.waitFor(/^ following/);
    terminal.type(' ');
    await terminal.waitFor('paused, the engine keeps what comes');
    terminal.resize(60, 15);
    await terminal.waitFor(
      (rows) => frameFault(rows) === undefined && rows.join().includes('paused, the engine'),
    );
    const file = join(session.cwd, 'mine.log');
    for (const outcome of [/✓ \d lines? saved: /, 'is there already']) {
      terminal.type('s');
      await terminal.waitFor(/Save \d lines? to a new file/);
      terminal.press('ctrl-u');
      terminal.type('mine.log');
      await terminal.waitFor(/^ +mine\.log/);
      terminal.press('enter');
      await terminal.waitFor(outcome);
    }
    expect(readFileSync(file, 'utf8')).toMatch(/^\S+Z cloudflared ERR error="Unable to reach/mu);
    expect(readFileSync(file, 'utf8')).not.toContain('mcp-proxy');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    terminal.press('escape');
    await terminal.waitFor('▸ Repair');
    terminal.type('q');
    expect((await terminal.exited).code).toBe(0);
    expect(terminal.modes()).toMatchObject(saneModes);
  });

  test('run a known line’s fix, after consent only', async () => {
    const { session, terminal } = await atLogs({ columns: 120, rows: 30 });
    terminal.type('p');
    await terminal.waitFor('f does it, after you agree');
    await terminal.waitFor('→ cloudflared cannot reach mcp-proxy');
    const command = `docker compose --project-directory ${session.dir} restart cloudflared`;
    const asked = (rows: readonly string[]) =>
      rows
        .map((row) => row.trim())
        .join('')
        .includes(command) && rows.join().includes('Run this? Enter: yes. Esc: no.');
    terminal.type('f');
    await terminal.waitFor(asked);
    terminal.press('escape');
    await terminal.waitFor((rows) => !rows.join().includes('Run this?'));
    expect(terminal.raw()).not.toContain('Restarting cloudflared');
    terminal.type('f');
    await terminal.waitFor(asked);
    terminal.press('enter');
    await terminal.waitFor('✓ cloudflared was restarted; its next lines say whether it connects.');
    terminal.press('end');
    await terminal.waitFor('── cloudflared was started again.');
    terminal.press('escape');
    await terminal.waitFor('▸ Repair');
    terminal.type('q');
    expect((await terminal.exited).code).toBe(0);
  });

  test('lead to the way of an operation', async () => {
    const session = testSession();
    await session.rehearsed();
    say(
      session,
      'ERR Register tunnel error from server side error="Unauthorized: Invalid tunnel secret" connIndex=0',
    );
    const argv = ['rehearse', '--dir', session.dir];
    const terminal = await openTerminal({ argv, session, columns: 80, rows: 24 });
    await terminal.waitFor('▸ Repair', 20_000);
    terminal.type('l');
    await terminal.waitFor(/Registered tunnel connection connIndex=3/);
    terminal.type('p');
    await terminal.waitFor('f does it, after you agree');
    terminal.type('f');
    await terminal.waitFor('rotate-token --dir');
    await terminal.waitFor('Run this? Enter: yes. Esc: no.');
    terminal.press('enter');
    await terminal.waitFor(/✓ token of tunnel/);
    terminal.press('escape');
    await terminal.waitFor('▸ Repair');
    terminal.type('q');
    expect((await terminal.exited).code).toBe(0);
  });
});

import { watch } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJournal, type StoredEntry } from '../../src/runner/journal.ts';
import { leftOvers, textOf } from '../process/session.ts';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openShell } from './shell.ts';
import { isReadyAt, pageOf, printedCommand, tunnelOf, walk } from './wizard-walk.ts';

/** In their order. */
const steps = [
  'directories',
  'images',
  'certificate-authority',
  'server-certificate',
  'files',
  'token',
  'ca-registration',
  'start',
  'verified',
];

/** Made on an earlier page, and kept by the run. */
const made = ['directories', 'certificate-authority'];

function journalOf(dir: string): readonly StoredEntry[] {
  return readJournal(textOf(dir, '.mcp-tunnel/journal.jsonl'));
}

/** Waits until the journal, from an entry on, tells that a step, or one behind it, has begun. */
async function begun(dir: string, from: number, step: string): Promise<void> {
  const isThere = () =>
    journalOf(dir)
      .slice(from)
      .some(
        (entry) =>
          entry.type === 'run.finished' ||
          (entry.type === 'step.started' && steps.indexOf(entry.step) >= steps.indexOf(step)),
      );
  const changes = watch(join(dir, '.mcp-tunnel'), { signal: AbortSignal.timeout(20_000) });
  if (isThere()) return;
  for await (const _ of changes) if (isThere()) return;
}

function isRunning(screen: readonly string[]): boolean {
  const page = pageOf(screen);
  return page === 'Launch' || page === 'Summary';
}

inTerminal('the wizard', () => {
  test('interrupted in every step of the run, each time resumed by the printed command', async () => {
    const shell = await openShell({ columns: 80, rows: 24 });
    const { dir } = shell.session;
    let command = `mcp-tunnel rehearse install --dir ${dir}`;
    const met: string[] = [];
    for (const step of steps.filter((each) => !made.includes(each))) {
      shell.line(command);
      await walk(shell, 'Routes');
      shell.press('enter');
      const screen = await shell.waitFor((rows) => isReadyAt(rows, 'Review') || isRunning(rows));
      // With nothing left to agree to it has begun by itself, and only verifies.
      if (!isRunning(screen)) {
        const before = journalOf(dir).length;
        shell.press('enter');
        await begun(dir, before, step);
      }
      shell.press('ctrl-c');
      const code = await shell.prompt();
      expect(shell.modes()).toEqual(saneModes);
      // What is quick may be over before the key arrives.
      expect([130, 0]).toContain(code);
      if (code === 130) command = printedCommand(shell);
      const last = journalOf(dir).findLast((entry) => entry.type === 'step.started');
      met.push(last?.type === 'step.started' ? last.step : 'none');
    }
    console.log(`interrupted at: ${met.join(', ')}`);

    const ca = textOf(dir, 'data/ca.crt');
    shell.line(command);
    await walk(shell);
    shell.press('enter');
    expect(await shell.prompt()).toBe(0);
    expect(shell.scrollback()).toContain('Verified to level 4 of 4\n');
    expect(textOf(dir, 'data/ca.crt')).toBe(ca);
    expect(tunnelOf(dir).certificates).toBe(1);
    expect(leftOvers(dir)).toEqual([]);
  }, 120_000);
});

import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openTerminal, testSession } from './terminal.ts';

const size = { columns: 80, rows: 24 } as const;

function caOf(dir: string): string {
  return new X509Certificate(readFileSync(join(dir, 'data/ca.crt'))).fingerprint256;
}

inTerminal('a CA rotation on the screens', () => {
  test('phase by phase, left in between and come back to', async () => {
    const session = testSession();
    await session.rehearsed();
    const { dir } = session;
    const before = caOf(dir);
    const next = join(dir, '.mcp-tunnel/next-ca');
    const argv = ['rehearse', 'rotate-ca', '--dir', dir];

    const first = await openTerminal({ argv, session, ...size });
    await first.waitFor('Not begun.');
    first.press('enter');
    await first.waitFor('Nothing of this is done yet.');
    first.press('enter');
    await first.waitFor('waits for its registration', 30_000);
    first.press('escape');
    await first.waitFor('A deployment is here');
    first.type('q');
    expect((await first.exited).code).toBe(10);
    expect(first.scrollback()).toContain('Your turn: register the new CA certificate');
    expect(caOf(dir)).toBe(before);

    const second = await openTerminal({ argv, session, ...size });
    await second.waitFor('waits for its registration');
    second.type('y');
    await second.waitFor('Nothing of this is done yet.');
    second.press('enter');
    await second.waitFor('The new CA is in place', 45_000);
    expect(caOf(dir)).not.toBe(before);
    expect(existsSync(next)).toBe(true);
    second.type('y');
    await second.waitFor('Nothing of this is done yet.');
    second.press('enter');
    await second.waitFor('The CA rotation is over.', 30_000);
    second.press('enter');
    expect((await second.exited).code).toBe(0);
    expect(existsSync(next)).toBe(false);
    expect(second.modes()).toMatchObject(saneModes);
  }, 120_000);
});

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openTerminal, type Terminal, testSession } from './terminal.ts';
import { piecesShown, printedCommand } from './wizard-walk.ts';

const passphrase = 'correct horse battery staple';
const size = { columns: 80, rows: 24 } as const;

function fingerprintOf(dir: string): string {
  return new X509Certificate(readFileSync(join(dir, 'data/tls.crt'))).fingerprint256;
}

/** A deployment whose CA's key lies elsewhere, under a passphrase. */
async function withKeyElsewhere() {
  const session = testSession();
  await session.rehearsed();
  const key = join(session.dir, 'data/ca.key');
  const usb = join(session.root, 'usb.key');
  const encrypted = createPrivateKey(readFileSync(key)).export({
    ...{ type: 'pkcs8', format: 'pem' },
    ...{ cipher: 'aes-256-cbc', passphrase },
  });
  writeFileSync(usb, encrypted);
  renameSync(key, `${key}.away`);
  return { session, dir: session.dir, usb };
}

async function toPassphrase(terminal: Terminal, usb: string): Promise<void> {
  await terminal.waitFor('There is nothing in data/ca.key');
  terminal.press('enter');
  await terminal.waitFor('▸ The CA’s private key');
  terminal.paste(usb);
  await terminal.waitFor('! It is encrypted: its passphrase is next.');
  terminal.press('enter');
  await terminal.waitFor('▸ Its passphrase');
}

inTerminal('a certificate renewal on the screens', () => {
  test('with the CA’s key elsewhere; the passphrase is seen nowhere, and the proxy serves it', async () => {
    const { session, dir, usb } = await withKeyElsewhere();
    const before = fingerprintOf(dir);
    const argv = ['rehearse', 'renew-cert', '--dir', dir];
    const terminal = await openTerminal({ argv, session, ...size });
    await toPassphrase(terminal, usb);
    terminal.type(passphrase);
    await terminal.waitFor(`•••••••• ${passphrase.length} characters`);
    terminal.press('enter');
    await terminal.waitFor('Enter shows the plan');
    terminal.press('enter');
    await terminal.waitFor('Nothing of this is done yet.');
    terminal.press('enter');
    await terminal.waitFor('The proxy serves this certificate', 30_000);
    await terminal.waitFor('seen by the simulated edge');
    terminal.press('enter');
    expect((await terminal.exited).code).toBe(0);
    expect(fingerprintOf(dir)).not.toBe(before);
    expect(terminal.scrollback()).toContain('The proxy serves this certificate');
    expect(piecesShown(passphrase, terminal)).toEqual([]);
    expect(readFileSync(join(dir, '.mcp-tunnel/journal.jsonl'), 'utf8')).not.toContain(passphrase);
    expect(terminal.modes()).toMatchObject(saneModes);
  });

  test('interrupted at the settings, it is gone on with by the command that is printed', async () => {
    const { session, dir, usb } = await withKeyElsewhere();
    const argv = ['rehearse', 'renew-cert', '--dir', dir];
    const terminal = await openTerminal({ argv, session, ...size });
    await toPassphrase(terminal, usb);
    terminal.type(passphrase);
    await terminal.waitFor(`•••••••• ${passphrase.length} characters`);
    terminal.press('ctrl-c');
    expect((await terminal.exited).code).toBe(130);
    const command = printedCommand(terminal);
    expect(command).toBe(`mcp-tunnel rehearse renew-cert --dir ${dir} --ca-key ${usb}`);
    expect(piecesShown(passphrase, terminal)).toEqual([]);

    const [, ...again] = command.split(' ');
    const resumed = await openTerminal({ argv: again, session, ...size });
    await resumed.waitFor('its key in');
    await resumed.waitFor('✗ Its passphrase: The CA’s key is encrypted');
    resumed.press('enter');
    await resumed.waitFor('▸ Its passphrase');
    resumed.press('escape');
    await resumed.waitFor('Renew the server certificate');
    resumed.press('escape');
    await resumed.waitFor('A deployment is here');
    resumed.type('q');
    expect((await resumed.exited).code).toBe(0);
  });

  test('the pair before is put back from the home screen', async () => {
    const session = testSession();
    await session.rehearsed();
    const { dir } = session;
    const before = fingerprintOf(dir);
    const renewed = await session.run(['rehearse', 'renew-cert', '--yes', '--dir', dir]);
    expect(renewed.code).toBe(0);
    const terminal = await openTerminal({ argv: ['rehearse', '--dir', dir], session, ...size });
    await terminal.waitFor('A deployment is here');
    terminal.type('c');
    await terminal.waitFor('b puts it back.');
    terminal.type('b');
    await terminal.waitFor('Nothing of this is done yet.');
    terminal.press('enter');
    await terminal.waitFor('The proxy serves this certificate', 30_000);
    terminal.press('escape');
    await terminal.waitFor('✓ Healthy:', 20_000);
    terminal.type('q');
    expect((await terminal.exited).code).toBe(0);
    expect(fingerprintOf(dir)).toBe(before);
  });
});

import { expect, test } from 'vitest';
import { inTerminal } from './in-terminal.ts';
import { openTerminal, type Terminal, testSession } from './terminal.ts';
import {
  frameFault,
  leaksOf,
  otherToken,
  piecesShown,
  says,
  tunnelOf,
  waitAt,
  walk,
} from './wizard-walk.ts';

const key = `sk-ant-api03-${'abcDEF0123'.repeat(9)}-AA`;
const megabyte = 1_000_000;

/** At domain and token, in a rehearsal whose Console has filled them in. */
async function atTunnel() {
  const session = testSession();
  const argv = ['rehearse', 'install', '--dir', session.dir];
  const terminal = await openTerminal({ argv, session, columns: 80, rows: 24 });
  await walk(terminal, 'Domain and token');
  return { terminal, ...tunnelOf(session.dir) };
}

/** Enter leads nowhere: the next key still finds this page. */
async function expectStay(terminal: Terminal, field: 'Domain' | 'Token'): Promise<void> {
  terminal.press('enter');
  terminal.press('tab');
  await terminal.waitFor(field === 'Domain' ? '▸ Token' : '▸ Domain');
  terminal.press('tab');
  await terminal.waitFor(`▸ ${field}`);
}

inTerminal('the wizard', () => {
  test('what is no token is explained beside the field, and never seen', async () => {
    const { terminal, token } = await atTunnel();
    terminal.press('tab');
    await terminal.waitFor('▸ Token');
    for (const [pasted, said] of [
      ['garbage', 'a tunnel token begins with eyJ.'],
      [token.slice(0, 90), 'The token is cut off'],
      [`\x1b[31m${token}\x1b[0m`, 'The paste holds control characters (U+001B at position 1)'],
      [key, 'This is an Anthropic API key (sk-ant-api…), not a tunnel token.'],
      [`${token}\n${otherToken(token)}`, 'The paste holds 2 different tunnel tokens.'],
      ['x'.repeat(megabyte), `The paste is ${megabyte} characters long`],
    ] as const) {
      terminal.paste(pasted);
      const screen = await terminal.waitFor(says(said));
      expect(frameFault(screen)).toBeUndefined();
      await expectStay(terminal, 'Token');
    }

    // As it comes out of a mail: in lines, and indented.
    terminal.paste(`  ${token.replaceAll(/.{60}/gu, '$&\n    ')}\n`);
    await waitAt(terminal, 'Domain and token');
    await walk(terminal);
    expect(leaksOf(token, terminal)).toEqual([]);
    expect(leaksOf(otherToken(token), terminal)).toEqual([]);
    expect(piecesShown(key, terminal)).toEqual([]);
    expect(piecesShown('x'.repeat(20), terminal)).toEqual([]);
    terminal.press('enter');
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
  });

  test('what is no domain is explained beside the field; no secret is seen there', async () => {
    const { terminal, token, domain } = await atTunnel();
    for (const [pasted, said] of [
      ['y'.repeat(megabyte), 'This word is too long for a domain'],
      [key, 'This is an Anthropic API key (sk-ant-api…), not a domain. It was not kept.'],
      [token, 'That was the token: it went into the token field.'],
      [`docker run cloudflare/cloudflared \\\n  --token ${token}\n`, 'That was the token:'],
      [`https://${domain}/`, `Did you mean ${domain}?`],
      [`${domain}:443`, `Did you mean ${domain}?`],
      ['例え.tunnel.anthropic.com', 'holds a character that is not plain ASCII'],
      ['e\u0301\u0302.tunnel.anthropic.com', 'holds a character that is not plain ASCII'],
      ['a b c\n'.repeat(megabyte / 6), 'characters long, too long for a domain'],
    ] as const) {
      terminal.press('ctrl-u');
      await terminal.waitFor('abcd1234.tunnel.anthropic.com');
      terminal.paste(pasted);
      const screen = await terminal.waitFor(says(said));
      expect(frameFault(screen)).toBeUndefined();
      await expectStay(terminal, 'Domain');
    }
    terminal.press('ctrl-u');
    terminal.type('日本\x7f\x7fe\u0301\x7f');
    terminal.type(domain);
    await waitAt(terminal, 'Domain and token');
    await walk(terminal, 'Certificates');
    expect(leaksOf(token, terminal)).toEqual([]);
    expect(piecesShown(key, terminal)).toEqual([]);
    expect(terminal.screen().join('\n')).toContain(`*.${domain}`);
  });
});

import { expect, test } from 'vitest';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openTerminal } from './terminal.ts';
import { printedCommand, type Title, titles, waitAt, walk } from './wizard-walk.ts';

const domain = 'feed1234.tunnel.anthropic.com';

/** What was typed, where it must be found again. */
const typed: Partial<Record<Title, string>> = {
  'Domain and token': domain,
  Certificates: '60 days',
  Routes: 'wiki',
};

inTerminal('the wizard', () => {
  test('back and forth through all screens ten times keeps everything that was typed', async () => {
    const terminal = await openTerminal({ argv: ['rehearse'], columns: 80, rows: 24 });
    await walk(terminal, 'Domain and token');
    terminal.press('ctrl-u');
    terminal.type(domain);
    await terminal.waitFor(domain);
    await walk(terminal, 'Certificates');
    terminal.type('e');
    await terminal.waitFor('Enter next');
    terminal.press('enter');
    await terminal.waitFor('▸ Days of the server certificate');
    terminal.press('ctrl-u');
    terminal.type('60\r\r');
    await terminal.waitFor('60 days');
    await walk(terminal, 'Register the CA');
    terminal.type('s');
    await waitAt(terminal, 'Routes');
    terminal.type('awiki\rhttp://hello-mcp:9000\r');
    await terminal.waitFor(/▸ wiki {2}http/);

    const forth = titles.slice(0, titles.indexOf('Routes') + 1);
    const look = async (title: Title) => {
      const screen = await waitAt(terminal, title);
      expect(screen.join('\n'), title).toContain(typed[title] ?? '');
    };
    for (let round = 0; round < 10; round += 1) {
      for (const title of forth.slice(0, -1).reverse()) {
        terminal.press('escape');
        await look(title);
      }
      for (const title of forth.slice(1)) {
        if (title === 'Routes') terminal.type('s');
        else terminal.press('enter');
        await look(title);
      }
    }

    terminal.press('ctrl-c');
    expect(await terminal.exited).toEqual({ code: 130, signal: null });
    expect(terminal.modes()).toEqual(saneModes);
    const command = printedCommand(terminal);
    expect(command).toContain(`--domain ${domain} --cert-days 60`);
    expect(command).toContain('--route wiki=http://hello-mcp:9000');
  });
});

import { expect, test } from 'vitest';
import { inTerminal } from './in-terminal.ts';
import { openTerminal } from './terminal.ts';
import { frameFault, piecesShown, says, waitAt, walk } from './wizard-walk.ts';

const key = `sk-ant-api03-${'abcDEF0123'.repeat(9)}-AA`;
const megabyte = 1_000_000;

inTerminal('the wizard', () => {
  test('what is no route is explained beside its field, and is not saved', async () => {
    const terminal = await openTerminal({ argv: ['rehearse'], columns: 80, rows: 24 });
    await walk(terminal, 'Routes');
    terminal.type('a');
    await terminal.waitFor('▸ Name');
    for (const [name, said] of [
      ['名前', 'holds a space or a character that is not plain ASCII'],
      ['e\u0301cho', 'holds a space or a character that is not plain ASCII'],
      ['echo', 'There is a route echo already.'],
    ] as const) {
      terminal.press('ctrl-u');
      terminal.type(`${name}\r`);
      await terminal.waitFor('▸ Upstream');
      const screen = await terminal.waitFor(says(said));
      expect(screen.join('\n')).toContain(name);
      expect(frameFault(screen)).toBeUndefined();
      terminal.press('up');
      await terminal.waitFor('▸ Name');
    }
    terminal.press('ctrl-u');
    terminal.paste('n'.repeat(megabyte));
    await terminal.waitFor('nnnnnnnn');
    terminal.press('ctrl-u');
    terminal.paste(key);
    await terminal.waitFor(says('This is an Anthropic API key (sk-ant-api…).'));
    terminal.type('wiki\r');
    await terminal.waitFor('▸ Upstream');

    for (const [upstream, said] of [
      ['http://10.0.0.5:8000/mcp', 'The upstream has a path behind host and port.'],
      ['http://10.0.0.5', "The upstream's port is missing"],
      ['10.0.0.5:8000', 'The upstream has no scheme (http:// or https://).'],
      ['http://localhost:8000', 'that is not this host'],
      ['http://例え:8000', 'is not plain ASCII'],
    ] as const) {
      terminal.press('ctrl-u');
      await terminal.waitFor('http://10.0.0.5:8000');
      terminal.type(`${upstream}\r`);
      const screen = await terminal.waitFor(says(said));
      expect(frameFault(screen)).toBeUndefined();
    }
    terminal.press('ctrl-u');
    terminal.paste(key);
    await terminal.waitFor(says('This is an Anthropic API key (sk-ant-api…).'));

    // Well-formed; only together with the allowed addresses it is wrong.
    terminal.type('http://192.0.2.1:8000\r');
    await terminal.waitFor(says('192.0.2.1 is not a private address'));
    terminal.press('enter');
    await terminal.waitFor(says('Not possible yet. Route wiki has to be mended'));
    terminal.type('d');
    await waitAt(terminal, 'Routes');
    await walk(terminal);
    expect(piecesShown(key, terminal)).toEqual([]);
    terminal.press('enter');
    expect(await terminal.exited).toEqual({ code: 0, signal: null });
  });
});

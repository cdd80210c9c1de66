import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openTerminal, testSession } from './terminal.ts';
import { printedCommand } from './wizard-walk.ts';

const size = { columns: 80, rows: 24 } as const;

inTerminal('a change of routes on the screens', () => {
  test('one added and one taken away in one run, over one second pair', async () => {
    const session = testSession();
    await session.rehearsed();
    const { dir } = session;
    const config = () => readFileSync(join(dir, 'config/mcp-proxy.yaml'), 'utf8');
    const terminal = await openTerminal({ argv: ['rehearse', '--dir', dir], session, ...size });
    await terminal.waitFor('A deployment is here');
    terminal.type('o');
    await terminal.waitFor('✓ MCP server hello', 20_000);
    terminal.paste('second=http://hello-mcp:9000');
    await terminal.waitFor('Add a route');
    terminal.press('enter');
    await terminal.waitFor('~ new');
    await terminal.waitFor('✓ All 2 upstreams answer.');
    terminal.press('up');
    await terminal.waitFor('▸ echo');
    terminal.type('d');
    await terminal.waitFor('-  goes       echo');
    terminal.press('enter');
    await terminal.waitFor('Nothing of this is done yet.');
    terminal.press('enter');
    await terminal.waitFor('The routes are changed', 40_000);
    await terminal.waitFor('Taken away: echo');
    await terminal.waitFor('Verified to level 4 of 4');
    terminal.press('enter');
    expect((await terminal.exited).code).toBe(0);
    expect(config()).toContain('second: http://hello-mcp:9000');
    expect(config()).not.toContain('echo:');
    expect(terminal.scrollback()).toMatch(
      /^https:\/\/second\.[a-z0-9]+\.tunnel\.anthropic\.com\/mcp$/mu,
    );
    expect(terminal.modes()).toMatchObject(saneModes);

    // A repair afterwards finds nothing to take back.
    const again = await session.rehearse(['--dry-run']);
    const plan = again.events.find((event) => event.type === 'plan');
    expect(plan?.changes.filter(({ action }) => action !== 'keep')).toEqual([]);
  });

  test('interrupted at the table, it is gone on with by the command that is printed', async () => {
    const session = testSession();
    await session.rehearsed();
    const { dir } = session;
    const argv = ['rehearse', 'routes', '--dir', dir];
    const terminal = await openTerminal({ argv, session, ...size });
    await terminal.waitFor('▸ echo');
    terminal.paste('wiki=http://10.0.0.5:8000');
    await terminal.waitFor('Add a route');
    terminal.press('enter');
    await terminal.waitFor('▸ wiki');
    terminal.press('ctrl-c');
    expect((await terminal.exited).code).toBe(130);
    const command = printedCommand(terminal);
    expect(command).toBe(
      `mcp-tunnel rehearse routes --dir ${dir} --route echo=http://hello-mcp:9000 --route wiki=http://10.0.0.5:8000`,
    );
    const [, ...again] = command.split(' ');
    const resumed = await openTerminal({ argv: again, session, ...size });
    await resumed.waitFor('~ new');
    resumed.press('escape');
    await resumed.waitFor('A deployment is here');
    resumed.press('ctrl-c');
    expect((await resumed.exited).code).toBe(130);
    expect(readFileSync(join(dir, 'config/mcp-proxy.yaml'), 'utf8')).not.toContain('wiki');
  });

  test('without a terminal it says what it can do', async () => {
    const session = testSession();
    const ended = await session.run(['rehearse', 'routes', '--dir', session.dir]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('routes needs to know what to do: list, add, remove.');
  });
});

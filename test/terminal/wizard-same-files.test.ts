import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deploymentOf, modesOf, storyOf, textOf } from '../process/session.ts';
import { inTerminal } from './in-terminal.ts';
import { openTerminal, testSession } from './terminal.ts';
import { waitAt, walk } from './wizard-walk.ts';

/** All that answers decide; keys, certificates and what the token's owner reads are random. */
const decided = [
  '.gitignore',
  '.mcp-tunnel/answers.yaml',
  'config/mcp-proxy.yaml',
  'data/tls.ext',
  'docker-compose.yaml',
  'hello_server.py',
];

const ranges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

const flags = [
  ...['--key-type', 'p-256', '--cert-days', '60', '--ca-days', '1000'],
  ...['--route', 'greet=http://hello-mcp:9000', '--route', 'wiki=http://hello-mcp:9000'],
  ...ranges.flatMap((range) => ['--allow-ip', range]),
];

inTerminal('the wizard', () => {
  test('leaves the same files as the same answers given by flags', async () => {
    const session = testSession();
    const typed = join(session.cwd, 'typed');
    const given = join(session.cwd, 'given');
    const argv = ['rehearse', 'install', '--dir', typed];
    const terminal = await openTerminal({ argv, session, columns: 80, rows: 24 });
    await waitAt(terminal, 'Welcome');
    // The other one meets the same Console, and the same CA.
    const remembered = '.mcp-tunnel/rehearsal';
    mkdirSync(join(given, 'data'), { recursive: true, mode: 0o700 });
    cpSync(join(typed, remembered, 'console.json'), join(given, remembered, 'console.json'));

    await walk(terminal, 'Certificates');
    terminal.type('e');
    await terminal.waitFor('▸ Kind of key');
    terminal.press('down', 'down', 'down', 'enter');
    await terminal.waitFor('▸ Days of the server certificate');
    terminal.press('ctrl-u');
    terminal.type('60\r');
    await terminal.waitFor('▸ Days of the CA');
    terminal.press('ctrl-u');
    terminal.type('1000\r');
    await walk(terminal, 'Register the CA');
    for (const name of ['ca.crt', 'ca.key'])
      cpSync(join(typed, 'data', name), join(given, 'data', name));

    await walk(terminal, 'Routes');
    terminal.type('awiki\rhttp://hello-mcp:9000\r');
    await terminal.waitFor(/▸ wiki {2}http/);
    terminal.press('up');
    await terminal.waitFor(/▸ echo {2}http/);
    terminal.type('e');
    await terminal.waitFor('Edit the route echo');
    terminal.press('ctrl-u');
    terminal.type('greet\r\r');
    await terminal.waitFor(/▸ greet {2}http/);
    terminal.type('u');
    await terminal.waitFor('▸ Allowed addresses');
    terminal.type(`${ranges.join(', ')}\r`);
    await terminal.waitFor('▸ CA file');
    terminal.press('escape');
    await walk(terminal);
    terminal.press('enter');
    expect(await terminal.exited).toEqual({ code: 0, signal: null });

    const args = ['rehearse', 'install', '--json', '--yes', '--dir', given, ...flags];
    const ended = await session.run(args);
    expect(ended.code, storyOf(ended)).toBe(0);
    for (const path of decided) expect(textOf(typed, path), path).toBe(textOf(given, path));
    const tokens = [typed, given].map((dir) => textOf(dir, 'credentials/tunnel-token'));
    expect(tokens[0]).toBe(tokens[1]);
    expect(modesOf(deploymentOf(typed))).toEqual(modesOf(deploymentOf(given)));
  });
});

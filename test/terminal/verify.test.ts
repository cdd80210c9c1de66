import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saneModes } from './emulator.ts';
import { inTerminal } from './in-terminal.ts';
import { openTerminal, testSession } from './terminal.ts';

const key = `sk-ant-api03-${'Abc4'.repeat(23)}AA`;

inTerminal('a call from the vendor’s side', () => {
  const keys: (string | undefined)[] = [];
  const api = createServer((request, response) => {
    keys.push(request.headers.authorization);
    const content = [
      { type: 'mcp_tool_use', id: 'u', name: 'page', server_name: 'wiki', input: {} },
      { type: 'mcp_tool_result', tool_use_id: 'u', is_error: false, content: 'A page.' },
    ];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ content, stop_reason: 'end_turn' }));
  });
  beforeAll(async () => {
    api.listen(0, '127.0.0.1');
    await once(api, 'listening');
  });
  afterAll(() => void api.close());

  test('on a terminal the key is asked once it is clear what for, and never shown', async () => {
    const session = testSession();
    mkdirSync(join(session.dir, 'config'), { recursive: true });
    const compose = 'services:\n  mcp-proxy: {image: proxy}\n  cloudflared: {image: cloudflared}\n';
    writeFileSync(join(session.dir, 'docker-compose.yaml'), compose);
    writeFileSync(
      join(session.dir, 'config/mcp-proxy.yaml'),
      'tunnel_domain: abcd1234.tunnel.anthropic.com\nroutes:\n  wiki: http://10.255.0.1:9\n',
    );
    // A server that listens on TCP has an address with a port.
    const { port } = api.address() as AddressInfo;
    const argv = ['verify', '--tool', 'page', '--dir', session.dir];
    const terminal = await openTerminal({
      argv: [...argv, '--api-url', `http://127.0.0.1:${port}`],
      columns: 120,
      rows: 30,
      session,
    });
    const screen = await terminal.waitFor('API key of the tunnel’s workspace');
    expect(screen.join(' ')).toContain('ask claude-opus-5 to use page of wiki');
    terminal.paste('sk-ant-admin01-Abc4Abc4Abc4Abc4\n');
    terminal.press('enter');
    await terminal.waitFor('This is an Anthropic Admin API key (sk-ant-admin…)');
    expect(keys).toEqual([]);
    terminal.paste(key);
    terminal.press('enter');
    await terminal.waitFor('Verified to level 4 of 4');
    expect((await terminal.exited).code).toBe(0);
    expect(keys).toEqual([`Bearer ${key}`]);
    expect(terminal.raw()).not.toContain('Abc4Abc4');
    expect(terminal.modes()).toMatchObject(saneModes);
  });

  test('Enter alone sends nothing: exit 6; a key that is given needs Enter', async () => {
    const session = testSession();
    const dir = join(session.cwd, 'mcp-tunnel');
    const installed = await session.run(['rehearse', 'install', '--yes', '--json', '--dir', dir]);
    expect(installed.code).toBe(0);
    const place = { columns: 120, rows: 30, session };
    const argv = ['rehearse', 'verify', '--dir', dir];
    const refusing = await openTerminal({ argv, ...place });
    await refusing.waitFor('Press Enter to send it; type anything to stop:');
    await refusing.type('no');
    refusing.press('enter');
    await refusing.waitFor('[consent-missing]');
    expect((await refusing.exited).code).toBe(6);
    const agreeing = await openTerminal({ argv, ...place });
    await agreeing.waitFor('Press Enter to send it; type anything to stop:');
    agreeing.press('enter');
    await agreeing.waitFor('Verified to level 4 of 4');
    expect((await agreeing.exited).code).toBe(0);

    const wizard = await openTerminal({
      argv: ['rehearse', 'install', '--dir', dir],
      ...{ columns: 80, rows: 24, session },
    });
    await wizard.waitFor('A deployment is here');
    await wizard.type('v');
    await wizard.waitFor('✓ from the simulated Console');
    wizard.press('enter');
    await wizard.waitFor('Hello, tunnel!');
    await wizard.waitFor('Verified to level 4 of 4');
    wizard.press('enter');
    await wizard.waitFor('A deployment is here');
    await wizard.type('q');
    expect((await wizard.exited).code).toBe(0);
    expect(wizard.raw()).not.toContain('sk-ant-api03');
    expect(wizard.modes()).toMatchObject(saneModes);
  });
});

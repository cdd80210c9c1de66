import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layOutByHand, type Person } from './harness/hand-made.ts';
import { type Installation, prepareInstallation } from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { vendorOf } from './harness/vendor-client.ts';

/**
 * The vendor's guide followed by hand, with openssl and Compose and none of our code but the
 * simulator: what the tests of the program stand on.
 */
onEachEngine('a stack set up by hand', (stand) => {
  let installation: Installation;
  let person: Person;

  beforeAll(async () => {
    installation = await prepareInstallation(stand(), 'root', 'by-hand', 'by-hand');
    const guide = { variant: 'guide', tokenIn: 'shell' } as const;
    person = await layOutByHand(stand(), installation, guide);
    await person.compose('up', '-d');
  });

  afterAll(() => installation?.remove());

  test('opens four connections to the edge', async () => {
    const { tunnel } = installation;
    await expect
      .poll(async () => (await vendorOf(stand().engine).tunnel(tunnel.tunnel)).connections, {
        timeout: 20_000,
      })
      .toBe(4);
  });

  test('carries a tool call once its CA is registered, not before', async () => {
    const vendor = vendorOf(stand().engine);
    const { tunnel, dir } = installation;
    const call = {
      url: `https://echo.${tunnel.domain}/mcp`,
      tool: 'hello',
      arguments: { name: 'engine' },
    };
    expect(await vendor.callTool(call)).toMatchObject({
      answered: false,
      reason: 'no-certificate',
    });
    await vendor.registerCertificate(
      tunnel.tunnel,
      await readFile(join(dir, 'data/ca.crt'), 'utf8'),
    );
    await expect
      .poll(() => vendor.callTool(call), { timeout: 30_000 })
      .toEqual({ answered: true, isError: false, text: 'Hello, engine!' });
  });

  test('ends every process within its grace', async () => {
    await person.compose('stop');
    const ours = ['--filter', `label=com.docker.compose.project.working_dir=${installation.dir}`];
    const states = await person.type(
      ...['docker', 'ps', '--all', ...ours, '--format', '{{.State}}'],
    );
    expect(states.split('\n')).toEqual(['exited', 'exited', 'exited']);
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shellNotifier } from '../../src/adapters/shell-notifier.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'notifier-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const notifier = () =>
  shellNotifier({
    PATH: '/usr/bin:/bin',
    PLACE: dir,
    TUNNEL_TOKEN: 'a secret',
    ANTHROPIC_API_KEY: 'a secret',
    API_TOKEN: 'a secret',
    MCP_TUNNEL_CA_PASSPHRASE: 'a secret',
  });
const variables = { MCP_TUNNEL_STATE: 'due', MCP_TUNNEL_SUMMARY: 'It’s "due"; $(x) `y`' };

test('the command gets the variables and the operator’s environment, but no secret of the tunnel’s', async () => {
  expect(await notifier().run('env > "$PLACE/env"', variables, 5000)).toBeUndefined();
  const env = await readFile(join(dir, 'env'), 'utf8');
  expect(env).toContain('MCP_TUNNEL_STATE=due\n');
  expect(env).toContain('MCP_TUNNEL_SUMMARY=It’s "due"; $(x) `y`\n');
  expect(env).not.toContain('a secret');
});

test('a command that fails says how, with its last words made harmless', async () => {
  expect(await notifier().run('echo one >&2; printf "\\033[2Jtwo\\n" >&2; exit 3', {}, 5000)).toBe(
    'it ended with exit code 3: two',
  );
  expect(await notifier().run('kill -9 $$', {}, 5000)).toBe('it ended with SIGKILL');
  expect(await notifier().run('no-such-program-here', {}, 5000)).toContain('exit code 127');
});

test('a command that hangs is ended with what it has started', async () => {
  const begin = performance.now();
  const said = await notifier().run('sleep 600 & echo $! > "$PLACE/pid"; wait', {}, 300);
  expect(said).toBe('it took longer than 0.3 s and was ended');
  expect(performance.now() - begin).toBeLessThan(5000);
  const pid = Number(await readFile(join(dir, 'pid'), 'utf8'));
  await expect
    .poll(() => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone Z'))
    .toMatch(/ Z/u);
});

test('a command that leaves something running does not hold the watch', async () => {
  const begin = performance.now();
  expect(await notifier().run('sleep 3 & exit 0', {}, 5000)).toBeUndefined();
  expect(performance.now() - begin).toBeLessThan(2500);
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ended, eventsOf, type RunOptions, Session, storyOf } from './session.ts';

const secretPart = Buffer.from('thirty-two-bytes-of-a-secret-key').toString('base64');
const token = Buffer.from(
  JSON.stringify({ a: 'f'.repeat(32), s: secretPart, t: '4f8c1d2e-0000-4000-8000-123456789abc' }),
).toString('base64');

describe('what a dry run plans with answers from everywhere', () => {
  const other = new Session();
  let installed: Ended;
  const planned = async (args: readonly string[], options: RunOptions = {}) => {
    const ended = await other.rehearse(['--dry-run', ...args], options);
    expect(ended.code, storyOf(ended)).toBe(0);
    const changes = eventsOf(ended, 'plan')[0]?.changes ?? [];
    return changes.map(({ what, diff }) => `${what} ${diff ?? ''}`).join('\n');
  };
  const answers = join(other.home, 'answers.yaml');
  beforeAll(async () => {
    writeFileSync(answers, 'version: 1\ncertificates: { days: 33 }\n');
    installed = await other.rehearsed([
      '--cert-days',
      '44',
      '--no-sample-server',
      '--route',
      'a=http://nowhere.invalid:1',
    ]);
    expect(installed.code).toBe(0);
  });
  afterAll(() => other[Symbol.asyncDispose]());

  test('stored, then the answers file, then the environment, then flags', async () => {
    const env = { MCP_TUNNEL_CERT_DAYS: '22' };
    const file = ['--answers', answers];
    const [stored, byFile, byEnvironment, byFlag] = await [
      () => planned([]),
      () => planned(file),
      () => planned(file, { env }),
      () => planned([...file, '--cert-days', '11'], { env }),
    ].reduce<Promise<string[]>>(
      async (done, next) => [...(await done), await next()],
      Promise.resolve([]),
    );
    expect(stored).not.toContain('+  days:');
    expect(byFile).toContain('+  days: 33');
    expect(byEnvironment).toContain('+  days: 22');
    expect(byFlag).toContain('+  days: 11');
  });

  test('an empty variable is no answer; a switch from the environment is one', async () => {
    const plan = await planned([], {
      env: { MCP_TUNNEL_CERT_DAYS: '', MCP_TUNNEL_SAMPLE_SERVER: 'yes' },
    });
    expect(plan).not.toContain('+  days:');
    expect(plan).toContain('+  hello-mcp:');
  });

  test('paths in the answers file count from its folder', async () => {
    writeFileSync(
      join(other.home, 'token'),
      readFileSync(join(other.dir, 'credentials/tunnel-token')),
    );
    const path = join(other.home, 'with-token.yaml');
    writeFileSync(path, 'version: 1\ntunnel: { tokenFile: ./token }\n');
    const plan = await planned(['--answers', path], { cwd: '/' });
    expect(plan).not.toContain('another token was given');
  });

  test('a token set for cloudflared in the operator’s shell is not used, and said so', async () => {
    const ended = await other.rehearse(['--dry-run'], { env: { TUNNEL_TOKEN: token } });
    expect(ended.code).toBe(0);
    expect(eventsOf(ended, 'notice')[0]?.text).toContain('TUNNEL_TOKEN is set in this shell');
    expect(ended.stdout + ended.stderr).not.toContain(token);
    expect(ended.stdout + ended.stderr).not.toContain(secretPart);
  });
});

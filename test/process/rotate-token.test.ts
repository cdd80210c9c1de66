import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  deploymentOf,
  type Ended,
  eventsOf,
  finishOf,
  isAt,
  leftOvers,
  type RunOptions,
  Session,
  storyOf,
  textOf,
  workOf,
} from './session.ts';

const tokenFile = 'credentials/tunnel-token';

function rotate(session: Session, args: readonly string[] = ['--yes'], options: RunOptions = {}) {
  return session.run(
    ['rehearse', 'rotate-token', '--json', '--dir', session.dir, ...args],
    options,
  );
}

/** Containers that the rehearsal remembers, as `project service started`. */
function containersOf(session: Session): readonly string[] {
  const records: readonly Record<string, string>[] = JSON.parse(
    textOf(session.dir, '.mcp-tunnel/rehearsal/containers.json'),
  );
  return records.map(({ project, service, id }) => `${project} ${service} ${id}`).sort();
}

function commandsOf(ended: Ended): readonly string[] {
  return eventsOf(ended, 'command').map(({ argv }) => argv.slice(-2).join(' '));
}

describe('rotate-token', () => {
  const session = new Session();
  let before = '';
  beforeAll(async () => {
    await session.rehearsed();
    before = textOf(session.dir, tokenFile);
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test('a dry run shows the second pair and changes nothing', async () => {
    writeFileSync(join(session.cwd, 'same'), before);
    const tree = deploymentOf(session.dir);
    const ended = await rotate(session, ['--dry-run']);
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(workOf(ended).map((line) => line.split(' (')[0])).toEqual([
      'create .mcp-tunnel/bridge/docker-compose.yaml, a second pair for as long as this takes',
      'create .mcp-tunnel/bridge/credentials/tunnel-token',
      'run start the second pair',
      'change credentials/tunnel-token, tunnel token',
      'run restart cloudflared',
      'run stop the second pair, with the time its requests need',
      'remove .mcp-tunnel/bridge/, with its token',
    ]);
    expect(deploymentOf(session.dir)).toEqual(tree);
  });

  test('proves the new token by a second pair, takes it, and leaves nothing behind', async () => {
    const tree = deploymentOf(session.dir);
    const ended = await rotate(session);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: true });
    const token = textOf(session.dir, tokenFile);
    expect(token).not.toBe(before);
    expect(commandsOf(ended)).toEqual(['-d mcp-proxy', 'up -d', 'restart cloudflared']);
    expect(eventsOf(ended, 'verified')).toMatchObject([{ level: 4, unproven: [] }]);
    const notices = eventsOf(ended, 'notice').map(({ text }) => text);
    expect(notices[0]).toContain('The second pair is connected (4 connections)');
    expect(notices[1]).toContain('Other hosts of this tunnel');
    const rest = ({ [tokenFile]: _, ...others }: ReturnType<typeof deploymentOf>) => others;
    expect(rest(deploymentOf(session.dir))).toEqual(rest(tree));
    expect(containersOf(session)).toHaveLength(3);
    for (const text of [
      ended.stdout,
      ended.stderr,
      textOf(session.dir, '.mcp-tunnel/journal.jsonl'),
    ])
      expect(text).not.toContain(token.slice(0, 24));
  });

  test('the token that is there already changes nothing', async () => {
    writeFileSync(join(session.cwd, 'same'), textOf(session.dir, tokenFile));
    const containers = containersOf(session);
    const ended = await rotate(session, ['--yes', '--token-file', 'same']);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: false });
    expect(containersOf(session)).toEqual(containers);
  });

  test('a token that was rotated since never proves itself; the running pair is not touched', async () => {
    writeFileSync(join(session.cwd, 'stale'), before);
    const tree = deploymentOf(session.dir);
    const containers = containersOf(session);
    const ended = await rotate(session, ['--yes', '--token-file', 'stale']);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'token-refused' },
    });
    expect(finishOf(ended).failure?.summary).toContain('The running pair was not touched.');
    expect(deploymentOf(session.dir)).toEqual(tree);
    expect(containersOf(session)).toEqual(containers);
  });

  test('another tunnel’s token is refused before anything is done', async () => {
    await using other = new Session();
    await other.rehearsed();
    writeFileSync(join(session.cwd, 'foreign'), textOf(other.dir, tokenFile));
    const tree = deploymentOf(session.dir);
    const ended = await rotate(session, ['--yes', '--token-file', 'foreign']);
    expect(finishOf(ended)).toMatchObject({ failure: { code: 'token-foreign' } });
    expect(ended.code).toBe(2);
    expect(deploymentOf(session.dir)).toEqual(tree);
  });

  test('where nothing is installed it says so', async () => {
    await using nowhere = new Session();
    const ended = await nowhere.run(['rehearse', 'rotate-token', '--json', '--yes', '--dir', 'x']);
    expect(ended.code).toBe(2);
  });
});

test('killed at the begin and the end of every step, then again: one pair, one token, no bridge', async () => {
  await using session = new Session();
  await session.rehearsed();
  for (const step of ['bridge', 'token', 'restart', 'verified', 'bridge-leaves']) {
    for (const type of ['step.started', 'step.finished']) {
      const killed = await rotate(session, ['--yes'], {
        onEvent: (event, child) => {
          if (isAt(event, type, step)) child.kill('SIGKILL');
        },
      });
      expect(killed.signal, `${type} ${step}: ${storyOf(killed)}`).toBe('SIGKILL');
      await session.noProcesses();
      const ended = await rotate(session);
      expect(ended.code, `after ${type} ${step}: ${storyOf(ended)}`).toBe(0);
      expect(eventsOf(ended, 'verified')).toMatchObject([{ level: 4 }]);
      expect(containersOf(session)).toHaveLength(3);
      expect(existsSync(join(session.dir, '.mcp-tunnel/bridge'))).toBe(false);
    }
  }
  expect(leftOvers(session.dir)).toEqual([]);
  expect(readdirSync(join(session.dir, 'credentials'))).toEqual(['tunnel-token']);
}, 120_000);

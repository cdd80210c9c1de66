import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  eventsOf,
  finishOf,
  isAt,
  leftOvers,
  Session,
  storyOf,
  textOf,
  treeOf,
} from './session.ts';

describe('signals', () => {
  test.each([
    ['SIGINT', 'images'],
    ['SIGTERM', 'server-certificate'],
    ['SIGHUP', 'verified'],
  ] as const)('%s in %s: exit 130, how to go on, and it goes on', async (name, step) => {
    await using session = new Session();
    const ended = await session.rehearse(['--yes'], {
      onEvent: (event, child) => {
        if (isAt(event, 'step.started', step)) child.kill(name);
      },
    });
    expect(ended.code, storyOf(ended)).toBe(130);
    const finish = finishOf(ended);
    expect(finish).toMatchObject({ outcome: 'interrupted', failure: { code: 'interrupted' } });
    expect(finish.failure?.nextSteps.join(' ')).toContain('Run the same command again');
    expect(session.processes()).toEqual([]);
    expect(leftOvers(session.dir)).toEqual([]);
    if (name !== 'SIGINT') return;
    const again = await session.rehearsed();
    expect(eventsOf(again, 'verified')).toMatchObject([{ level: 4 }]);
  });
});

test('two runs at once: the second is told who is at work, and disturbs nothing', async () => {
  await using session = new Session();
  let pid: number | undefined;
  let second: ReturnType<Session['rehearse']> | undefined;
  const first = await session.rehearse(['--yes'], {
    onEvent: (event, child) => {
      pid = child.pid;
      if (isAt(event, 'step.started', 'images')) second = session.rehearse();
    },
  });
  const refused = await second;
  if (!refused) throw new Error('no second run');
  expect(refused.code, storyOf(refused)).toBe(3);
  const { failure } = finishOf(refused);
  expect(failure?.code).toBe('locked');
  expect(failure?.summary).toContain(`process ${pid}`);
  expect(failure?.nextSteps.join(' ')).toContain(`ps -fp ${pid}`);
  expect(first.code, storyOf(first)).toBe(0);
  expect(eventsOf(first, 'verified')).toMatchObject([{ level: 4 }]);
});

test('a reader that goes away (| head -1) ends nothing and hangs nothing', async () => {
  await using session = new Session();
  const [node = '', ...argv] = session.argv(['rehearse', '--yes', '--json', '--dir', session.dir]);
  const child = spawn(node, argv, {
    cwd: session.cwd,
    env: session.environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const [code] = await once(child, 'close');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(finishOf(await session.rehearse(['--dry-run'])).changed).toBe(false);
  expect(session.processes()).toEqual([]);
});

test('a journal and a lock that were torn do not stand in the way', async () => {
  await using session = new Session();
  await session.rehearsed();
  writeFileSync(join(session.dir, '.mcp-tunnel/lock'), '{"pid":1');
  writeFileSync(join(session.dir, '.mcp-tunnel/rehearsal/lock'), '');
  writeFileSync(
    join(session.dir, '.mcp-tunnel/journal.jsonl'),
    `${textOf(session.dir, '.mcp-tunnel/journal.jsonl')}{"at":"2026`,
  );
  const ended = await session.rehearsed(['--cert-days', '60']);
  expect(eventsOf(ended, 'verified')).toMatchObject([{ level: 4 }]);
  expect(Object.keys(treeOf(session.dir)).filter((path) => path.endsWith('lock'))).toEqual([]);
});

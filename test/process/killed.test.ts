import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  deploymentOf,
  eventsOf,
  finishOf,
  isAt,
  leftOvers,
  modesOf,
  Session,
  textOf,
} from './session.ts';

const steps = [
  'directories',
  'images',
  'certificate-authority',
  'server-certificate',
  'files',
  'token',
  'ca-registration',
  'start',
  'verified',
];

describe('SIGKILL at a step, then the same command again', () => {
  const undisturbed = new Session();
  beforeAll(async () => {
    await undisturbed.rehearsed();
  });
  afterAll(() => undisturbed[Symbol.asyncDispose]());

  // Twenty runs in one test: its time limit is not that of the others.
  test('one deployment, killed at the begin and the end of every step in turn', async () => {
    await using session = new Session();
    const ca = join(session.dir, 'data/ca.crt');
    let certificate: string | undefined;
    for (const step of steps) {
      for (const type of ['step.started', 'step.finished']) {
        const killed = await session.rehearse(['--yes'], {
          onEvent: (event, child) => {
            if (isAt(event, type, step)) child.kill('SIGKILL');
          },
        });
        // A step that an earlier round has finished is kept, and told so; it does not start again.
        if (type === 'step.finished') expect(killed.signal, `${type} ${step}`).toBe('SIGKILL');
        await session.noProcesses();
        if (certificate !== undefined) expect(textOf(session.dir, 'data/ca.crt')).toBe(certificate);
        if (existsSync(ca)) certificate = textOf(session.dir, 'data/ca.crt');
      }
    }
    const ended = await session.rehearsed();
    expect(eventsOf(ended, 'verified')).toMatchObject([{ level: 4, unproven: [] }]);
    expect(textOf(session.dir, 'data/ca.crt')).toBe(certificate);
    expect(leftOvers(session.dir)).toEqual([]);
    expect(readdirSync(join(session.dir, '.mcp-tunnel')).sort()).toEqual([
      'answers.yaml',
      'applied.json',
      'journal.jsonl',
      'rehearsal',
    ]);
    expect(finishOf(await session.rehearse([]))).toMatchObject({ outcome: 'done', changed: false });
    expect(session.processes()).toEqual([]);
  }, 240_000);

  test.each([
    ['step.started', 'server-certificate'],
    ['step.finished', 'start'],
  ])('a fresh one killed at %s %s converges to what an undisturbed one is', async (type, step) => {
    await using session = new Session();
    const killed = await session.rehearse(['--yes'], {
      onEvent: (event, child) => {
        if (isAt(event, type, step)) child.kill('SIGKILL');
      },
    });
    expect(killed.signal).toBe('SIGKILL');
    const before = textOf(session.dir, 'data/ca.crt');
    const ended = await session.rehearsed();
    expect(eventsOf(ended, 'verified')).toMatchObject([{ level: 4 }]);
    expect(textOf(session.dir, 'data/ca.crt')).toBe(before);
    expect(leftOvers(session.dir)).toEqual([]);
    expect(modesOf(deploymentOf(session.dir))).toEqual(modesOf(deploymentOf(undisturbed.dir)));
  });
});

import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventsOf, finishOf, Session, treeOf, workOf } from './session.ts';

const session = new Session();
afterAll(() => session[Symbol.asyncDispose]());

describe('where nothing is yet', () => {
  test('a dry run shows the whole plan, ends 0 and leaves nothing', async () => {
    const before = treeOf(session.root);
    const named = await session.rehearse(['--dry-run']);
    const fresh = await session.run(['rehearse', '--dry-run', '--json']);
    for (const ended of [named, fresh]) {
      expect(ended.code).toBe(0);
      expect(ended.stderr).toBe('');
      expect(finishOf(ended)).toMatchObject({ outcome: 'done', changed: true });
      expect(eventsOf(ended, 'plan')).toMatchObject([{ dryRun: true }]);
      expect(eventsOf(ended, 'step.started')).toEqual([]);
      expect(workOf(ended)).toContain('run start the stack');
      expect(workOf(ended)).toContain('create docker-compose.yaml, the stack');
    }
    expect(treeOf(session.root)).toEqual(before);
    expect(session.processes()).toEqual([]);
  });

  test('without --yes and without a terminal: exit 6, and nothing is left', async () => {
    const before = treeOf(session.root);
    const named = await session.rehearse([]);
    const fresh = await session.run(['rehearse', '--json']);
    for (const ended of [named, fresh]) {
      expect(ended.code).toBe(6);
      expect(finishOf(ended)).toMatchObject({
        outcome: 'failed',
        changed: false,
        failure: { code: 'consent-missing' },
      });
      expect(finishOf(ended).failure?.nextSteps.join(' ')).toContain('--yes');
    }
    expect(treeOf(session.root)).toEqual(before);
  });

  test('an empty directory that was there stays, as it was', async () => {
    await using other = new Session();
    const here = await other.run(['rehearse', '--dry-run', '--json', '--dir', '.']);
    expect(here.code).toBe(0);
    expect(readdirSync(other.cwd)).toEqual([]);
  });

  test('invalid answers and refused checks leave nothing either', async () => {
    const before = treeOf(session.root);
    const invalid = await session.rehearse(['--yes', '--key-type', 'rsa-1']);
    expect(invalid.code).toBe(2);
    const fingerprint = await session.rehearse(['--yes', '--ca-registered', 'ab'.repeat(32)]);
    expect(fingerprint.code).toBe(2);
    expect(finishOf(fingerprint).failure?.code).toBe('ca-fingerprint-mismatch');
    expect(treeOf(session.root)).toEqual(before);
  });
});

describe('where a rehearsal is', () => {
  const other = new Session();
  beforeAll(async () => {
    await other.rehearsed();
  });
  afterAll(() => other[Symbol.asyncDispose]());

  test('a dry run changes no byte, no mode, no time of any file, the rehearsal’s own included', async () => {
    const before = treeOf(other.root);
    const same = await other.rehearse(['--dry-run']);
    const more = await other.rehearse(['--dry-run', '--route', 'a=http://nowhere.invalid:1']);
    expect([same.code, more.code]).toEqual([0, 0]);
    expect(finishOf(same).changed).toBe(false);
    expect(workOf(same)).toEqual([]);
    expect(finishOf(more).changed).toBe(true);
    expect(treeOf(other.root)).toEqual(before);
  });

  test('shows file diffs and the commands', async () => {
    const ended = await other.run([
      ...['rehearse', '--dry-run', '--dir', other.dir],
      ...['--route', 'a=http://nowhere.invalid:1', '--no-sample-server'],
    ]);
    expect(ended.stdout).toContain('Plan (dry run: nothing is changed)');
    expect(ended.stdout).toContain('-  hello-mcp:');
    expect(ended.stdout).toContain('+  a: http://nowhere.invalid:1');
    expect(ended.stdout).toContain('$ docker compose up -d');
    expect(ended.stdout).toContain('Where this leaves the vendor’s guide, and why');
  });

  test('a broken state is shown and left', async () => {
    rmSync(join(other.dir, 'data/tls.crt'));
    writeFileSync(join(other.dir, 'config/mcp-proxy.yaml'), 'routes: []\n');
    const before = treeOf(other.root);
    const ended = await other.rehearse(['--dry-run']);
    expect(ended.code).toBe(0);
    expect(workOf(ended).length).toBeGreaterThan(1);
    expect(treeOf(other.root)).toEqual(before);
  });
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Ended,
  eventsOf,
  finishOf,
  isAt,
  type RunOptions,
  Session,
  storyOf,
  textOf,
  treeOf,
  workOf,
} from './session.ts';

const list = `version: 1
hosts:
  - name: vm-2
    note: Frankfurt
  - name: ops@vm-3.example
    dir: /opt/tunnel
`;

const session = new Session();
beforeAll(() => session.rehearsed());
afterAll(() => session[Symbol.asyncDispose]());

const record = () => join(session.dir, '.mcp-tunnel/switched-hosts.json');

function rotate(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const argv = ['rehearse', 'rotate-token', '--json', '--dir', session.dir, ...args];
  return session.run(argv, options);
}

function put(hosts: string): void {
  writeFileSync(join(session.dir, '.mcp-tunnel/hosts.yaml'), hosts);
}

function actionOf(ended: Ended) {
  return eventsOf(ended, 'action.needed').map(({ action }) => action);
}

describe('rotate-token with other hosts', () => {
  test('a list that cannot be read is told of before anything is done', async () => {
    put('version: 1\nhosts:\n\t- name: vm-2\n');
    const token = textOf(session.dir, 'credentials/tunnel-token');
    const ended = await rotate(['--yes']);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({
      outcome: 'failed',
      changed: false,
      failure: {
        code: 'file-malformed',
        summary: expect.stringContaining('.mcp-tunnel/hosts.yaml, line 3'),
        expected: expect.stringContaining('- name: vm-2'),
      },
    });
    expect(ended.code).toBe(3);
    expect(textOf(session.dir, 'credentials/tunnel-token')).toBe(token);
    expect(existsSync(join(session.dir, '.mcp-tunnel/bridge'))).toBe(false);
  });

  test('nothing can be noted before a rotation', async () => {
    put(list);
    const ended = await rotate(['--switched', 'vm-2', '--yes']);
    expect(ended.code).toBe(2);
    expect(finishOf(ended).failure?.summary).toContain('No rotation is recorded');
  });

  test('ends with what is to be typed for each, exit 10, also when it was killed on the way', async () => {
    for (const type of ['step.started', 'step.finished']) {
      const killed = await rotate(['--yes'], {
        onEvent: (event, child) => {
          if (isAt(event, type, 'other-hosts')) child.kill('SIGKILL');
        },
      });
      expect(killed.signal, storyOf(killed)).toBe('SIGKILL');
      await session.noProcesses();
    }
    const ended = await rotate(['--yes']);
    expect(ended.code, storyOf(ended)).toBe(10);
    expect(finishOf(ended)).toMatchObject({ outcome: 'action-needed' });
    const { token } = JSON.parse(readFileSync(record(), 'utf8'));
    expect(actionOf(ended)).toEqual([
      {
        id: 'switch-hosts',
        title: 'give the new token to 2 other hosts before any of them restarts',
        steps: [
          'Connections that are open live on; a host that restarts with the old token cannot connect again.',
          `vm-2 (Frankfurt): ssh -t vm-2 'mcp-tunnel rotate-token --dir ${session.dir}'`,
          "ops@vm-3.example: ssh -t ops@vm-3.example 'mcp-tunnel rotate-token --dir /opt/tunnel'",
          'Note which have it, one --switched for each:',
        ],
        values: { token, hosts: 'vm-2, ops@vm-3.example' },
        resume: [
          ...['mcp-tunnel', 'rehearse', 'rotate-token', '--dir', session.dir],
          ...['--switched', 'vm-2', '--switched', 'ops@vm-3.example'],
        ],
      },
    ]);
    expect(token).toMatch(/^[0-9a-f]{12}$/u);
    expect(textOf(session.dir, '.mcp-tunnel/switched-hosts.json')).not.toContain('eyJ');
  });

  test('status says which hosts lack it, and is due', async () => {
    const ended = await session.run(['rehearse', 'status', '--json', '--dir', session.dir]);
    expect(ended.code, storyOf(ended)).toBe(10);
    const [{ items } = { items: [] }] = eventsOf(ended, 'status');
    expect(items.find(({ id }) => id === 'hosts')).toMatchObject({
      status: 'warn',
      found: 'not known to have the new token: vm-2, ops@vm-3.example (2 of 2)',
    });
  });

  test('a dry run of a note shows it and writes nothing', async () => {
    const tree = treeOf(session.dir);
    const ended = await rotate(['--switched', 'vm-2', '--dry-run']);
    expect(workOf(ended)).toEqual([
      'change .mcp-tunnel/switched-hosts.json, which other hosts have the new token',
    ]);
    expect(treeOf(session.dir)).toEqual(tree);
  });

  test('a host is noted without rotating anything; the others are still asked for', async () => {
    const token = textOf(session.dir, 'credentials/tunnel-token');
    const console_ = textOf(session.dir, '.mcp-tunnel/rehearsal/console.json');
    const ended = await rotate(['--switched', 'vm-2', '--yes']);
    expect(ended.code, storyOf(ended)).toBe(10);
    expect(actionOf(ended)).toMatchObject([
      { title: 'give the new token to another host before it restarts' },
    ]);
    expect(textOf(session.dir, 'credentials/tunnel-token')).toBe(token);
    expect(textOf(session.dir, '.mcp-tunnel/rehearsal/console.json')).toBe(console_);
  });

  test('once all are noted it is done, and status has nothing due', async () => {
    const ended = await rotate(['--switched', 'ops@vm-3.example', '--yes']);
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(finishOf(ended)).toMatchObject({ outcome: 'done', changed: true });
    const again = await rotate(['--switched', 'vm-2', '--yes']);
    expect(finishOf(again)).toMatchObject({ outcome: 'done', changed: false });
    const status = await session.run(['rehearse', 'status', '--json', '--dir', session.dir]);
    expect(status.code, storyOf(status)).toBe(0);
  });

  test('a host that is not listed is refused with the nearest name', async () => {
    const ended = await rotate(['--switched', 'vm-4', '--yes']);
    expect(ended.code).toBe(2);
    expect(finishOf(ended).failure?.missing).toMatchObject([
      { problem: 'is not in .mcp-tunnel/hosts.yaml. Did you mean vm-2?' },
    ]);
  });

  test('a token with it is refused: it rotates nothing', async () => {
    writeFileSync(join(session.cwd, 'token'), textOf(session.dir, 'credentials/tunnel-token'));
    const ended = await rotate(['--switched', 'vm-2', '--token-file', 'token', '--yes']);
    expect(ended.code).toBe(2);
    expect(finishOf(ended).failure?.summary).toContain('--token-file does not go with it');
  });

  test('the next rotation asks for all of them again', async () => {
    const ended = await rotate(['--yes']);
    expect(ended.code, storyOf(ended)).toBe(10);
    expect(actionOf(ended)[0]?.values['hosts']).toBe('vm-2, ops@vm-3.example');
    expect(JSON.parse(readFileSync(record(), 'utf8')).hosts).toEqual({});
  });
});

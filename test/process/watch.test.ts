import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlowEvent } from '../../src/runner/events.ts';
import {
  type Ended,
  eventsOf,
  finishOf,
  leftOvers,
  type RunOptions,
  Session,
  storyOf,
  textOf,
} from './session.ts';

function watch(session: Session, args: readonly string[] = ['--json'], options: RunOptions = {}) {
  return session.run(['rehearse', 'watch', '--dir', session.dir, ...args], options);
}

function saidBy(ended: Ended): readonly string[] {
  return eventsOf(ended, 'watch').map(({ what, text }) => `${what}: ${text}`);
}

/** Kills the program of a simulated container of this session, as a crash does. */
function crash(session: Session, program: string): void {
  const found = session.processes().find((line) => line.includes(`/${program}.js`));
  if (!found) throw new Error(`no ${program} in ${session.processes().join('\n')}`);
  process.kill(Number(found.split(' ')[0]), 'SIGKILL');
}

/** Does each thing once, when its event is seen. */
function story(
  ...parts: readonly (readonly [
    when: (event: Extract<FlowEvent, { type: 'watch' }>) => boolean,
    then: (child: ChildProcess) => void,
  ])[]
): NonNullable<RunOptions['onEvent']> {
  const left = [...parts];
  return (event, child) => {
    const [next] = left;
    if (event.type !== 'watch' || !next?.[0](event)) return;
    left.shift();
    next[1](child);
  };
}

const wholeLine = 'cloudflared, hello-mcp, mcp-proxy run';

describe('watch of a rehearsed deployment', () => {
  const session = new Session();
  beforeAll(async () => {
    await session.rehearsed();
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test('the proxy crashes and is started again: cloudflared is restarted; SIGTERM ends it with 0', async () => {
    const ended = await watch(session, ['--json'], {
      onEvent: story(
        [({ text }) => text === wholeLine, () => crash(session, 'mcp-proxy')],
        [({ what }) => what === 'acted', () => undefined],
        [({ text }) => text === wholeLine, (child) => child.kill('SIGTERM')],
      ),
    });
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(finishOf(ended)).toMatchObject({ flow: 'watch', outcome: 'done', changed: false });
    const said = saidBy(ended);
    expect(said).toContain('acted: cloudflared was restarted.');
    expect(said.filter((line) => line.startsWith('acting: '))).toHaveLength(1);
    const [acting] = eventsOf(ended, 'watch').filter(({ what }) => what === 'acting');
    expect(acting?.argv).toEqual(['docker', 'compose', 'restart', 'cloudflared']);
    expect(textOf(session.dir, '.mcp-tunnel/journal.jsonl')).toContain('"restart","cloudflared"');
    expect(leftOvers(session.dir)).toEqual([]);
    await session.noProcesses();
    const status = await session.run(['rehearse', 'status', '--json', '--dir', session.dir]);
    expect(status.code, storyOf(status)).toBe(0);
  });

  test('killed in the middle of mending, the next watch mends it', async () => {
    const killed = await watch(session, ['--json'], {
      onEvent: story(
        [({ text }) => text === wholeLine, () => crash(session, 'mcp-proxy')],
        [({ what }) => what === 'acting', (child) => child.kill('SIGKILL')],
      ),
    });
    expect(killed.signal, storyOf(killed)).toBe('SIGKILL');
    await session.noProcesses();
    const ended = await watch(session, ['--json'], {
      onEvent: story([({ text }) => text === wholeLine, (child) => child.kill('SIGTERM')]),
    });
    expect(ended.code, storyOf(ended)).toBe(0);
  });

  test('for a person: a line for each thing, with its time, and nothing twice', async () => {
    const ended = await watch(session, [], { prefix: ['timeout', '--signal=INT', '3'] });
    const lines = ended.stdout.split('\n').filter((line) => line.includes(' UTC  '));
    expect(lines).toEqual([
      expect.stringMatching(
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}Docker answers: its events are/u,
      ),
      expect.stringMatching(/ UTC {2}cloudflared, hello-mcp, mcp-proxy run$/u),
    ]);
    expect(ended.stdout).toContain('REHEARSAL');
    await session.noProcesses();
  });
});

const asRoot = process.getuid?.() === 0;

describe('a real deployment', () => {
  const session = new Session();
  beforeAll(async () => {
    await session.rehearsed();
    // The files of a rehearsal are those of a real deployment: without its notes it is one.
    await rm(join(session.dir, '.mcp-tunnel/rehearsal'), { recursive: true });
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test('Docker does not run: waits, says so once, and ends when told to', async () => {
    const noSocket = join(session.root, 'no.sock');
    const ended = await session.run(['watch', '--json', '--dir', session.dir], {
      env: { DOCKER_HOST: `unix://${noSocket}` },
      onEvent: story([({ what }) => what === 'engine-lost', (child) => child.kill('SIGTERM')]),
    });
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(eventsOf(ended, 'watch')).toMatchObject([
      { what: 'engine-lost', failure: { code: 'docker-not-running' } },
    ]);
  });

  test.runIf(asRoot)('a user without the docker group: named, with the fix, exit 3', async () => {
    const socket = join(session.root, 'docker.sock');
    const server = createServer().listen(socket);
    await once(server, 'listening');
    chmodSync(socket, 0o600);
    await session.openToAll();
    execFileSync('chown', ['-R', '12345:12345', session.dir]);
    const ended = await session.run(['watch', '--json', '--dir', session.dir], {
      env: { DOCKER_HOST: `unix://${socket}` },
      prefix: ['setpriv', '--reuid=12345', '--regid=12345', '--clear-groups'],
    });
    server.close();
    expect(ended.code, storyOf(ended)).toBe(3);
    const { failure } = finishOf(ended);
    expect(failure?.code).toBe('docker-permission-denied');
    expect(failure?.nextSteps[0]).toContain('sudo usermod -aG docker');
    expect(leftOvers(session.dir)).toEqual([]);
  });

  test('only one watch at a time', async () => {
    let second: Promise<Ended> | undefined;
    const env = { DOCKER_HOST: `unix://${join(session.root, 'no.sock')}` };
    const argv = ['watch', '--json', '--dir', session.dir];
    const first = await session.run(argv, {
      env,
      onEvent: story([
        ({ what }) => what === 'engine-lost',
        (child) => {
          second = session.run(argv, { env }).finally(() => child.kill('SIGTERM'));
        },
      ]),
    });
    expect(first.code, storyOf(first)).toBe(0);
    const told = await second;
    if (!told) throw new Error('the second never began');
    expect(told.code).toBe(3);
    expect(finishOf(told).failure).toMatchObject({ code: 'locked' });
  });
});

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  deploymentOf,
  eventsOf,
  finishOf,
  leftOvers,
  type RunOptions,
  Session,
  storyOf,
  textOf,
} from './session.ts';

function mayMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function read(session: Session, args: readonly string[] = ['--json'], options: RunOptions = {}) {
  return session.run(['rehearse', 'logs', '--dir', session.dir, ...args], options);
}

const logOf = (session: Session, service: string) =>
  join(session.dir, `.mcp-tunnel/rehearsal/logs/${service}.jsonl`);

/** A line as if a container had written it before; the rehearsal keeps its logs as JSON lines. */
function say(session: Session, service: string, text: string, at = '2026-11-24T10:00:00.000Z') {
  appendFileSync(logOf(session, service), `${JSON.stringify({ at, stream: 'stderr', text })}\n`);
}

describe('logs of a rehearsed deployment', () => {
  const session = new Session();
  beforeAll(async () => {
    await session.rehearsed();
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test('all services in the order of their times, exit 0, and nothing of the deployment is touched', async () => {
    const tree = deploymentOf(session.dir);
    const ended = await read(session);
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(finishOf(ended)).toMatchObject({ flow: 'logs', outcome: 'done', changed: false });
    const lines = eventsOf(ended, 'log');
    expect(new Set(lines.map(({ service }) => service))).toEqual(
      new Set(['cloudflared', 'hello-mcp', 'mcp-proxy']),
    );
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted());
    expect(lines.some(({ text }) => text.includes('Registered tunnel connection'))).toBe(true);
    expect(ended.stdout).not.toContain(
      textOf(session.dir, 'credentials/tunnel-token').trim().slice(0, 24),
    );
    expect(deploymentOf(session.dir)).toEqual(tree);
    expect(leftOvers(session.dir)).toEqual([]);
    await session.noProcesses();
  });

  test('for a person: lines and nothing else; known ones explained', async () => {
    say(session, 'hello-mcp', "ModuleNotFoundError: No module named 'mcp.server.fastmcp'");
    const ended = await read(session, ['hello-mcp', '--problems']);
    expect(ended.code).toBe(0);
    const [banner, , line, cause, fix] = ended.stdout.split('\n');
    expect(banner).toContain('REHEARSAL');
    expect(line).toBe(
      "2026-11-24T10:00:00.000Z hello-mcp   ModuleNotFoundError: No module named 'mcp.server.fastmcp'",
    );
    expect(cause?.trim()).toMatch(/^→ The installed Python package "mcp" is version 2 or newer/u);
    expect(fix).toContain(`fix  Run: mcp-tunnel rehearse install --dir ${session.dir}`);
    expect(ended.stderr).toBe('');
  });

  test('as JSON a known line has a diagnosis behind it, with a command to type', async () => {
    const ended = await read(session, ['--json', 'hello-mcp', '--grep', 'FASTMCP']);
    const told = ended.events.filter(({ type }) => type !== 'flow.started');
    expect(told.map(({ type }) => type)).toEqual(['log', 'diagnosis', 'flow.finished']);
    expect(eventsOf(ended, 'diagnosis')).toMatchObject([
      {
        id: 'sample-wrong-sdk',
        severity: 'error',
        remedy: ['mcp-tunnel', 'rehearse', 'install', '--dir', session.dir],
      },
    ]);
  });

  test('a token in a line is masked, hostile lines are harmless', async () => {
    const token = textOf(session.dir, 'credentials/tunnel-token').trim();
    say(session, 'cloudflared', `INF Settings: \u001b[31m${token}\u001b]0;title\u0007 zzhostile`);
    const ended = await read(session, ['--grep', 'zzhostile', '--no-explain']);
    expect(ended.stdout).toContain('INF Settings: [secret] zzhostile');
    expect(ended.stdout).not.toContain(token.slice(0, 24));
    expect(ended.stdout).not.toContain('\u001b');
  });

  test('only the last lines; only from a time on; only so serious', async () => {
    const last = await read(session, ['--json', '--tail', '2']);
    expect(eventsOf(last, 'log')).toHaveLength(2);
    const none = await read(session, ['--json', '--since', new Date().toISOString(), 'hello-mcp']);
    expect(eventsOf(none, 'log').filter(({ at = '' }) => at < '2026-11-25')).toEqual([]);
    const errors = await read(session, ['--json', '--level', 'error', 'hello-mcp']);
    expect(eventsOf(errors, 'log').map(({ text }) => text)).toEqual([
      "ModuleNotFoundError: No module named 'mcp.server.fastmcp'",
    ]);
  });

  test('saved: a new file for its owner alone; what is there is not overwritten', async () => {
    const ended = await read(session, ['--json', '--save', 'out.log', 'hello-mcp']);
    expect(ended.code, storyOf(ended)).toBe(0);
    const path = join(session.cwd, 'out.log');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toEqual(
      eventsOf(ended, 'log').map(({ at, service, text }) => `${at} ${service} ${text}`),
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);

    symlinkSync(path, join(session.cwd, 'link.log'));
    for (const name of ['out.log', 'link.log']) {
      const again = await read(session, ['--json', '--save', name]);
      expect(again.code).toBe(3);
      expect(finishOf(again).failure).toMatchObject({ code: 'file-unwritable' });
    }
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toEqual(lines);
  });

  test.skipIf(!mayMount())('to a full disk is a failure of that name, not a crash', async () => {
    const ended = await read(session, ['--json', '--save', join(session.cwd, 'full/out.log')], {
      // A place of no size: the first line does not fit.
      prefix: [
        ...['unshare', '--mount', '--propagation', 'private', 'sh', '-c'],
        `mkdir -p ${session.cwd}/full && mount -t tmpfs -o size=4k,nr_inodes=8 none ${session.cwd}/full && dd if=/dev/zero of=${session.cwd}/full/fill bs=4096 count=1 2>/dev/null; exec "$@"`,
        'sh',
      ],
    });
    expect(ended.code, storyOf(ended)).toBe(3);
    expect(finishOf(ended).failure).toMatchObject({
      code: 'disk-full',
      summary: `No space left to write ${session.cwd}/full/out.log.`,
    });
  });

  test('followed: what comes is told, and Ctrl-C is its end: exit 0', async () => {
    const ended = await read(session, ['--json', '-f', '--tail', '0'], {
      onEvent: (event, child) => {
        if (event.type === 'log' && event.text.includes('Registered tunnel connection'))
          child.kill('SIGINT');
      },
    });
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(finishOf(ended)).toMatchObject({ outcome: 'done' });
    expect(eventsOf(ended, 'log').length).toBeGreaterThan(0);
    await session.noProcesses();
  });

  test('a reader that goes away ends it', async () => {
    const [file = '', ...args] = session.argv(['rehearse', 'logs', '--dir', session.dir, '-f']);
    const child = spawn(file, args, {
      ...{ cwd: session.cwd, env: session.environment(), stdio: ['ignore', 'pipe', 'inherit'] },
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    // Whatever is written next finds nobody.
    const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(40_000) }).catch(() => {
      child.kill('SIGTERM');
      return ['it went on'];
    });
    expect(code).toBe(0);
    await session.noProcesses();
  });

  test.each([
    [['mcp-prox'], 'usage', 2, 'Did you mean: mcp-tunnel rehearse logs mcp-proxy --dir'],
    [['--level', 'high'], 'usage', 2, 'mcp-tunnel logs --level'],
    [['--since', 'noon'], 'usage', 2, 'mcp-tunnel logs --since 30m'],
  ])('%j is refused: %s', async (args, code, exit, next) => {
    const ended = await read(session, ['--json', ...args]);
    expect(ended.code, storyOf(ended)).toBe(exit);
    expect(finishOf(ended).failure).toMatchObject({ code });
    expect(finishOf(ended).failure?.nextSteps[0]).toContain(next);
  });
});

test('without a deployment, and without containers: told what to do', async () => {
  await using session = new Session();
  const nowhere = await session.run(['logs', '--json', '--dir', 'nowhere']);
  expect(nowhere.code).toBe(2);
  expect(finishOf(nowhere).failure).toMatchObject({ code: 'deployment-missing' });

  await session.rehearsed();
  writeFileSync(join(session.dir, '.mcp-tunnel/rehearsal/containers.json'), '[]');
  const none = await session.run(['rehearse', 'logs', '--json', '--dir', session.dir]);
  expect(none.code, storyOf(none)).toBe(5);
  expect(finishOf(none).failure).toMatchObject({ code: 'stack-not-running' });

  // The files of a rehearsal are those of a real deployment: without its notes it is one.
  await rm(join(session.dir, '.mcp-tunnel/rehearsal'), { recursive: true });
  const env = { DOCKER_HOST: `unix://${join(session.root, 'no.sock')}` };
  const real = await session.run(['logs', '--json', '--dir', session.dir], { env });
  expect(real.code, storyOf(real)).toBe(3);
  expect(finishOf(real).failure).toMatchObject({ code: 'docker-not-running' });
});

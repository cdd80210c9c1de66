import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Ended,
  eventsOf,
  finishOf,
  isAt,
  leftOvers,
  type RunOptions,
  Session,
  storyOf,
  textOf,
  treeOf,
} from './session.ts';

const containersFile = '.mcp-tunnel/rehearsal/containers.json';

function look(session: Session, args: readonly string[] = ['--json'], options: RunOptions = {}) {
  return session.run(['rehearse', 'status', '--dir', session.dir, ...args], options);
}

function statusOf(ended: Ended) {
  const [status] = eventsOf(ended, 'status');
  if (!status) throw new Error(`no status:\n${ended.stdout}\n${ended.stderr}`);
  return status;
}

/** Items that are not as they should be. */
function troubleOf(ended: Ended): readonly string[] {
  return statusOf(ended)
    .items.filter(({ status }) => status !== 'pass')
    .map(({ id, status, found }) => `${status} ${id}: ${found}`);
}

/** The deployment with its journal, and without what the rehearsal notes of its own containers. */
function treeBeside(dir: string) {
  return Object.fromEntries(
    Object.entries(treeOf(dir)).filter(([path]) => !path.startsWith('.mcp-tunnel/rehearsal')),
  );
}

type RememberedContainer = Readonly<Record<string, unknown>>;

function changeContainers(
  session: Session,
  change: (containers: readonly RememberedContainer[]) => readonly RememberedContainer[],
): () => void {
  const before = textOf(session.dir, containersFile);
  writeFileSync(join(session.dir, containersFile), JSON.stringify(change(JSON.parse(before))));
  return () => writeFileSync(join(session.dir, containersFile), before);
}

describe('status of a rehearsed deployment', () => {
  const session = new Session();
  beforeAll(async () => {
    await session.rehearsed();
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test('healthy: everything passes, exit 0, and nothing of the deployment is touched', async () => {
    const tree = treeBeside(session.dir);
    const ended = await look(session);
    expect(troubleOf(ended)).toEqual([]);
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(finishOf(ended)).toMatchObject({ flow: 'status', outcome: 'done', changed: false });
    const { observation, state, due } = statusOf(ended);
    expect({ state, due }).toEqual({ state: 'healthy', due: [] });
    expect(observation.connections.locations).toHaveLength(4);
    expect(observation.served).toMatchObject({ ok: true, value: { by: 'simulated edge' } });
    expect(treeBeside(session.dir)).toEqual(tree);
    expect(leftOvers(session.dir)).toEqual([]);
    expect(ended.stdout).not.toContain(
      textOf(session.dir, 'credentials/tunnel-token').slice(0, 24),
    );
  });

  test('for a person: a table of at most 30 lines', async () => {
    const ended = await look(session, []);
    expect(ended.code).toBe(0);
    const lines = ended.stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(30);
    expect(lines[0]).toContain('REHEARSAL');
    expect(lines[5]).toMatch(/^✓ Healthy: 4 connections \(.*\), 1 of 1 routes answer from here/u);
    expect(ended.stdout).toMatch(/^ {2}✓ cloudflared +running \(health: /mu);
    expect(ended.stderr).toBe('');
  });

  test('a metrics file is written for monitoring', async () => {
    const ended = await look(session, ['--json', '--prometheus', 'here.prom']);
    expect(ended.code, storyOf(ended)).toBe(0);
    const path = join(session.cwd, 'here.prom');
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(`mcp_tunnel_up{dir="${session.dir}"} 1\n`);
    expect(text).toContain(`mcp_tunnel_connections{dir="${session.dir}"} 4\n`);
    expect(text).toContain(`mcp_tunnel_route_up{dir="${session.dir}",route="echo"} 1\n`);
    expect(statSync(path).mode & 0o777).toBe(0o644);
  });

  test('the sample server stopped by hand: exit 5, named, with what to type', async () => {
    const restore = changeContainers(session, (all) =>
      all.map((each) =>
        each['service'] === 'hello-mcp' ? { ...each, state: 'exited', exitCode: 137 } : each,
      ),
    );
    const ended = await look(session);
    restore();
    expect(ended.code, storyOf(ended)).toBe(5);
    expect(troubleOf(ended)).toEqual([
      'fail container-hello-mcp: exited, exit code 137, no restarts',
      'warn reboot: hello-mcp (unless-stopped) may not come back; not known whether Docker starts at boot (systemctl is-enabled docker)',
      'skip route-echo: http://hello-mcp:9000: its container does not run',
    ]);
    expect(finishOf(ended).failure).toMatchObject({
      code: 'stack-unhealthy',
      nextSteps: [
        `cd ${session.dir} && docker compose up -d; if it ends again: docker logs --tail 50 mcp-tunnel-hello-mcp-1`,
      ],
    });
  });

  test('the sample server removed by hand: exit 5', async () => {
    const restore = changeContainers(session, (all) =>
      all.filter(({ service }) => service !== 'hello-mcp'),
    );
    const ended = await look(session);
    restore();
    expect(ended.code, storyOf(ended)).toBe(5);
    expect(troubleOf(ended)[0]).toBe('fail container-hello-mcp: no container');
  });

  test('watched: one status a look as JSON, a command when the state changes, and an end at Ctrl-C', async () => {
    const notes = join(session.cwd, 'notes');
    const states: string[] = [];
    const ended = await look(
      session,
      [
        ...['--json', '--watch', '--interval', '1s'],
        ...['--notify', `echo "$MCP_TUNNEL_STATE: $MCP_TUNNEL_SUMMARY" >> '${notes}'; exit 3`],
      ],
      {
        onEvent: (event, child) => {
          if (event.type === 'notice') child.kill('SIGINT');
          if (event.type !== 'status') return;
          states.push(event.state);
          // A configuration that the proxy has not read yet.
          if (states.length === 2)
            appendFileSync(join(session.dir, 'config/mcp-proxy.yaml'), '# a comment\n');
        },
      },
    );
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(finishOf(ended)).toMatchObject({ outcome: 'done', changed: false });
    expect(states.slice(0, 3)).toEqual(['healthy', 'healthy', 'due']);
    expect(eventsOf(ended, 'status')[2]?.changed).toContain('files-in-use-mcp-proxy');
    expect(eventsOf(ended, 'notice').map(({ text }) => text)).toEqual([
      'The command of --notify failed: it ended with exit code 3.',
    ]);
    expect(readFileSync(notes, 'utf8')).toBe(
      'due: It works; to do: restart mcp-proxy: its config changed after it started\n',
    );
    await session.noProcesses();
  });

  test('watched by a person: what does not change is not told again', async () => {
    const ended = await look(session, ['--watch', '--interval', '1s'], {
      prefix: ['timeout', '--signal=TERM', '4'],
    });
    expect(ended.stdout.match(/Shared network/gu)).toHaveLength(1);
    await session.noProcesses();
  });
});

test('a certificate that ends soon: exit 10, with the day and the command', async () => {
  await using session = new Session();
  await session.rehearsed(['--cert-days', '5']);
  const ended = await look(session);
  expect(ended.code, storyOf(ended)).toBe(10);
  expect(finishOf(ended).outcome).toBe('action-needed');
  expect(statusOf(ended)).toMatchObject({
    ...{ state: 'due', healthy: true },
    due: [
      {
        item: 'certificate',
        what: 'renew the server certificate',
        fix: `mcp-tunnel rehearse renew-cert --dir ${session.dir}`,
      },
    ],
  });
});

test('a rotation that was killed: its run and its second pair are named, exit 10', async () => {
  await using session = new Session();
  await session.rehearsed();
  const killed = await session.run(
    ['rehearse', 'rotate-token', '--json', '--yes', '--dir', session.dir],
    {
      onEvent: (event, child) => {
        if (isAt(event, 'step.finished', 'restart')) child.kill('SIGKILL');
      },
    },
  );
  expect(killed.signal, storyOf(killed)).toBe('SIGKILL');
  await session.noProcesses();
  const ended = await look(session);
  expect(ended.code, storyOf(ended)).toBe(10);
  expect(statusOf(ended).due.map(({ item }) => item)).toEqual(
    expect.arrayContaining(['unfinished', 'bridge']),
  );
});

describe('without a deployment', () => {
  test.each([[['status']], [['rehearse', 'status']]])(
    '%j is told to name one: exit 2',
    async (argv) => {
      await using session = new Session();
      const ended = await session.run([...argv, '--json', '--dir', 'nowhere']);
      expect(ended.code, storyOf(ended)).toBe(2);
      expect(finishOf(ended).failure).toMatchObject({ code: 'deployment-missing' });
      expect(Object.keys(treeOf(session.cwd))).toEqual(['.']);
    },
  );

  test('flags that say nothing are refused before anything is looked at', async () => {
    await using session = new Session();
    const ended = await session.run(['status', '--json', '--interval', '5s']);
    expect(ended.code).toBe(2);
    expect(finishOf(ended).failure).toMatchObject({ code: 'usage' });
  });
});

test('a real deployment without Docker: exit 3, its files judged all the same', async () => {
  await using session = new Session();
  await session.rehearsed();
  // The files of a rehearsal are those of a real deployment: without its notes it is one.
  await rm(join(session.dir, '.mcp-tunnel/rehearsal'), { recursive: true });
  const ended = await session.run(['status', '--json', '--dir', session.dir], {
    env: { DOCKER_HOST: `unix://${join(session.root, 'no.sock')}` },
  });
  expect(ended.code, storyOf(ended)).toBe(3);
  const { state, items } = statusOf(ended);
  expect(state).toBe('unknown');
  const found = Object.fromEntries(
    items.map(({ id, status, found: text }) => [id, `${status} ${text}`]),
  );
  expect(found['containers']).toMatch(/^skip not known: /u);
  expect(found['certificate']).toMatch(/^pass until .* 89 days left/u);
  expect(found['ca']).toMatch(/^pass .* registered$/u);
  expect(found['token']).toMatch(/^pass tunnel .* fingerprint [0-9a-f]{12}/u);
});

import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
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

const note = '.mcp-tunnel/schedule.json';
const host = '.mcp-tunnel/rehearsal/host';

function schedule(session: Session, args: readonly string[], options: RunOptions = {}) {
  const [verb = '', ...more] = args;
  const argv = ['rehearse', 'schedule', verb, '--json', '--dir', session.dir, ...more];
  return session.run(argv, options);
}

function shown(ended: Ended) {
  const [event] = eventsOf(ended, 'schedule');
  if (!event) throw new Error(storyOf(ended));
  return event;
}

/** The finding of `status` on it. */
async function statusOf(session: Session): Promise<string> {
  const ended = await session.run(['rehearse', 'status', '--json', '--dir', session.dir]);
  const items = eventsOf(ended, 'status')[0]?.items ?? [];
  const item = items.find(({ id }) => id === 'schedule');
  return `${item?.status} ${item?.found}`;
}

describe('schedule of a rehearsed deployment', () => {
  const session = new Session();
  beforeAll(async () => {
    await session.rehearsed();
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test('nothing is set up: show says so, and how to', async () => {
    const ended = await schedule(session, ['show']);
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(shown(ended)).toMatchObject({
      troubles: [],
      again: `mcp-tunnel rehearse schedule on --dir ${session.dir}`,
    });
    expect(await statusOf(session)).toMatch(/^pass nothing is set up: /u);
  });

  test('a dry run shows units and commands, and changes nothing', async () => {
    const tree = deploymentOf(session.dir);
    const ended = await schedule(session, ['on', '--dry-run']);
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(workOf(ended).at(-1)).toBe('run start them, now and at boot');
    expect(deploymentOf(session.dir)).toEqual(tree);
    expect(existsSync(join(session.dir, host))).toBe(false);
  });

  test('on, seen by show and status; on again; off', async () => {
    const on = await schedule(session, ['on', '--yes']);
    expect(finishOf(on), storyOf(on)).toMatchObject({ outcome: 'done', changed: true });
    const argv = eventsOf(on, 'command').map((event) => event.argv.join(' '));
    expect(argv).toContainEqual(expect.stringMatching(/^systemctl .*enable --now mcp-tunnel-/u));

    const show = await schedule(session, ['show']);
    expect(shown(show)).toMatchObject({
      troubles: [],
      schedule: { watch: 'running', copy: 'same' },
    });
    expect(await statusOf(session)).toMatch(
      /^pass the watch runs \(.*renewal not tried yet; next /u,
    );
    const record = JSON.parse(textOf(session.dir, note));
    // The copy can run by itself: it is all there.
    const copied = join(session.dir, host, record.program.folder);
    const version = await session.execute([
      join(copied, 'node'),
      join(copied, 'dist/main.js'),
      '--version',
    ]);
    expect(version.stdout.trim()).toBe(record.program.version);

    const again = await schedule(session, ['on', '--yes']);
    expect(finishOf(again)).toMatchObject({ outcome: 'done', changed: false });

    const off = await schedule(session, ['off', '--yes']);
    expect(finishOf(off), storyOf(off)).toMatchObject({ outcome: 'done', changed: true });
    expect(existsSync(join(session.dir, note))).toBe(false);
    expect(existsSync(copied)).toBe(false);
    expect(leftOvers(session.dir)).toEqual([]);
    expect(finishOf(await schedule(session, ['off', '--yes']))).toMatchObject({ changed: false });
  });

  test('for a person: the copy, its hash and the next renewal as a table', async () => {
    await schedule(session, ['on', '--yes']);
    const argv = ['rehearse', 'schedule', 'show', '--dir', session.dir];
    const ended = await session.run(argv);
    expect(ended.stdout).toMatch(/^The watch runs \(/mu);
    expect(ended.stdout).toMatch(/^ {2}Program {7}\/\S+\/mcp-tunnel\/\d\S+-[0-9a-f]{12}$/mu);
    expect(ended.stdout).toMatch(/ SHA-256 [0-9a-f]{12}…: this program$/mu);
    expect(ended.stdout).toMatch(/^ {2}Next renewal {2}\d{4}-\d\d-\d\d \d\d:\d\d UTC$/mu);
    await schedule(session, ['off', '--yes']);
  });

  test('a renewal that a scheduler starts is noted: not due is a good end', async () => {
    await schedule(session, ['on', '--yes']);
    const renewal = ['rehearse', 'renew-cert', '--json', '--dir', session.dir, '--note-outcome'];
    const window = ['--renew-before', '720h', '--yes'];
    const notDue = await session.run([...renewal, ...window]);
    expect(notDue.code, storyOf(notDue)).toBe(0);
    expect(shown(await schedule(session, ['show']))).toMatchObject({ lastRenewal: { code: 0 } });

    await rm(join(session.dir, 'data/ca.key'));
    const failed = await session.run([...renewal, '--yes']);
    expect(failed.code, storyOf(failed)).toBe(3);
    const show = await schedule(session, ['show']);
    expect(show.code).toBe(10);
    expect(shown(show).troubles).toMatchObject([
      { what: expect.stringMatching(/^the renewal of \d{4}-\d\d-\d\d ended with 3: /u) },
    ]);
    expect(await statusOf(session)).toMatch(/^warn /u);
    await schedule(session, ['off', '--yes']);
    expect(shown(await schedule(session, ['show'])).lastRenewal).toBeUndefined();
  });

  test.each(['schedule-record', 'schedule-program', 'schedule-files', 'schedule-activation'])(
    'killed at the step %s, the same command goes on',
    async (step) => {
      const killed = await schedule(session, ['on', '--yes'], {
        onEvent: (event, child) => {
          if (isAt(event, 'step.started', step)) child.kill('SIGKILL');
        },
      });
      expect(killed.signal, storyOf(killed)).toBe('SIGKILL');
      await session.noProcesses();
      const again = await schedule(session, ['on', '--yes']);
      expect(finishOf(again), storyOf(again)).toMatchObject({ outcome: 'done' });
      expect(shown(await schedule(session, ['show'])).troubles).toEqual([]);
      const off = await schedule(session, ['off', '--yes']);
      expect(finishOf(off), storyOf(off)).toMatchObject({ outcome: 'done' });
      expect(existsSync(join(session.dir, note))).toBe(false);
    },
  );
});

describe('install --boot', () => {
  const session = new Session();
  afterAll(() => session[Symbol.asyncDispose]());

  test('ends with what schedule on does; run again there is nothing to do', async () => {
    const installed = await session.rehearse(['--boot', '--yes']);
    expect(finishOf(installed), storyOf(installed)).toMatchObject({ outcome: 'done' });
    expect(workOf(installed).at(-1)).toBe('run start them, now and at boot');
    const steps = eventsOf(installed, 'step.finished').map(({ step }) => step);
    expect(steps.at(-1)).toBe('boot');
    expect(shown(await schedule(session, ['show']))).toMatchObject({
      troubles: [],
      schedule: { watch: 'running' },
    });
    const again = await session.rehearse(['--boot', '--yes']);
    expect(finishOf(again), storyOf(again)).toMatchObject({ outcome: 'done', changed: false });
  });

  test('unasked nothing is set up, and how to have it is told at the end', async () => {
    await using other = new Session();
    const installed = await other.rehearsed();
    expect(workOf(installed).join('\n')).not.toContain('systemd');
    const offers = eventsOf(installed, 'notice').filter(({ text }) =>
      text.startsWith('Nobody looks after it yet'),
    );
    expect(offers).toMatchObject([
      { text: expect.stringContaining(`mcp-tunnel rehearse schedule on --dir ${other.dir}`) },
    ]);
  });
});

describe('a real deployment', () => {
  test('is refused from a program or in a place that does not stay, before anything is done', async () => {
    await using session = new Session();
    await session.rehearsed();
    // The files of a rehearsal are those of a real deployment: without its notes it is one.
    await rm(join(session.dir, '.mcp-tunnel/rehearsal'), { recursive: true });
    const tree = deploymentOf(session.dir);
    for (const how of ['--yes', '--dry-run']) {
      const argv = ['schedule', 'on', '--json', '--dir', session.dir, how];
      const ended = await session.run(argv);
      expect(ended.code, storyOf(ended)).toBe(3);
      expect(finishOf(ended).failure).toMatchObject({
        code: 'place-vanishes',
        summary: 'This program lies where it does not stay.',
        found: expect.stringContaining('/tmp is emptied when this host starts'),
      });
    }
    expect(deploymentOf(session.dir)).toEqual(tree);
  });

  test.each([
    [['schedule']],
    [['schedule', 'maybe']],
    [['schedule', 'show', '--yes']],
    [['schedule', 'on', 'now']],
  ])('%j is bad usage: exit 2', async (argv) => {
    await using session = new Session();
    const ended = await session.run([...argv, '--json']);
    expect(ended.code).toBe(2);
    expect(finishOf(ended).failure).toMatchObject({ code: 'usage' });
  });

  test.each(['on', 'off', 'show'])('schedule %s without a deployment: told so', async (verb) => {
    await using session = new Session();
    const ended = await session.run(['schedule', verb, '--json', '--dir', 'nowhere']);
    expect(ended.code, storyOf(ended)).toBe(2);
    expect(finishOf(ended).failure).toMatchObject({ code: 'deployment-missing' });
  });
});

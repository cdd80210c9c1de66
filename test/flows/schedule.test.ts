import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scheduleName } from '../../src/domain/schedule.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { ScheduleScene } from '../fakes/schedule-scene.ts';

type Finish = Extract<FlowEvent, { type: 'flow.finished' }>;
const asRoot = process.getuid?.() === 0;

function finishOf(events: readonly FlowEvent[]): Finish {
  const last = events.at(-1);
  if (last?.type !== 'flow.finished') throw new Error('no end');
  return last;
}

/** The plan’s lines that are not `keep`, without what differs from host to host. */
function workOf(events: readonly FlowEvent[], scene: ScheduleScene): readonly string[] {
  return events.flatMap((event) =>
    event.type !== 'plan'
      ? []
      : event.changes
          .filter(({ action }) => action !== 'keep')
          .map(({ action, what }) => `${action} ${shortOf(what, scene)}`),
  );
}

function shortOf(text: string, { dir, place }: ScheduleScene): string {
  return text.replaceAll(scheduleName(dir), 'NAME').replaceAll(place, '');
}

function noticesOf(events: readonly FlowEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'notice' ? [event.text] : []));
}

const folder = '/usr/local/lib/mcp-tunnel/0.1.0-0123456789ab';
const place = '/etc/systemd/system/NAME';

/** Everything below a folder, but the pretend systemd’s own notes. */
function filesBelow(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'systemd.json')
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort();
}

describe('schedule on, as root with systemd', () => {
  test('shows everything, does it, and then finds nothing left to do', async () => {
    await using scene = new ScheduleScene();
    const shown = await scene.run('on', { dryRun: true });
    const planned = [
      'create .mcp-tunnel/schedule.json, what is set up here',
      `create ${folder}/, a copy of this program (0.1.0, SHA-256 0123456789ab…), with its Node`,
      `create ${place}-watch.service, unit of the host`,
      `create ${place}-renew.service, unit of the host`,
      `create ${place}-renew.timer, unit of the host`,
      'run let systemd read the units',
      'run start them, now and at boot',
    ];
    expect(workOf(shown, scene)).toEqual(planned);
    expect(filesBelow(scene.root)).toEqual([]);
    expect(scene.commands).toEqual([]);
    const [plan] = shown.filter((event) => event.type === 'plan');
    const unit = plan?.changes.find(({ what }) => what.includes('watch.service'));
    expect(unit?.diff).toContain('+ExecStart=');
    expect(unit?.mode).toBe('0644');

    const done = await scene.run('on');
    expect(finishOf(done)).toMatchObject({ outcome: 'done', changed: true });
    expect(workOf(done, scene)).toEqual(planned);
    expect(scene.commands.map((line) => shortOf(line, scene))).toEqual([
      'systemctl daemon-reload',
      'systemctl enable --now NAME-watch.service NAME-renew.timer',
    ]);
    expect([...scene.copies.keys()]).toEqual([join(scene.root, folder)]);
    const name = scheduleName(scene.dir);
    const watch = await scene.read(`/etc/systemd/system/${name}-watch.service`);
    expect(watch).toContain(
      `ExecStart=${folder}/node ${folder}/dist/main.js watch --dir ${scene.dir}\n`,
    );
    expect(readFileSync(join(scene.dir, '.mcp-tunnel/journal.jsonl'), 'utf8')).toContain(
      '"flow":"schedule-on"',
    );

    const again = await scene.run('on');
    expect(finishOf(again)).toMatchObject({ outcome: 'done', changed: false });
    expect(scene.commands).toHaveLength(2);
  });

  test('a new version: a new copy, changed units, a restart, and the old copy goes', async () => {
    await using scene = new ScheduleScene();
    await scene.run('on');
    scene.program = { ...scene.program, version: '0.2.0', hash: 'fedcba98'.repeat(8) };
    scene.settings = { ...scene.settings, toolVersion: '0.2.0' };
    const done = await scene.run('on');
    expect(workOf(done, scene)).toEqual([
      'change .mcp-tunnel/schedule.json, what is set up here',
      'create /usr/local/lib/mcp-tunnel/0.2.0-fedcba98fedc/, a copy of this program (0.2.0, SHA-256 fedcba98fedc…), with its Node',
      `change ${place}-watch.service, unit of the host`,
      `change ${place}-renew.service, unit of the host`,
      `change ${place}-renew.timer, unit of the host`,
      'run let systemd read the units',
      'run start anew what runs with an older file',
      `remove ${folder}/, the copy of the program that ran`,
    ]);
    expect([...scene.copies.keys()]).toEqual([
      join(scene.root, '/usr/local/lib/mcp-tunnel/0.2.0-fedcba98fedc'),
    ]);
  });

  test('a copy that another deployment runs from stays', async () => {
    await using scene = new ScheduleScene();
    await scene.run('on');
    const other = join(scene.root, 'etc/systemd/system/mcp-tunnel-aaaaaa-watch.service');
    writeFileSync(other, `[Service]\nExecStart=${folder}/node ${folder}/dist/main.js watch\n`);
    await scene.run('off');
    expect([...scene.copies.keys()]).toEqual([join(scene.root, folder)]);
    expect(filesBelow(scene.root)).toEqual(['/etc/systemd/system/mcp-tunnel-aaaaaa-watch.service']);
  });

  test('what somebody stopped, or changed, is set right', async () => {
    await using scene = new ScheduleScene();
    await scene.run('on');
    const name = scheduleName(scene.dir);
    const unit = join(scene.root, `etc/systemd/system/${name}-watch.service`);
    writeFileSync(unit, '# mine\n');
    await scene.ports.scheduler.command(['systemctl', 'disable', '--now', `${name}-renew.timer`]);
    const done = await scene.run('on');
    expect(workOf(done, scene)).toEqual([
      `change ${place}-watch.service, unit of the host`,
      'run let systemd read the units',
      'run start them, now and at boot',
      'run start anew what runs with an older file',
    ]);
  });

  test.runIf(asRoot)(
    'for an operator’s deployment: it runs as the operator, in the socket’s group',
    async () => {
      await using scene = new ScheduleScene();
      scene.asRootForOperator();
      const done = await scene.run('on');
      expect(finishOf(done)).toMatchObject({ outcome: 'done' });
      const watch = await scene.read(
        `/etc/systemd/system/${scheduleName(scene.dir)}-watch.service`,
      );
      expect(watch).toContain('\nUser=operator\nSupplementaryGroups=docker\n');
      expect(watch).toContain('\nCapabilityBoundingSet=\n');
      expect(scene.given).toEqual([
        '/.mcp-tunnel 1000',
        '/.mcp-tunnel/schedule.json 1000',
        '/.mcp-tunnel/journal.jsonl 1000',
      ]);
    },
  );

  test('systemd refuses: said in its words; the next run goes on', async () => {
    await using scene = new ScheduleScene();
    scene.refusals.set('systemctl enable', 'Failed to enable unit: Access denied');
    const failed = await scene.run('on');
    expect(finishOf(failed)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'schedule-failed', found: 'Failed to enable unit: Access denied' },
    });
    // Units are taken back; the note of what there is to take away is not.
    expect(filesBelow(scene.root)).toEqual([]);
    expect(existsSync(join(scene.dir, '.mcp-tunnel/schedule.json'))).toBe(true);
    scene.refusals.clear();
    expect(finishOf(await scene.run('on'))).toMatchObject({ outcome: 'done' });
    expect(finishOf(await scene.run('on'))).toMatchObject({ changed: false });
  });
});

describe('schedule off', () => {
  test('takes away what was made, and nothing else; then there is nothing to do', async () => {
    await using scene = new ScheduleScene();
    await scene.run('on');
    writeFileSync(join(scene.dir, '.mcp-tunnel/last-renewal.json'), '{}');
    const theirs = join(scene.root, 'etc/systemd/system/theirs.service');
    writeFileSync(theirs, '[Service]\n');
    const done = await scene.run('off');
    expect(finishOf(done)).toMatchObject({ outcome: 'done', changed: true });
    expect(workOf(done, scene)).toEqual([
      'run stop them, now and at boot',
      `remove ${place}-watch.service`,
      `remove ${place}-renew.service`,
      `remove ${place}-renew.timer`,
      'run let systemd forget the units',
      `remove ${folder}/, the copy of the program that ran`,
      'remove .mcp-tunnel/last-renewal.json',
      'remove .mcp-tunnel/schedule.json',
    ]);
    expect(filesBelow(scene.root)).toEqual(['/etc/systemd/system/theirs.service']);
    expect(scene.copies.size).toBe(0);
    expect(finishOf(await scene.run('off'))).toMatchObject({ outcome: 'done', changed: false });
  });

  test('works although the note of it was lost, and Docker does not run', async () => {
    await using scene = new ScheduleScene();
    await scene.run('on');
    rmSync(join(scene.dir, '.mcp-tunnel/schedule.json'));
    scene.engine.about = new Error('Docker must not be asked');
    expect(finishOf(await scene.run('off'))).toMatchObject({ outcome: 'done' });
    expect(filesBelow(scene.root)).toEqual([]);
  });
});

describe('as a user', () => {
  test('units of their own, which run without a login; off undoes both', async () => {
    await using scene = new ScheduleScene();
    scene.asOperator();
    const done = await scene.run('on');
    expect(finishOf(done)).toMatchObject({ outcome: 'done' });
    expect(scene.commands.map((line) => shortOf(line, scene))).toEqual([
      'loginctl enable-linger operator',
      'systemctl --user daemon-reload',
      'systemctl --user enable --now NAME-watch.service NAME-renew.timer',
    ]);
    expect(filesBelow(scene.root).map((path) => shortOf(path, scene))).toEqual([
      '/home/operator/.config/systemd/user/NAME-renew.service',
      '/home/operator/.config/systemd/user/NAME-renew.timer',
      '/home/operator/.config/systemd/user/NAME-watch.service',
    ]);
    expect([...scene.copies.keys()][0]).toContain('/home/operator/.local/lib/mcp-tunnel/0.1.0-');
    expect(finishOf(await scene.run('on'))).toMatchObject({ changed: false });
    await scene.run('off');
    expect(scene.commands.at(-1)).toBe('loginctl disable-linger operator');
    expect(filesBelow(scene.root)).toEqual([]);
  });

  test('who lingered before, lingers afterwards', async () => {
    await using scene = new ScheduleScene();
    scene.asOperator();
    await scene.ports.scheduler.command(['loginctl', 'enable-linger', 'operator']);
    scene.commands.length = 0;
    await scene.run('on');
    await scene.run('off');
    expect(scene.commands.filter((line) => line.startsWith('loginctl'))).toEqual([]);
  });

  test('who may not linger is told the command for root: exit 10, and it stands in the show', async () => {
    await using scene = new ScheduleScene();
    scene.asOperator();
    scene.refusals.set('loginctl enable-linger', 'Access denied');
    const done = await scene.run('on');
    expect(finishOf(done)).toMatchObject({ outcome: 'action-needed' });
    expect(noticesOf(done)[1]).toContain('sudo loginctl enable-linger operator');
    expect(done).toContainEqual(
      expect.objectContaining({
        type: 'action.needed',
        action: expect.objectContaining({
          id: 'enable-linger',
          steps: ['As root, once: loginctl enable-linger operator'],
        }),
      }),
    );
    const shown = await scene.show();
    expect(finishOf(shown)).toMatchObject({ outcome: 'action-needed' });
    expect(shown).toContainEqual(
      expect.objectContaining({
        type: 'schedule',
        troubles: [
          {
            what: 'the units of operator end with the last login',
            fix: 'sudo loginctl enable-linger operator',
          },
        ],
      }),
    );
  });

  test('without a systemd of their own: the exact command for root', async () => {
    await using scene = new ScheduleScene();
    scene.asOperator();
    scene.facts = { ...scene.facts, userManager: false };
    const { failure } = finishOf(await scene.run('on'));
    expect(failure?.code).toBe('schedule-unavailable');
    expect(failure?.nextSteps[0]).toBe(
      `sudo /opt/mcp-tunnel/runtime/node /opt/mcp-tunnel/dist/main.js schedule on --dir ${scene.dir} --yes`,
    );
  });

  test('what root has set up for the host is root’s to take away', async () => {
    await using scene = new ScheduleScene();
    await scene.run('on');
    scene.asOperator();
    for (const verb of ['on', 'off'] as const) {
      const { failure } = finishOf(await scene.run(verb));
      expect(failure).toMatchObject({ code: 'schedule-unavailable' });
      expect(failure?.nextSteps[0]).toContain(`schedule ${verb} --dir ${scene.dir} --yes`);
    }
  });
});

describe('without systemd', () => {
  test('as root: a file for cron', async () => {
    await using scene = new ScheduleScene();
    scene.facts = { ...scene.facts, systemd: false, cronFolder: true };
    const done = await scene.run('on');
    expect(finishOf(done)).toMatchObject({ outcome: 'done' });
    const name = scheduleName(scene.dir);
    expect(filesBelow(scene.root)).toEqual([`/etc/cron.d/${name}`]);
    expect(await scene.read(`/etc/cron.d/${name}`)).toContain('\n@reboot root /usr/bin/flock -n ');
    expect(scene.commands).toEqual([]);
    expect(finishOf(await scene.run('on'))).toMatchObject({ changed: false });
    await scene.run('off');
    expect(filesBelow(scene.root)).toEqual([]);
  });

  test('as a user: lines in their crontab, which is shown as it will be', async () => {
    await using scene = new ScheduleScene();
    scene.asOperator();
    scene.facts = {
      ...scene.facts,
      systemd: false,
      userManager: false,
      crontab: '/usr/bin/crontab',
    };
    scene.crontab = '0 4 * * * backup\n';
    const shown = await scene.run('on', { dryRun: true });
    const [plan] = shown.filter((event) => event.type === 'plan');
    const change = plan?.changes.find(({ what }) => what === 'crontab of operator');
    expect(change).toMatchObject({ action: 'change', command: ['crontab', '-'] });
    expect(change?.diff).toContain(' 0 4 * * * backup\n+# mcp-tunnel-');
    await scene.run('on');
    expect(scene.crontab).toMatch(/^0 4 \* \* \* backup\n# mcp-tunnel-/u);
    expect(finishOf(await scene.run('on'))).toMatchObject({ changed: false });
    await scene.run('off');
    expect(scene.crontab).toBe('0 4 * * * backup\n');
  });

  test('without cron either: named, with the lines to add by hand', async () => {
    await using scene = new ScheduleScene();
    scene.facts = { ...scene.facts, systemd: false };
    const { failure, outcome } = finishOf(await scene.run('on'));
    expect({ outcome, code: failure?.code }).toEqual({
      outcome: 'failed',
      code: 'schedule-unavailable',
    });
    expect(failure?.nextSteps.join('\n')).toContain(
      `/opt/mcp-tunnel/runtime/node /opt/mcp-tunnel/dist/main.js watch --dir ${scene.dir}\n`,
    );
    expect(scene.copies.size).toBe(0);
  });

  test('systemd that came later takes over from cron', async () => {
    await using scene = new ScheduleScene();
    scene.facts = { ...scene.facts, systemd: false, cronFolder: true };
    await scene.run('on');
    scene.facts = { ...scene.facts, systemd: true };
    await scene.run('on');
    expect(filesBelow(scene.root).some((path) => path.startsWith('/etc/cron.d/'))).toBe(false);
    expect(finishOf(await scene.run('on'))).toMatchObject({ changed: false });
  });
});

describe('places that do not stay', () => {
  test.each([
    ['/home/op/.npm/_npx/0a1b2c/node_modules/mcp-tunnel', 'npx'],
    ['/tmp/mcp-tunnel', '/tmp'],
  ])('a program in %s is refused before anything is done', async (from, why) => {
    await using scene = new ScheduleScene();
    scene.settings = { ...scene.settings, rehearsal: false };
    scene.program = { ...scene.program, folder: from };
    const { failure } = finishOf(await scene.run('on'));
    expect(failure).toMatchObject({ code: 'place-vanishes', found: expect.stringContaining(why) });
    expect(failure?.nextSteps[0]).toContain('/opt/mcp-tunnel');
    expect(filesBelow(scene.root)).toEqual([]);
  });

  test('so is a deployment below the folder for temporary files', async () => {
    await using scene = new ScheduleScene();
    scene.settings = { ...scene.settings, rehearsal: false };
    const { failure } = finishOf(await scene.run('on'));
    expect(failure).toMatchObject({
      code: 'place-vanishes',
      summary: 'The deployment lies where it does not stay.',
    });
  });

  test('a rehearsal says so and goes on', async () => {
    await using scene = new ScheduleScene();
    const done = await scene.run('on');
    expect(noticesOf(done)[0]).toMatch(/^Outside a rehearsal this is refused: /u);
  });
});

describe('schedule show', () => {
  test('nothing is set up', async () => {
    await using scene = new ScheduleScene();
    const shown = await scene.show();
    expect(shown[1]).toMatchObject({
      type: 'schedule',
      schedule: undefined,
      again: `mcp-tunnel schedule on --dir ${scene.dir}`,
    });
    expect(finishOf(shown)).toMatchObject({ outcome: 'done', changed: false });
  });

  test('what is set up, and whether the copy is this program', async () => {
    await using scene = new ScheduleScene();
    await scene.run('on');
    const [, same] = await scene.show();
    expect(same).toMatchObject({
      type: 'schedule',
      troubles: [],
      schedule: {
        manager: 'system',
        copy: 'same',
        watch: 'running',
        renewal: 'on',
        next: expect.any(Date),
        program: { folder, version: '0.1.0' },
      },
    });
    scene.program = { ...scene.program, hash: 'ff'.repeat(32) };
    expect((await scene.show())[1]).toMatchObject({ schedule: { copy: 'other' } });
    scene.copies.set(join(scene.root, folder), { hash: 'ee', hasNode: true });
    const damaged = await scene.show();
    expect(damaged[1]).toMatchObject({ schedule: { copy: 'damaged' } });
    expect(finishOf(damaged)).toMatchObject({ outcome: 'action-needed' });
  });

  test('how the last renewal ended', async () => {
    await using scene = new ScheduleScene();
    await scene.run('on');
    const note = { at: '2026-11-24T03:07:11.000Z', code: 3, summary: 'There is no CA key.' };
    writeFileSync(join(scene.dir, '.mcp-tunnel/last-renewal.json'), JSON.stringify(note));
    const shown = await scene.show();
    expect(shown[1]).toMatchObject({ lastRenewal: { code: 3, summary: 'There is no CA key.' } });
    expect(finishOf(shown)).toMatchObject({ outcome: 'action-needed' });
  });
});

test('a CA key that is not there, or has a passphrase, is told before the first night', async () => {
  await using scene = new ScheduleScene();
  const key = join(scene.dir, 'data/ca.key');
  writeFileSync(key, '-----BEGIN ENCRYPTED PRIVATE KEY-----\n');
  expect(noticesOf(await scene.run('on'))[1]).toContain('has a passphrase');
  rmSync(key);
  expect(noticesOf(await scene.run('on'))[1]).toContain('cannot sign without it');
});

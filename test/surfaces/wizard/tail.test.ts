import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lineFiles } from '../../../src/adapters/line-files.ts';
import { keptEntries } from '../../../src/surfaces/wizard/log-entries.ts';
import type { Wizard } from '../../../src/surfaces/wizard/wizard.ts';
import { tokenText } from '../../fakes/sample-answers.ts';
import { until, WizardScene } from '../../fakes/wizard-scene.ts';

let scene: WizardScene;
let wizard: Wizard;
beforeEach(async () => {
  scene = await WizardScene.make();
  await scene.install();
  scene.lineFiles = lineFiles;
  wizard = await scene.openAgain();
  wizard.choose('logs');
  await until(wizard, hasText('Registered tunnel connection connIndex=3'));
});
afterEach(() => scene[Symbol.asyncDispose]());

const refusal =
  '2026-11-24T10:00:00Z ERR Register tunnel error from server side error="Unauthorized: Invalid tunnel secret" connIndex=0 event=0 ip=198.41.200.13';

function hasText(text: string) {
  return ({ tail }: Wizard['state']) => tail.entries.some((entry) => entry.text.includes(text));
}

const say = (text: string) => scene.host.engine.say('cloudflared-1', text);
const tailOf = () => wizard.state.tail;
const entryWith = (text: string) => tailOf().entries.find((entry) => entry.text.includes(text));

describe('the tail', () => {
  test('reads each line: judged, explained once, its secrets masked', async () => {
    const token = tokenText();
    say(refusal);
    say(`${refusal} again`);
    say(`token is ${token}`);
    await until(wizard, hasText('token is'));
    expect(entryWith('Unauthorized')).toMatchObject({
      isProblem: true,
      isExplained: true,
      level: 'error',
      meaning: { remedy: { command: 'rotate-token' } },
    });
    expect(entryWith('Unauthorized')?.meaning?.fix).toContain(scene.dir);
    expect(entryWith('again')).toMatchObject({ isProblem: true, isExplained: false });
    expect(entryWith('token is')?.text).toBe('token is [secret]');
    const ids = tailOf().entries.map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, index) => index));
  });

  test('masks the present token also where it has no form of one', async () => {
    wizard.back();
    await writeFile(scene.host.deployment.tunnelToken, 'a-token-of-another-kind');
    wizard.choose('logs');
    await until(wizard, hasText('connIndex=3'));
    say('with a-token-of-another-kind');
    await until(wizard, hasText('with [secret]'));
  });

  test('marks where a container was started again', async () => {
    scene.host.engine.restart('cloudflared-1');
    await until(wizard, hasText('cloudflared was started again.'));
    expect(entryWith('was started again')).toMatchObject({ kind: 'note', service: 'cloudflared' });
  });

  test('takes nothing while it is paused, and everything afterwards', async () => {
    const { tail } = wizard.besides;
    say('the last one');
    await until(wizard, hasText('the last one'));
    tail.hold('paused');
    const before = wizard.state;
    let changes = 0;
    const off = wizard.store.subscribe(() => {
      changes += 1;
    });
    for (let index = 0; index < 20_000; index += 1) say(`burst ${index}.`);
    await new Promise((resolve) => setImmediate(resolve));
    expect(changes).toBe(0);
    expect(wizard.state).toBe(before);
    off();
    tail.hold('following');
    await until(wizard, hasText('burst 19999.'));
    expect(tailOf().entries).toHaveLength(keptEntries);
    expect(tailOf().entries.at(-1)?.text).toBe('burst 19999.');
    expect(tailOf().dropped).toBe(20_000 + before.tail.entries.length - keptEntries);
  });

  test('keeps what is in sight while it stands still, and no more than twice as much', async () => {
    const first = tailOf().entries[0];
    wizard.besides.tail.hold('held');
    for (let index = 0; index < 20_000; index += 1) say(`burst ${index}.`);
    await until(wizard, ({ tail }) => tail.entries.length > keptEntries);
    expect(tailOf().entries[0]).toBe(first);
    wizard.besides.tail.hold('following');
    await until(wizard, hasText('burst 19999.'));
    expect(tailOf().entries).toHaveLength(keptEntries);
  });
});

describe('a save', () => {
  test('is a new file of mode 0600, and refuses one that is there', async () => {
    say(refusal);
    await until(wizard, hasText('Unauthorized'));
    const path = join(scene.host.outside, 'mine.log');
    const { logActs } = wizard.besides;
    await logActs.save('mine.log', tailOf().entries);
    expect(tailOf().outcome).toMatchObject({
      kind: 'done',
      text: expect.stringContaining(`lines saved: ${path} (only you may read it`),
    });
    const text = await readFile(path, 'utf8');
    expect(text).toMatch(/^[\d-]+T[\d:.]+Z cloudflared .*Unauthorized/mu);
    expect(text.trimEnd().split('\n')).toHaveLength(tailOf().entries.length);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await logActs.save(path, []);
    expect(tailOf().outcome).toMatchObject({
      kind: 'failed',
      failure: { code: 'file-unwritable', found: 'EEXIST' },
    });
    expect(await readFile(path, 'utf8')).toBe(text);
    logActs.seen();
    expect(tailOf().outcome).toBeUndefined();
  });
});

describe('a fix', () => {
  test('that restarts runs at once, under the lock, and says so', async () => {
    const { compose } = scene.host;
    const before = compose.calls.length;
    wizard.fix({ restart: ['cloudflared'] });
    await until(wizard, ({ tail }) => tail.outcome?.kind === 'done');
    expect(compose.calls.slice(before)).toEqual(['restart cloudflared']);
    expect(tailOf().outcome).toMatchObject({
      text: 'cloudflared was restarted; its next lines say whether it connects.',
    });
    expect(wizard.state.page).toBe('logs');
  });

  test('that fails says why', async () => {
    scene.host.compose.onRestart = () => {
      throw new Error('no');
    };
    wizard.fix({ restart: ['cloudflared'] });
    await until(wizard, ({ tail }) => tail.outcome?.kind === 'failed');
  });

  test.each([
    ['install', 'prerequisites', 'install'],
    ['rotate-token', 'new-token', 'rotate-token'],
    ['renew-cert', 'renew-cert', 'renew-cert'],
  ] as const)('by %s leads to its way, and nothing is changed', async (command, page, way) => {
    const before = scene.host.compose.calls.length;
    wizard.store.setState({ way: 'routes' });
    wizard.fix({ command });
    await until(wizard, (state) => state.page === page);
    expect(wizard.state.way).toBe(way);
    expect(scene.host.compose.calls).toHaveLength(before);
    expect(wizard.besides.logActs.commandOf({ command })).toBe(
      `mcp-tunnel ${command} --dir ${scene.dir}`,
    );
  });
});

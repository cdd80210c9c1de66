import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lineText, pageLines } from '../../../screens/blocks/block-lines.ts';
import { farewell } from '../../../src/surfaces/wizard/farewell.ts';
import type { Wizard } from '../../../src/surfaces/wizard/wizard.ts';
import { tokenText } from '../../fakes/sample-answers.ts';
import { until, WizardScene } from '../../fakes/wizard-scene.ts';

let scene: WizardScene;
beforeEach(async () => {
  scene = await WizardScene.make();
  await scene.install();
});
afterEach(() => scene[Symbol.asyncDispose]());

const seen = ({ look }: Wizard['state']) => look.kind === 'seen';

const told = (wizard: Wizard, end: 'finished' | 'left') =>
  pageLines(farewell(wizard, end), 400).map(lineText).join('\n').replaceAll(scene.dir, 'DIR');

describe('where a deployment is, the wizard', () => {
  test('opens at its home screen, which looks at it once it is begun', async () => {
    const wizard = await scene.openAgain();
    expect(wizard.state).toMatchObject({ page: 'home', look: { kind: 'looking' } });
    wizard.begin();
    await until(wizard, seen);
    expect(wizard.state.look).toMatchObject({ status: { state: 'due' } });
  });

  test('knows whether other hosts are listed', async () => {
    expect((await scene.openAgain()).state.existing?.otherHosts).toBe(false);
    await writeFile(scene.host.deployment.hosts, 'version: 1\n');
    expect((await scene.openAgain()).state.existing?.otherHosts).toBe(true);
  });

  test.each([
    ['install', 'prerequisites'],
    ['status', 'status'],
    ['logs', 'logs'],
    ['rotate-token', 'new-token'],
    ['renew-cert', 'renew-cert'],
    ['routes', 'routes'],
    ['hosts', 'hosts'],
  ] as const)('leads by %s to %s, and by Esc back', async (id, page) => {
    const wizard = await scene.openAgain();
    wizard.choose(id);
    await until(wizard, (state) => state.page === page);
    wizard.back();
    expect(wizard.state).toMatchObject({ page: 'home', way: 'install' });
  });

  test('looks again and again while the status is shown, and no longer', async () => {
    const wizard = await scene.openAgain();
    let looks = 0;
    wizard.store.subscribe(({ look }, before) => {
      if (look !== before.look && look.kind === 'seen') looks += 1;
    });
    wizard.choose('status');
    await until(wizard, () => looks >= 3);
    const { look } = wizard.state;
    expect(look.kind === 'seen' && look.status.changed).toEqual([]);
    expect(scene.host.clock.elapsed).toBeGreaterThanOrEqual(20_000);
    wizard.choose('renew-cert');
    await until(wizard, ({ renewal }) => renewal.caKey.kind === 'opens');
    expect(wizard.state.page).toBe('renew-cert');
    const after = looks;
    await until(wizard, ({ renewal }) => renewal.found !== undefined);
    expect(looks).toBe(after);
  });

  test('says how it is to whoever only looked, and how to come back', async () => {
    const wizard = await scene.openAgain();
    wizard.begin();
    await until(wizard, seen);
    const text = told(wizard, 'finished');
    expect(text).toContain('A deployment is here: abcd1234.tunnel.anthropic.com\n! It works');
    expect(text).toContain('Nothing was changed. To come back:\n\nmcp-tunnel install --dir DIR');
  });

  test('says after Ctrl-C that nothing was changed', async () => {
    const wizard = await scene.openAgain();
    await wizard.leave();
    expect(told(wizard, 'left')).toContain('Stopped. Nothing was changed.\nTo go on:\n');
  });
});

describe('a token that was pasted for a rotation', () => {
  test('is no answer of an installation, and not in the command to come back', async () => {
    const wizard = await scene.openAgain();
    wizard.choose('rotate-token');
    wizard.rotation.setToken(tokenText('another secret of 32 bytes 1234'));
    expect(wizard.state.draft.token).toBeUndefined();
    const text = told(wizard, 'left');
    expect(text).toContain('To go on (the token has to be pasted again):\n');
    expect(text).toContain('mcp-tunnel rotate-token --dir DIR');
    expect(text).not.toContain(tokenText('another secret of 32 bytes 1234').slice(0, 20));
  });
});

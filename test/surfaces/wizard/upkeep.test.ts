import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Wizard } from '../../../src/surfaces/wizard/wizard.ts';
import { ScheduleScene } from '../../fakes/schedule-scene.ts';
import { until, WizardScene } from '../../fakes/wizard-scene.ts';
import { talk } from '../plain-wizard/session.ts';

let scene: WizardScene;
let host: ScheduleScene;
beforeEach(async () => {
  scene = await WizardScene.make();
  host = new ScheduleScene();
  host.asOperator();
  const { scheduler, programs } = host.ports;
  scene.scheduled = { scheduler, programs };
  await scene.install();
});
afterEach(async () => {
  await host[Symbol.asyncDispose]();
  await scene[Symbol.asyncDispose]();
});

// Where a test's deployment lies a host would not keep it.
const again = () => scene.openAgain({}, { rehearsal: true });

async function seen(wizard: Wizard) {
  await until(wizard, ({ page, upkeep }) => page === 'schedule' && upkeep.view.kind !== 'looking');
  const { view } = wizard.state.upkeep;
  if (view.kind !== 'seen') throw new Error(JSON.stringify(view));
  return view.schedule;
}

describe('the schedule', () => {
  test('is looked at, switched on and off again, each after its plan', async () => {
    const wizard = await again();
    for (const wanted of ['on', 'off'] as const) {
      wizard.choose('schedule');
      expect((await seen(wizard)).schedule === undefined).toBe(wanted === 'on');
      wizard.upkeep.plan(wanted);
      await until(wizard, ({ run }) => run === 'asking');
      expect(wizard.state).toMatchObject({ page: 'review', way: 'schedule' });
      wizard.next();
      await until(wizard, ({ page }) => page === 'summary');
      expect(wizard.state).toMatchObject({ ran: 'schedule', run: 'ended' });
      wizard.back();
    }
    wizard.choose('schedule');
    expect((await seen(wizard)).schedule).toBeUndefined();
  });

  test('is left as it is where the plan is not agreed to', async () => {
    const wizard = await again();
    wizard.choose('schedule');
    await seen(wizard);
    wizard.upkeep.plan('on');
    await until(wizard, ({ run }) => run === 'asking');
    wizard.back();
    expect((await seen(wizard)).schedule).toBeUndefined();
    wizard.back();
    expect(wizard.state.page).toBe('home');
  });

  test('without a scheduler the plan says why there is none', async () => {
    scene.scheduled = {};
    const wizard = await again();
    wizard.choose('schedule');
    await seen(wizard);
    wizard.upkeep.plan('on');
    await until(wizard, ({ run }) => run === 'ended');
    expect(wizard.state.refused?.summary).toContain('no scheduler');
    wizard.back();
    expect(wizard.state.page).toBe('schedule');
  });
});

test('in lines it is shown, and switched on and off', async () => {
  const on = await talk(scene, await again(), ['schedule', 'on', 'yes']);
  expect(on.transcript).toContain('Step 2 of 5: Schedule (rehearsal)\n');
  expect(on.transcript).toContain('- Nothing is set up: after a crash of the proxy');
  expect(on.transcript).toContain('\nEnter goes home; or type on, back, quit, ?: on\n');
  expect(on.end).toBe('finished');
  const off = await talk(scene, await again(), ['schedule', 'f', 'yes']);
  expect(off.transcript).toContain('\nEnter goes home; or type on, off, back, quit, ?: f\n');
  expect(off.transcript).toMatch(/Last renewal +not tried yet/u);
  const after = await talk(scene, await again(), ['schedule', '', 'quit']);
  expect(after.transcript).toContain('Nothing is set up');
});

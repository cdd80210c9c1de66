import { expect, test } from 'vitest';
import type { Wizard } from '../../../src/surfaces/wizard/wizard.ts';
import { sampleGiven, WizardScene } from '../../fakes/wizard-scene.ts';

/** Does something as soon as the run has begun to look at the host. */
function whilePlanning(wizard: Wizard, act: () => void): void {
  const off = wizard.store.subscribe(({ run }) => {
    if (run !== 'planning') return;
    off();
    act();
  });
}

test('the plan is in sight as soon as its consent is asked for', async () => {
  await using scene = await WizardScene.make();
  const wizard = await scene.open(sampleGiven);
  const asked = new Promise<number>((resolve) => {
    wizard.store.subscribe(({ run, flow }) => {
      if (run === 'asking') resolve(flow.changes.length);
    });
  });
  wizard.run.start();
  expect(await asked).toBeGreaterThan(5);
  await wizard.leave();
  expect(await wizard.ended).toBe('left');
});

test('going back while the plan is made stays where one went', async () => {
  await using scene = await WizardScene.make();
  const wizard = await scene.open(sampleGiven);
  const idle = new Promise<void>((resolve) => {
    wizard.store.subscribe(({ run }, before) => {
      if (run === 'idle' && before.run === 'planning') resolve();
    });
  });
  whilePlanning(wizard, () => wizard.back());
  wizard.run.start();
  await idle;
  expect(wizard.state).toMatchObject({ page: 'routes', run: 'idle', refused: undefined });
});

test('leaving while the plan is made ends', async () => {
  await using scene = await WizardScene.make();
  const wizard = await scene.open(sampleGiven);
  whilePlanning(wizard, () => void wizard.leave());
  wizard.run.start();
  expect(await wizard.ended).toBe('left');
});

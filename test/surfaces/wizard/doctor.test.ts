import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FlowEvent } from '../../../src/runner/events.ts';
import { examinedFurther, unexamined } from '../../../src/surfaces/wizard/doctor.ts';
import { until, WizardScene } from '../../fakes/wizard-scene.ts';

const check = (id: string, status: 'pass' | 'fail'): FlowEvent => ({
  ...{ type: 'check', id, status, title: id, found: 'x', expected: 'y' },
});
const layer = (title: string): FlowEvent => ({ type: 'step.started', step: title, title });
const story: readonly FlowEvent[] = [
  { type: 'flow.started', flow: 'doctor', title: 'Doctor', dir: '/srv', steps: [] },
  layer('Host'),
  check('docker', 'pass'),
  check('disk', 'fail'),
  layer('Outbound'),
  check('dns', 'pass'),
  { type: 'examined', summary: 'Disk.', layers: [], failed: 1, warned: 0, next: 'df -h' },
  { type: 'flow.finished', flow: 'doctor', outcome: 'action-needed', changed: false, dir: '/srv' },
];

test('what an examination says becomes layers with their checks, and a conclusion', () => {
  const view = story.reduce(examinedFurther, { ...unexamined, running: true });
  expect(view.layers.map(({ title, checks }) => [title, checks.map(({ id }) => id)])).toEqual([
    ['Host', ['docker', 'disk']],
    ['Outbound', ['dns']],
  ]);
  expect(view).toMatchObject({ running: false, conclusion: { next: 'df -h' }, failure: undefined });
});

describe('the doctor of the wizard', () => {
  let scene: WizardScene;
  beforeEach(async () => {
    scene = await WizardScene.make();
    await scene.install();
    scene.examination.push(...story);
  });
  afterEach(() => scene[Symbol.asyncDispose]());

  test('examines when its page is shown, knows where it looks, and leads back home', async () => {
    const wizard = await scene.openAgain();
    wizard.choose('doctor');
    expect(wizard.state).toMatchObject({ page: 'doctor', doctor: { running: true } });
    await until(wizard, ({ doctor }) => !doctor.running);
    expect(wizard.state.doctor).toMatchObject({ self: ['mcp-tunnel'], dir: scene.dir });
    wizard.back();
    expect(wizard.state.page).toBe('home');
  });

  test('that was left says no more', async () => {
    const wizard = await scene.openAgain();
    wizard.choose('doctor');
    wizard.back();
    await until(wizard, ({ looking }) => !looking);
    expect(wizard.state.doctor.layers).toEqual([]);
  });
});

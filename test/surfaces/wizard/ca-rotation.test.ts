import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CaRotationView } from '../../../screens/operation-views.ts';
import { systemFiles } from '../../../src/adapters/system-files.ts';
import { nextCaAt } from '../../../src/domain/next-ca.ts';
import type { Wizard } from '../../../src/surfaces/wizard/wizard.ts';
import { until, WizardScene } from '../../fakes/wizard-scene.ts';
import { talk } from '../plain-wizard/session.ts';

let scene: WizardScene;
beforeEach(async () => {
  scene = await WizardScene.make();
  await scene.install();
});
afterEach(() => scene[Symbol.asyncDispose]());

const nextDir = () => nextCaAt(scene.host.deployment).dir;

async function seen(wizard: Wizard): Promise<Extract<CaRotationView, { kind: 'seen' }>> {
  await until(
    wizard,
    ({ page, caRotation }) => page === 'rotate-ca' && caRotation.view.kind !== 'looking',
  );
  const { view } = wizard.state.caRotation;
  if (view.kind !== 'seen') throw new Error(view.kind);
  return view;
}

async function opened(): Promise<Wizard> {
  const wizard = await scene.openAgain();
  wizard.choose('rotate-ca');
  await seen(wizard);
  return wizard;
}

async function agreed(wizard: Wizard): Promise<void> {
  await until(wizard, ({ run }) => run === 'asking');
  wizard.next();
  await until(wizard, ({ run }) => run === 'ended');
}

/** The new CA is made, and waits for its registration. */
async function made(): Promise<Wizard> {
  const wizard = await opened();
  wizard.next();
  await agreed(wizard);
  return wizard;
}

describe('a CA rotation', () => {
  test('begins with what there is, and nothing is done before the plan is agreed to', async () => {
    const wizard = await opened();
    expect(await seen(wizard)).toMatchObject({ stage: 'none', next: undefined });
    wizard.next();
    await until(wizard, ({ run }) => run === 'asking');
    wizard.back();
    expect(await seen(wizard)).toMatchObject({ stage: 'none' });
    expect(wizard.state).toMatchObject({ page: 'rotate-ca', way: 'rotate-ca' });
    expect(await systemFiles.stat(nextDir())).toBeUndefined();
  });

  test('comes back to its page at the next phase, and so does whoever comes back days later', async () => {
    const wizard = await made();
    const { next, old } = await seen(wizard);
    expect(wizard.state).toMatchObject({ page: 'rotate-ca', flow: { outcome: 'action-needed' } });
    expect(next?.pem).toContain('BEGIN CERTIFICATE');
    expect(next?.fingerprint).not.toBe(old);
    wizard.back();
    expect(wizard.state.page).toBe('home');
    const later = await seen(await opened());
    expect(later).toMatchObject({ stage: 'register', next, old });
  });

  test('goes on from its registration only by a person’s word, with its fingerprint', async () => {
    const wizard = await made();
    const { next } = await seen(wizard);
    wizard.next();
    expect(wizard.state.page).toBe('rotate-ca');
    await wizard.caRotation.confirm();
    await until(wizard, ({ run, flow }) => run === 'asking' || flow.failure !== undefined);
    expect(wizard.state.caRotation.said.caRegistered).toBe(next?.fingerprint);
    expect(wizard.state.flow.changes.map(({ what }) => what).join('\n')).toContain(
      'next-ca/registered',
    );
  });

  test('is taken back', async () => {
    const wizard = await made();
    await seen(wizard);
    wizard.caRotation.cancel();
    await agreed(wizard);
    await until(wizard, ({ page }) => page === 'summary');
    expect(await systemFiles.stat(nextDir())).toBeUndefined();
    wizard.caRotation.open();
    expect(await seen(wizard)).toMatchObject({ stage: 'none' });
  });

  test('that cannot be read says why, and is looked at again', async () => {
    await systemFiles.write(scene.host.deployment.hosts, 'version: 7\n', 0o644);
    const wizard = await scene.openAgain();
    wizard.choose('rotate-ca');
    await until(wizard, ({ caRotation }) => caRotation.view.kind === 'failed');
    await systemFiles.remove(scene.host.deployment.hosts);
    await wizard.caRotation.look();
    expect(await seen(wizard)).toMatchObject({ stage: 'none' });
  });
});

describe('a CA rotation in lines', () => {
  test('is begun, left, come back to, and taken back', async () => {
    let copied = '';
    const answers = ['ca', '', 'yes', 'copy', '', 'quit'];
    const copy = (text: string) => {
      copied = text;
    };
    const first = await talk(scene, await scene.openAgain(), answers, { copy });
    expect(first.transcript).toContain('Step 2 of 5: Replace the CA\n');
    expect(first.transcript).toContain('Not begun.');
    expect(first.transcript).toContain('Enter shows the plan; or type back, quit, ?: \n');
    expect(first.transcript).toContain('The new CA is made and waits for its registration.');
    expect(first.transcript).toContain(
      'Enter goes home; or type registered, copy, cancel, back, quit, ?: copy\n✓ Sent to your clipboard',
    );
    expect(copied).toContain('BEGIN CERTIFICATE');
    const second = await talk(scene, await scene.openAgain(), ['ca', 'x', 'yes']);
    expect(second.transcript).not.toContain('Not begun.');
    expect(second.end).toBe('finished');
    expect(await systemFiles.stat(nextDir())).toBeUndefined();
  });
});

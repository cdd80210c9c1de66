import { expect, test } from 'vitest';
import { certificateForm } from '../../../src/surfaces/wizard/forms.ts';
import type { Wizard } from '../../../src/surfaces/wizard/wizard.ts';
import { sampleGiven, WizardScene } from '../../fakes/wizard-scene.ts';

/** Resolves as soon as the wizard’s state is as wanted. */
function until(wizard: Wizard, wanted: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!wanted()) return;
      off();
      resolve();
    };
    const off = wizard.store.subscribe(look);
    look();
  });
}

async function withCa(wizard: Wizard): Promise<void> {
  wizard.store.setState({ page: 'certificates' });
  wizard.next();
  await until(wizard, () => wizard.state.ca.status === 'made');
}

test('Enter while checks still run goes on once they are made', async () => {
  await using scene = await WizardScene.make();
  const wizard = await scene.open(sampleGiven);
  wizard.next();
  expect(wizard.state.page).toBe('prerequisites');
  wizard.next();
  expect(wizard.state).toMatchObject({ page: 'prerequisites', goesOn: true });
  await until(wizard, () => wizard.state.page !== 'prerequisites' || !wizard.state.goesOn);
  const failed = wizard.state.checks.some(({ status }) => status === 'fail');
  expect(wizard.state.page).toBe(failed ? 'prerequisites' : 'mode');
});

test('a CA that was registered for one tunnel is not said to be so for another', async () => {
  await using scene = await WizardScene.make();
  const wizard = await scene.open(sampleGiven);
  await withCa(wizard);
  await wizard.confirmCa();
  expect(wizard.state.page).toBe('routes');
  expect(wizard.state.ca).toMatchObject({ registered: true });
  wizard.setDomain('feed1234.tunnel.anthropic.com');
  expect(wizard.state.ca).toMatchObject({ status: 'made', registered: false });
  expect(wizard.state.draft.caRegistered).toBeUndefined();
});

test('once made, the CA is known to be there: going back announces no other one', async () => {
  await using scene = await WizardScene.make();
  const wizard = await scene.open(sampleGiven);
  await withCa(wizard);
  const { ca, draft } = wizard.state;
  if (ca.status !== 'made') throw new Error('no CA');
  expect(ca.daysLeft).toBeGreaterThan(3600);
  expect(certificateForm(draft, ca).existingCa).toMatchObject({ fingerprint: ca.fingerprint });
});

test('back from a run that a token stopped leads to the token', async () => {
  await using scene = await WizardScene.make();
  const wizard = await scene.open(sampleGiven);
  const failed = (code: 'token-refused' | 'disk-full') =>
    wizard.store.setState(({ flow }) => ({
      page: 'launch',
      flow: { ...flow, failure: { code, summary: '', nextSteps: [] } },
    }));
  failed('token-refused');
  wizard.back();
  expect(wizard.state.page).toBe('tunnel');
  failed('disk-full');
  wizard.back();
  expect(wizard.state.page).toBe('routes');
});

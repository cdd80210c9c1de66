import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lineText, pageLines } from '../../../screens/blocks/block-lines.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { farewell } from '../../../src/surfaces/wizard/farewell.ts';
import { renewalForm } from '../../../src/surfaces/wizard/renewal-state.ts';
import type { Wizard } from '../../../src/surfaces/wizard/wizard.ts';
import { until, WizardScene } from '../../fakes/wizard-scene.ts';

const passphrase = 'correct horse battery';

let scene: WizardScene;
beforeAll(async () => {
  scene = await WizardScene.make();
  await scene.install();
});
afterAll(() => scene[Symbol.asyncDispose]());

const caKey = () => scene.host.deployment.caKey;
const elsewhere = () => join(scene.host.outside, 'usb-ca.key');

async function opened(preset?: Parameters<Wizard['renewal']['open']>[0]): Promise<Wizard> {
  const wizard = await scene.openAgain();
  wizard.renewal.open(preset);
  await judged(wizard);
  return wizard;
}

/** Everything that the page says of this host is known. */
function judged(wizard: Wizard): Promise<void> {
  return until(wizard, ({ renewal }) => !!renewal.found && renewal.caKey.kind !== 'looking');
}

function typed(wizard: Wizard): string {
  const lines = pageLines(farewell(wizard, 'left'), 400).map(lineText);
  return lines.at(-1)?.replace(scene.dir, 'DIR').replaceAll(scene.host.outside, 'OUT') ?? '';
}

describe('the page of a renewal', () => {
  test('knows the certificate there is, its CA, and that the CA’s key opens', async () => {
    const wizard = await opened();
    const { found, caKey: key } = renewalForm(wizard.state.renewal);
    expect(found).toMatchObject({
      server: { daysLeft: expect.any(Number), keyKind: 'ECDSA P-256' },
      ca: { keyKind: 'ECDSA P-256' },
      archived: undefined,
    });
    expect(key).toEqual({ kind: 'opens' });
    expect(wizard.state).toMatchObject({ page: 'renew-cert', way: 'renew-cert' });
  });

  test('begins with what the deployment was told, or flags say', async () => {
    const given = { certificateDays: { value: '30', source: '--cert-days' } };
    const wizard = await scene.openAgain(given);
    wizard.renewal.open({ newKey: true, restore: false });
    expect(wizard.state.renewal).toMatchObject({ days: '30', key: 'p-256', restore: false });
  });

  test('says what is wrong with the days and with a key file that is not there', async () => {
    const wizard = await opened();
    wizard.renewal.set('days', '0');
    wizard.renewal.set('caKeyFile', '/nowhere/ca.key');
    await judged(wizard);
    expect(renewalForm(wizard.state.renewal).problems).toMatchObject({
      days: expect.stringContaining('3650'),
      caKeyFile: 'There is nothing at this path: name the file with the CA’s key.',
    });
    wizard.next();
    expect(wizard.state.page).toBe('renew-cert');
  });

  test('says that a key is another CA’s', async () => {
    const { ports } = scene;
    const other = await ports.certificates.issueCa({
      commonName: 'other',
      keyType: 'p-256',
      days: 10,
      now: ports.clock.now(),
    });
    await ports.files.write(elsewhere(), other.key.reveal(), 0o600);
    const wizard = await opened();
    wizard.renewal.set('caKeyFile', elsewhere());
    await judged(wizard);
    expect(renewalForm(wizard.state.renewal).problems['caKeyFile']).toBe(
      'The CA’s key is not the key of its certificate.',
    );
  });

  test('is as it was left when one comes back to it', async () => {
    const wizard = await opened();
    wizard.renewal.set('days', '30');
    wizard.back();
    expect(wizard.state).toMatchObject({ page: 'home', way: 'install' });
    wizard.choose('renew-cert');
    expect(wizard.state.renewal.days).toBe('30');
    // What an installation would do is none of its business.
    expect(wizard.state.draft.days).toBe('90');
  });
});

describe('with the CA’s key elsewhere, encrypted', () => {
  beforeEach(async () => {
    const { ports } = scene;
    const plain = new Secret(await readFile(caKey(), 'utf8'));
    const encrypted = ports.certificates.encryptKey(plain, new Secret(passphrase));
    await ports.files.write(elsewhere(), encrypted.reveal(), 0o600);
    await rename(caKey(), `${caKey()}.away`);
    return () => rename(`${caKey()}.away`, caKey());
  });

  test('it asks for the file, then for its passphrase, and renews', async () => {
    const wizard = await opened();
    expect(renewalForm(wizard.state.renewal).problems['caKeyFile']).toContain('in data/ca.key');
    wizard.renewal.set('caKeyFile', elsewhere());
    await judged(wizard);
    expect(renewalForm(wizard.state.renewal).problems).toEqual({
      passphrase: 'The CA’s key is encrypted: its passphrase is needed.',
    });
    wizard.renewal.setPassphrase(passphrase);
    wizard.next();
    await until(wizard, ({ run }) => run === 'asking' || run === 'ended');
    expect(wizard.state.refused ?? wizard.state.flow.failure).toBeUndefined();
    expect(JSON.stringify(wizard.state)).not.toContain(passphrase);
    wizard.next();
    await until(wizard, ({ page }) => page === 'summary');
    expect(wizard.state.flow).toMatchObject({ outcome: 'done', certificate: { served: 'unseen' } });
    expect(wizard.state.renewal.passphrase).toBeUndefined();
    expect(wizard.state.ran).toBe('renew-cert');
    expect(await readFile(scene.host.deployment.journal, 'utf8')).not.toContain(passphrase);
  });

  test('a wrong passphrase is told of, and can be typed again', async () => {
    const wizard = await opened();
    wizard.renewal.set('caKeyFile', elsewhere());
    wizard.renewal.setPassphrase('wrong');
    await judged(wizard);
    wizard.next();
    await until(wizard, ({ run }) => run === 'ended');
    expect(wizard.state.flow.failure).toMatchObject({ code: 'ca-key-passphrase' });
    wizard.back();
    expect(wizard.state).toMatchObject({ page: 'renew-cert', way: 'renew-cert' });
    expect(renewalForm(wizard.state.renewal).passphrase).toEqual({ length: 5 });
    await wizard.leave();
    expect(JSON.stringify(farewell(wizard, 'left'))).not.toContain('wrong');
  });

  test('the command to come back has everything but the passphrase', async () => {
    const wizard = await opened();
    wizard.renewal.set('caKeyFile', elsewhere());
    wizard.renewal.set('days', '30');
    wizard.renewal.set('key', 'rsa-3072');
    wizard.renewal.setPassphrase(passphrase);
    expect(typed(wizard)).toBe(
      'mcp-tunnel renew-cert --dir DIR --cert-days 30 --new-key --key-type rsa-3072 --ca-key OUT/usb-ca.key',
    );
    const told = JSON.stringify(farewell(wizard, 'left'));
    expect(told).toContain('To go on (the passphrase has to be typed again):');
    expect(told).not.toContain(passphrase);
  });
});

describe('the archived pair', () => {
  test('is found after a renewal, and put back by its key', async () => {
    const first = await opened();
    const { server } = first.state.renewal.found ?? {};
    first.next();
    await until(first, ({ run }) => run === 'asking');
    first.next();
    await until(first, ({ page }) => page === 'summary');

    const wizard = await opened();
    expect(wizard.state.renewal.found?.archived?.fingerprint).toBe(server?.fingerprint);
    wizard.renewal.restore();
    await until(wizard, ({ run }) => run === 'asking');
    expect(typed(wizard)).toBe('mcp-tunnel renew-cert --dir DIR --restore');
    wizard.next();
    await until(wizard, ({ page }) => page === 'summary');
    const again = await opened();
    expect(again.state.renewal.found?.server?.fingerprint).toBe(server?.fingerprint);
  });

  test('is planned at once where the command says so; Esc leads to the page', async () => {
    const wizard = await opened({ restore: true });
    await until(wizard, ({ run }) => run === 'asking');
    expect(wizard.state.page).toBe('review');
    wizard.back();
    expect(wizard.state.page).toBe('renew-cert');
    await until(wizard, ({ run }) => run === 'idle');
    wizard.next();
    await until(wizard, ({ run }) => run === 'asking');
    expect(wizard.state.flow.title).toBe('Certificate renewal');
  });
});

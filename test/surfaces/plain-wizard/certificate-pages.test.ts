import { describe, expect, test } from 'vitest';
import { systemFiles } from '../../../src/adapters/system-files.ts';
import { Failure } from '../../../src/domain/failure.ts';
import { domain } from '../../fakes/sample-answers.ts';
import { sampleGiven, WizardScene } from '../../fakes/wizard-scene.ts';
import { talk } from './session.ts';

const toCertificates = ['', '', '', '', ''];
const toRegister = [...toCertificates, ''];

const accept = 'Enter accepts; or type edit, back, quit, ?: ';

describe('certificates', () => {
  test('says what is made and what is written now', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open(sampleGiven);
    const { page } = await talk(scene, wizard, [...toCertificates, '?', 'quit']);
    expect(page('Certificates')).toBe(`Step 5 of 10: Certificates

Two certificates are made here
Claude and mcp-proxy speak TLS inside the tunnel: nobody on the way reads along.

CA      ECDSA P-256, 3650 days (10 years). Signs the other. You register it in the Console next; its
        key stays here, and no container can read it.
Server  ECDSA P-256, 90 days. mcp-proxy shows it to Claude, for *.${domain}.

Enter writes now, in DIR:
  data/ca.key  0600  the CA’s private key
  data/ca.crt  0644  the CA’s certificate, public
Also its folders and its journal (.mcp-tunnel/). The server certificate follows after the review.

${accept}?
  Enter  accepts
  edit   asks for kind of key and days
  back   to the page before; nothing is lost
  quit   leaves, and says how to go on later
  ?      this help
${accept}quit
`);
  });

  test('edit asks for each setting; what is wrong is asked for again', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open(sampleGiven);
    const edits = ['edit', 'rsa-1024', 'rsa-3072', '0', '?', '30', '', 'quit'];
    const { page } = await talk(scene, wizard, [...toCertificates, ...edits]);
    const shown = page('Certificates');
    const [, asked = ''] = shown.split(`${accept}edit\n`);
    expect(asked.slice(0, asked.indexOf('\n\nTwo certificates'))).toBe(`
Settings of new certificates
Kind of key (rsa-2048|rsa-3072|rsa-4096|p-256) [p-256]: rsa-1024
✗ Expected one of: rsa-2048, rsa-3072, rsa-4096, p-256.
Kind of key (rsa-2048|rsa-3072|rsa-4096|p-256) [p-256]: rsa-3072
Days of the server certificate [90]: 0
✗ Expected a whole number from 1 to 3650.
Days of the server certificate [90]: ?
90 as in the guide. It never outlives the CA.
  Enter  takes what stands in [ ]
  back   out of these questions
  quit   leaves, and says how to go on later
  ?      this help
Days of the server certificate [90]: 30
Days of the CA [3650]: `);
    expect(asked).toContain('Server  RSA-3072, 30 days.');
    expect(wizard.state.draft).toMatchObject({ keyType: 'rsa-3072', days: '30', caDays: '3650' });
  });

  test('back out of the settings keeps what was answered, back again leaves the page', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open(sampleGiven);
    const answers = [...toCertificates, 'e', 'rsa-2048', 'back', 'back', 'quit'];
    const { headings } = await talk(scene, wizard, answers);
    expect(headings.slice(4)).toEqual(['Certificates', 'Domain and token']);
    expect(wizard.state.draft).toMatchObject({ keyType: 'rsa-2048', days: '90' });
  });

  test('Enter does not accept settings that were given badly', async () => {
    await using scene = await WizardScene.make();
    const days = { value: '9000', source: '--cert-days' };
    const wizard = await scene.open({ ...sampleGiven, certificateDays: days });
    const answers = [...toCertificates, '', '', '60', '', '', 'quit'];
    const { page, headings } = await talk(scene, wizard, answers);
    const shown = page('Certificates');
    expect(shown).toContain(
      '✗ Days of the server certificate: Expected a whole number from 1 to 3650.',
    );
    expect(shown).toContain('Enter asks for the settings again; or type edit, back, quit, ?: \n');
    expect(shown).toContain('Days of the server certificate: 60\n');
    expect(headings.at(-1)).toBe('Register the CA');
  });
});

describe('register the CA', () => {
  const question = 'Enter says that it is registered; or type registered, later, back, quit, ?: ';

  test('shows path, command, fingerprint and certificate', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open(sampleGiven);
    const { page } = await talk(scene, wizard, [...toRegister, 'quit']);
    const shown = page('Register the CA');
    expect(
      shown.startsWith(`Step 6 of 10: Register the CA

The CA is being made …
Register the CA in the Console
`),
    ).toBe(true);
    expect(shown).toContain('\nscp vm-7:DIR/data/ca.crt mcp-tunnel-ca.crt\n');
    expect(shown).toContain(`Console > Manage > MCP tunnels > ${domain} > Certificates`);
    expect(shown).toContain('\nFINGERPRINT\nFINGERPRINT\n');
    expect(shown).toContain('The file: DIR/data/ca.crt\n');
    expect(shown).toContain('\nPEM\n');
    expect(shown.endsWith(`\n\n${question}quit\n`)).toBe(true);
    expect(shown.split('The CA is being made …')).toHaveLength(2);
  });

  test('prints the certificate as it is in the file, to be copied', async () => {
    await using scene = await WizardScene.make();
    const { printed } = await talk(scene, await scene.open(sampleGiven), [...toRegister, 'quit']);
    const pem = await systemFiles.readText(scene.host.deployment.caCertificate);
    expect(pem).toContain('BEGIN CERTIFICATE');
    expect(printed).toContain(`\n${pem?.trim()}\n`);
  });

  test.each([
    ['', true],
    ['registered', true],
    ['later', false],
    ['s', false],
  ])('%j goes on; it counts as registered: %j', async (word, isRegistered) => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open(sampleGiven);
    const { headings } = await talk(scene, wizard, [...toRegister, word, 'quit']);
    expect(headings.at(-1)).toBe('Routes');
    expect(wizard.state.draft.caRegistered !== undefined).toBe(isRegistered);
  });

  test('once registered, is shown as such and passed by Enter', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open(sampleGiven);
    const answers = [...toRegister, '', 'back', '', 'back', 'quit'];
    const { transcript, headings } = await talk(scene, wizard, answers);
    expect(headings.slice(5)).toEqual([
      ...['Register the CA', 'Routes', 'Register the CA', 'Routes', 'Register the CA'],
    ]);
    expect(transcript).toContain('✓ You said that the Console knows it.');
    expect(transcript).toContain('\n\nEnter goes on; or type back, quit, ?: \n');
    expect(transcript.split('The CA is being made …')).toHaveLength(2);
  });

  test('copies the certificate where the terminal can', async () => {
    await using scene = await WizardScene.make();
    const copied: string[] = [];
    const { page } = await talk(
      scene,
      await scene.open(sampleGiven),
      [...toRegister, 'copy', 'c', 'later', 'quit'],
      { copy: (text) => copied.push(text) },
    );
    const pem = await systemFiles.readText(scene.host.deployment.caCertificate);
    expect(copied).toEqual([pem, pem]);
    expect(page('Register the CA')).toContain(
      `registered, later, copy, back, quit, ?: copy\n✓ Sent to your clipboard: save it as mcp-tunnel-ca.crt.\n`,
    );
  });

  test('that cannot be made says why, and is tried again', async () => {
    await using scene = await WizardScene.make();
    const { write } = systemFiles;
    scene.host.files = {
      ...systemFiles,
      write: async () => {
        throw new Failure('disk-full', 'The disk is full.', { nextSteps: ['Make room.'] });
      },
    };
    const wizard = await scene.open(sampleGiven);
    const mend = () => {
      scene.host.files = { ...systemFiles, write };
    };
    const { transcript, headings } = await talk(scene, wizard, [...toRegister, mend, '', 'quit']);
    expect(transcript).toContain(`✗ The disk is full. [disk-full]

Next
• Make room.

Enter tries again; or type retry, back, quit, ?: 
`);
    expect(headings.slice(5)).toEqual(['Register the CA', 'Register the CA']);
    expect(wizard.state.ca.status).toBe('made');
  });

  test('in a rehearsal the simulated Console registers it, or refuses', async () => {
    await using scene = await WizardScene.make();
    let isKnown = false;
    scene.host.registrar = {
      name: 'a test',
      register: async () => isKnown,
      active: async () => [],
      revoke: async () => undefined,
    };
    const wizard = await scene.open(sampleGiven, { rehearsal: true });
    const know = () => {
      isKnown = true;
    };
    const answers = [...toRegister, '', know, '', '', 'quit'];
    const { transcript, headings } = await talk(scene, wizard, answers);
    expect(transcript).toContain('Enter lets the simulated Console register it; or type');
    expect(transcript).toContain('✗ The simulated Console refuses this CA. [verification-failed]');
    expect(headings.at(-1)).toBe('Routes (rehearsal)');
  });
});

import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import { tokenText } from '../../fakes/sample-answers.ts';
import { until, WizardScene } from '../../fakes/wizard-scene.ts';
import { talk } from './session.ts';

let scene: WizardScene;
beforeEach(async () => {
  scene = await WizardScene.make();
  await scene.install();
});
afterEach(() => scene[Symbol.asyncDispose]());

/** What was said from one heading of a way to the next. */
function pageIn(transcript: string, title: string): string {
  const begin = transcript.indexOf(`: ${title}\n`);
  if (begin < 0) throw new Error(`no page ${title}:\n${transcript}`);
  const rest = transcript.slice(transcript.lastIndexOf('\n', begin) + 1);
  return rest.split(/\n(?=Step |Home\n)/u)[0] ?? '';
}

describe('the status in lines', () => {
  test('is told whole at first, then what changed, until Enter', async () => {
    const wizard = await scene.openAgain();
    const stopped = async () => {
      await until(wizard, ({ look }) => look.kind === 'seen' && look.status.changed !== undefined);
      scene.host.engine.stop('hello-mcp-1', 1);
      await until(wizard, ({ look }) => look.kind === 'seen' && look.status.state === 'unhealthy');
    };
    const { transcript, end } = await talk(scene, wizard, ['status', stopped, '', 'quit']);
    const [, shown = ''] = transcript.split('\nStatus\n');
    expect(shown).toContain(
      '\nLooks again every 10 seconds, and tells what has changed. Enter goes back; quit leaves.\n',
    );
    expect(shown).toContain('\n  ✓ Connections ');
    expect(shown).toMatch(
      /\n✗ Not healthy\. hello-mcp: exited, exit code 1, .*\n {2}✗ hello-mcp /u,
    );
    expect(shown.match(/✓ Connections /gu)).toHaveLength(1);
    expect(transcript.match(/^Home$/gmu)).toHaveLength(2);
    expect(end).toBe('left');
  });
});

describe('the doctor in lines', () => {
  test('says what is wrong and what to do first, and looks again', async () => {
    const said = { title: 'Disk', found: '1 MB free', expected: 'more', fix: 'df -h' } as const;
    scene.examination.push(
      { type: 'step.started', step: 'host', title: 'This host' },
      { type: 'check', id: 'disk-space', status: 'fail', ...said },
      {
        type: 'examined',
        summary: 'The disk is full.',
        layers: [],
        failed: 1,
        warned: 0,
        next: 'df -h',
      },
      { type: 'flow.finished', flow: 'doctor', outcome: 'action-needed', changed: false, dir: '' },
    );
    const answers = ['doctor', 'again', '', 'quit'];
    const { transcript } = await talk(scene, await scene.openAgain(), answers);
    const [, page = ''] = transcript.split('\nDoctor\n');
    expect(page).toContain(`
✗ The disk is full.
First:
df -h

This host
✗ Disk: 1 MB free
    expected  more
    fix       df -h

Enter goes back; or type again, back, quit, ?: again
`);
    expect(page.match(/✗ The disk is full\./gu)).toHaveLength(2);
    expect(transcript.match(/^Home$/gmu)).toHaveLength(2);
  });
});

describe('a renewal in lines', () => {
  test('says what is there, shows its plan, and proves it', async () => {
    const wizard = await scene.openAgain();
    const session = await talk(scene, wizard, ['renew', '', 'yes']);
    const { transcript } = session;
    expect(pageIn(transcript, 'Certificate')).toMatch(
      /^Step 2 of 5: Certificate\n\nRenew the server certificate\nmcp-proxy shows it to Claude inside the tunnel\. [\s\S]*?\n\nPresent {4}\d+ days left, until [\d-]+; ECDSA P-256, sha256 [0-9a-f]{12}…\nNew {8}90 days; private key: the one there is\nSigned by {2}the CA there is /u,
    );
    expect(transcript).toContain('Enter shows the plan; or type edit, back, quit, ?: \n');
    expect(pageIn(transcript, 'Review')).toContain(
      '\nCreates 1 file, changes 1 file.\nNothing of this is done yet. Typing yes does everything',
    );
    expect(pageIn(transcript, 'Renewal')).toContain('\n▸ Proof that the proxy serves it\n');
    expect(session).toMatchObject({ end: 'finished', left: 0 });
    expect(wizard.state.flow.outcome).toBe('done');
  });

  test('asks for days, key, the CA’s key and its passphrase, which nobody sees', async () => {
    const passphrase = 'correct horse battery';
    const { ports, host } = scene;
    const { caKey } = host.deployment;
    const plain = new Secret((await ports.files.readText(caKey)) ?? '');
    const usb = `${host.outside}/usb.key`;
    const encrypted = ports.certificates.encryptKey(plain, new Secret(passphrase));
    await ports.files.write(usb, encrypted.reveal(), 0o600);
    await ports.files.remove(caKey);
    const wizard = await scene.openAgain();
    const answers = ['renew', '', '30', 'p-256', usb, passphrase, '', 'yes'];
    const { transcript, left } = await talk(scene, wizard, answers);
    expect(left).toBe(0);
    const page = pageIn(transcript, 'Certificate');
    expect(page).toContain('✗ The CA’s private key: There is nothing in data/ca.key:');
    expect(page).toContain('Enter asks for the settings; or type edit, back, quit, ?: \n');
    expect(page).toContain('\nDays of the new certificate [90]: 30\n');
    expect(page).toContain('\nNew        30 days; private key: a new one, ECDSA P-256\n');
    expect(transcript).not.toContain('horse');
    expect(wizard.state.flow.outcome).toBe('done');
  });

  test('refuses what is no kind of key, and puts the archived pair back', async () => {
    await talk(scene, await scene.openAgain(), ['renew', '', 'yes']);
    const wizard = await scene.openAgain();
    const answers = ['renew', 'edit', '', 'rsa-1', 'keep', 'back', 'restore', 'yes'];
    const { transcript } = await talk(scene, wizard, answers);
    expect(transcript).toContain('✗ Expected keep, or the kind of a new key.');
    expect(transcript).toContain(
      'Enter shows the plan; or type edit, restore, back, quit, ?: restore\n',
    );
    expect(wizard.state.flow).toMatchObject({
      title: 'Restoration of a certificate',
      outcome: 'done',
    });
  });
});

describe('routes in lines', () => {
  test('are changed all at once; there is no sample server to switch', async () => {
    scene.host.engine.change('mcp-proxy-1', { addresses: { tunnel: '172.18.0.2' } });
    const wizard = await scene.openAgain();
    const answers = ['routes', 'add', 'wiki=http://10.0.0.5:8000', 'remove 1', '', 'back', 'quit'];
    const { transcript } = await talk(scene, wizard, answers);
    const page = pageIn(transcript, 'Routes');
    expect(page).toContain('\nWhat runs here. Change as many as you like: all at once.\n');
    expect(page).toContain(
      '\nEnter shows the plan; or type add, edit N, remove N, upstream, probe, back, quit, ?: add\n',
    );
    expect(page).toContain('\n1. wiki\nClaude calls  https://wiki.');
    expect(page).toContain('\nChange        new\n');
    expect(page).toContain('\n-  goes       echo\n');
    expect(page).not.toContain('sample server');
    expect(pageIn(transcript, 'Review')).toContain('wiki: http://10.0.0.5:8000');
    expect(wizard.state.page).toBe('routes');
  });
});

describe('other hosts in lines', () => {
  test('are ticked by their number', async () => {
    await writeFile(
      scene.host.deployment.hosts,
      'version: 1\nhosts:\n  - name: vm-2\n    note: Frankfurt\n  - name: vm-3\n',
    );
    const record = { version: 1, token: 'ab12cd34ef56', hosts: {} };
    await writeFile(scene.host.deployment.switchedHosts, JSON.stringify(record));
    const wizard = await scene.openAgain();
    const { transcript } = await talk(scene, wizard, ['hosts', 'tick 3', 'tick 1', '', 'quit']);
    const page = pageIn(transcript, 'Other hosts');
    expect(page).toContain(`
1. [ ]  vm-2  Frankfurt
ssh -t vm-2 'mcp-tunnel rotate-token --dir DIR'
2. [ ]  vm-3
ssh -t vm-3 'mcp-tunnel rotate-token --dir DIR'
! 0 of 2 hosts have the new token.
`);
    expect(page).toContain('Enter goes on; or type tick N, back, quit, ?: tick 3\n');
    expect(page).toContain('✗ Which one? Expected: the number of a host, 1 to 2.\n');
    expect(page).toContain('\n1. [x]  vm-2  Frankfurt\n');
    expect(page).toContain('\n! 1 of 2 hosts have the new token.\n');
    expect(transcript.match(/^Home$/gmu)).toHaveLength(2);
  });
});

describe('a rotation in lines', () => {
  test('names the hosts that are listed, and shows no token', async () => {
    await writeFile(scene.host.deployment.hosts, 'version: 1\nhosts:\n  - name: vm-2\n');
    const wizard = await scene.openAgain();
    const next = tokenText('another secret of 32 bytes 1234');
    const { transcript } = await talk(scene, wizard, ['rotate', next, 'back', 'quit']);
    expect(pageIn(transcript, 'New token')).toContain('give every host of this tunnel (vm-2)');
    expect(transcript).not.toContain(next.slice(0, 24));
  });
});

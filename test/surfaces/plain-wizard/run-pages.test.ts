import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failure.ts';
import { farewell } from '../../../src/surfaces/wizard/farewell.ts';
import { domain } from '../../fakes/sample-answers.ts';
import { sampleGiven, WizardScene } from '../../fakes/wizard-scene.ts';
import { type Session, talk } from './session.ts';

const toReview = ['', '', '', '', '', '', 'later', ''];
const consent = 'Carry out this plan? Type yes: ';

/** From the welcome of an installed deployment to its review. */
const again = ['', '', '', '', '', '', '', ''];

describe('review', () => {
  test('shows every file and command; only yes consents', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open(sampleGiven);
    const answers = [...toReview, '', 'y', '?', 'quit'];
    const { page, headings, end } = await talk(scene, wizard, answers);
    const shown = page('Review');
    expect(
      shown.startsWith(`Step 8 of 10: Review

Looking at this host …
`),
    ).toBe(true);
    expect(shown).toContain('\nCreates 9 files, pulls 3 images, starts the stack.\n');
    expect(shown).toContain('\n   $ docker compose up -d\n');
    expect(shown).toContain('\n   +services:\n');
    expect(shown).toContain('Where this leaves the vendor’s guide, and why\n');
    expect(shown.slice(shown.indexOf(consent))).toBe(`${consent}
✗ Only yes carries it out; back goes back.
${consent}y
✗ Only yes carries it out; back goes back.
${consent}?
Only yes carries it out. Until then nothing is changed.
  back  to the page before; nothing is lost
  quit  leaves, and says how to go on later
  ?     this help
${consent}quit
`);
    expect(headings.at(-1)).toBe('Review');
    expect(end).toBe('left');
    expect(scene.host.compose.calls).toEqual([]);
  });

  test('back leads to the routes, and from there to a new plan', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open(sampleGiven);
    const answers = [
      ...toReview,
      'back',
      'sample off',
      'add',
      'wiki=http://10.0.0.5:80',
      '',
      'quit',
    ];
    const { headings, transcript } = await talk(scene, wizard, answers);
    expect(headings.slice(6)).toEqual(['Routes', 'Review', 'Routes', 'Review']);
    const [first = '', second = ''] = transcript.split('Step 8 of 10: Review').slice(1);
    expect(first).toContain('hello_server.py');
    expect(second).not.toContain('hello_server.py');
    expect(second).toContain('+  wiki: http://10.0.0.5:80');
  });

  test('of answers that cannot be carried out says why, and looks again', async () => {
    await using scene = await WizardScene.make();
    const { network } = scene.host;
    const wizard = await scene.open(sampleGiven);
    const cut = () => {
      for (const region of ['region1', 'region2'])
        network.connects.set(`${region}.v2.argotunnel.com`, { ok: false, code: 'ETIMEDOUT' });
    };
    const mend = () => network.connects.clear();
    const answers = [...toReview.slice(0, -1), cut, '', mend, '', 'back', 'quit'];
    const { transcript, headings } = await talk(scene, wizard, answers);
    expect(transcript).toContain('There is no plan yet\n');
    expect(transcript).toContain('✗ The tunnel edge cannot be reached. [egress-blocked]\n');
    expect(transcript).toContain('Enter looks again; or type retry, back, quit, ?: \n');
    expect(headings.slice(7)).toEqual(['Review', 'Review', 'Routes']);
    expect(transcript.split(consent)).toHaveLength(2);
  });

  test('asks again where the plan has changed between consent and start', async () => {
    await using scene = await WizardScene.make();
    await talk(scene, await scene.open(sampleGiven), [...toReview, 'yes', '']);
    const wizard = await scene.open(sampleGiven, { hasToken: true });
    const stop = () => scene.host.engine.stop('cloudflared-1', 1);
    const routes = ['add', 'wiki=http://10.0.0.5:80', ''];
    const answers = [...again.slice(0, -1), ...routes, stop, 'yes', 'quit'];
    const { page } = await talk(scene, wizard, answers);
    const [, first = '', second = ''] = page('Review').split(
      /(?<=it\.\n\n)|What is here has changed/u,
    );
    expect(first).not.toContain('cloudflared is exited');
    expect(second).toContain('cloudflared is exited');
    expect(second).toContain(`${consent}quit\n`);
  });
});

describe('launch that goes well', () => {
  let scene: WizardScene;
  let session: Session;
  beforeAll(async () => {
    scene = await WizardScene.make();
    const { pulls } = scene.host.engine;
    pulls.set('python:3.13-slim', [
      { layer: 'a1b2', status: 'Downloading', current: 1, total: 2 },
      { layer: 'a1b2', status: 'Pull complete' },
    ]);
    const wizard = await scene.open(sampleGiven);
    session = await talk(scene, wizard, [...toReview, 'yes', '']);
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  test('tells steps, files, commands, pulled layers and connections as they come', () => {
    const pulled = (shown: string) =>
      shown.replaceAll(/^ {2}pulled\s+(?:\S+\s+)??.*\n(?: {4}.*\n)*/gmu, '');
    expect(pulled(session.page('Launch'))).toBe(`Step 9 of 10: Launch

▸ Images
  a1b2: Pull complete
▸ Server certificate
  wrote DIR/data/tls.key 0400 owner 65532
  wrote DIR/data/tls.crt 0644
▸ Files
  wrote DIR/.gitignore 0644
  wrote DIR/docker-compose.yaml 0644
  wrote DIR/config/mcp-proxy.yaml 0644
  wrote DIR/data/tls.ext 0644
  wrote DIR/hello_server.py 0644
  wrote DIR/.mcp-tunnel/answers.yaml 0600
▸ Tunnel token
  wrote DIR/credentials/tunnel-token 0400 owner 65532
▸ CA registration
  CA FINGERPRINT is not known to be registered
▸ Start
  $ docker compose up -d
▸ Verification
  connected 1 of 4 (fra08)
  connected 2 of 4 (fra08)
  connected 3 of 4 (fra08)
  connected 4 of 4 (fra08)
  ✓ echo → http://hello-mcp:9000: MCP server hello 1 with 1 tool: hello (asked from this host)
      https://echo.${domain}/mcp
`);
  });

  test('ends at the summary, which asks only for what a person can do', () => {
    expect(session.page('Summary')).toBe(`Step 10 of 10: Summary

Your turn: Register the CA certificate in the Console
Calls through the tunnel fail until this is done. It can be done later, too.

Enter finishes, and says what is left to do; or type registered, quit, ?: 
`);
    expect(session.end).toBe('finished');
    expect(farewell(session.wizard, session.end)).not.toEqual([]);
  });
});

describe('summary', () => {
  test('asks nothing where nothing is left to do', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open(sampleGiven);
    const answers = [...toReview.map((each) => (each === 'later' ? 'registered' : each)), 'yes'];
    const { page, end, left } = await talk(scene, wizard, answers);
    expect(page('Launch')).toContain('CA FINGERPRINT is registered\n');
    expect(page('Summary')).toBe('Step 10 of 10: Summary\n\n');
    expect({ end, left }).toEqual({ end: 'finished', left: 0 });
  });

  test('registered is remembered by a run that asks nothing more', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open(sampleGiven);
    const answers = [...toReview, 'yes', '?', 'registered'];
    const { headings, transcript, end } = await talk(scene, wizard, answers);
    expect(transcript).toContain('1. On your own machine: scp vm-7:DIR/data/ca.crt');
    expect(headings.slice(7)).toEqual([
      ...['Review', 'Launch', 'Summary', 'Review', 'Launch', 'Summary'],
    ]);
    expect(transcript.split(consent)).toHaveLength(2);
    expect(end).toBe('finished');
    expect(wizard.state.flow.outcome).toBe('done');
  });
});

describe('launch that fails', () => {
  test('says what the line means and what to do, and tries again', async () => {
    await using scene = await WizardScene.make();
    scene.refusesToken();
    const wizard = await scene.open(sampleGiven);
    const { compose, engine } = scene.host;
    const mend = () => {
      scene.comesUp();
      for (const service of ['mcp-proxy', 'cloudflared', 'hello-mcp'])
        engine.remove(`${service}-1`);
    };
    const answers = [...toReview, 'yes', '?', mend, 'retry', 'yes', ''];
    const { page, headings, end } = await talk(scene, wizard, answers);
    const shown = page('Launch');
    const [told = '', failed = ''] = shown.split('\n\n✗ ');
    expect(told).toMatch(
      /^ {2}! cloudflared: .+\n(?:.+\n)* {6}2026-11-24T10:00:00Z ERR Register/mu,
    );
    expect(told).toMatch(/^ {6}fix {7}\S/mu);
    expect(failed).toMatch(
      /^cloudflared: The edge refuses the tunnel token.*\[token-refused\]\n/su,
    );
    expect(failed).toMatch(/\n {2}found {2}\S.*Invalid tunnel secret/su);
    expect(failed).toMatch(/\n\nNext\n• /u);
    expect(failed).toContain('Enter tries again; or type retry, back, quit, ?: ?\n');
    expect(headings.slice(7)).toEqual(['Review', 'Launch', 'Review', 'Launch', 'Summary']);
    expect(compose.calls).toEqual(['validate', 'up', 'validate', 'up']);
    expect(end).toBe('finished');
  });

  test('before the start takes back what it made, and says so', async () => {
    await using scene = await WizardScene.make();
    const { ownedFiles, deployment } = scene.host;
    const write = ownedFiles.write.bind(ownedFiles);
    ownedFiles.write = async (path, ...rest) => {
      if (path !== deployment.tunnelToken) return write(path, ...rest);
      throw new Failure('file-unwritable', 'The token cannot be written.', {
        nextSteps: ['Mend the disk.'],
      });
    };
    const wizard = await scene.open(sampleGiven);
    const { page, headings } = await talk(scene, wizard, [...toReview, 'yes', 'back', 'quit']);
    const shown = page('Launch');
    expect(shown).toContain('  taken back: removed DIR/docker-compose.yaml\n');
    expect(shown.slice(shown.indexOf('\n✗ '))).toBe(`
✗ The token cannot be written. [file-unwritable]

Next
• Mend the disk.

Enter tries again; or type retry, back, quit, ?: back
`);
    expect(headings.slice(8)).toEqual(['Launch', 'Routes']);
  });
});

import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failure.ts';
import { engineInfo } from '../../fakes/scripted-engine.ts';
import { WizardScene } from '../../fakes/wizard-scene.ts';
import { talk } from './session.ts';

function sorted(page: string): readonly string[] {
  return page.split('\n').sort();
}

describe('welcome', () => {
  test('says what will happen, and what may be typed', async () => {
    await using scene = await WizardScene.make();
    const { page, end } = await talk(scene, await scene.open(), ['quit']);
    expect(end).toBe('left');
    expect(page('Welcome')).toBe(`Step 1 of 10: Welcome

Let Claude call MCP servers in your private network
This sets up Anthropic’s MCP tunnel here with Docker Compose: two containers, cloudflared and
mcp-proxy, that only dial out. No port is opened. About five minutes.

Directory  DIR
Files      belong to operator; keys and token readable by nobody else

You need at hand
• Access to MCP tunnels in the Console (platform.claude.com), with the permission Manage tunnels
• Docker Engine on this machine, and outbound TCP 443 and 7844
• The address of your MCP server; or none yet: a sample server comes along

MCP tunnels are a research preview. No access yet? Ask at https://claude.com/form/mcp-tunnels
Nothing is written before you have seen what, and agreed.
At every question: back = page before, quit = leave, ? = help.

Enter begins; or type rehearse, quit, ?: quit
`);
  });

  test('helps, and says which words there are', async () => {
    await using scene = await WizardScene.make();
    const { transcript } = await talk(scene, await scene.open(), ['?', 'go', 'back', 'QUIT']);
    const question = 'Enter begins; or type rehearse, quit, ?: ';
    expect(transcript.slice(transcript.indexOf(question))).toBe(`${question}?
  Enter     begins
  rehearse  first tries everything with a simulator
  quit      leaves, and says how to go on later
  ?         this help
${question}go
✗ That is none of the words here: rehearse, quit, ?.
${question}back
✗ That is none of the words here: rehearse, quit, ?.
${question}QUIT
`);
  });

  test('goes over to a rehearsal, by its word or its key on the screens', async () => {
    await using scene = await WizardScene.make();
    expect((await talk(scene, await scene.open(), ['rehearse'])).end).toBe('rehearse');
    expect((await talk(scene, await scene.open(), ['r'])).end).toBe('rehearse');
  });

  test('of a rehearsal says so in every heading and offers no other one', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open(undefined, { rehearsal: true });
    const { transcript, headings } = await talk(scene, wizard, ['', '', 'quit']);
    expect(headings).toEqual([
      'Welcome (rehearsal)',
      'Prerequisites (rehearsal)',
      'Mode (rehearsal)',
    ]);
    expect(transcript).toContain('Enter begins; or type quit, ?: ');
    expect(transcript).toContain('This is a rehearsal\n');
  });
});

describe('prerequisites', () => {
  test('tell each finding once, then how it stands', async () => {
    await using scene = await WizardScene.make();
    const { page, end } = await talk(scene, await scene.open(), ['', 'quit']);
    expect(end).toBe('left');
    const lines = page('Prerequisites');
    expect(sorted(lines)).toEqual(
      sorted(`Step 2 of 10: Prerequisites

Can the tunnel run on this machine?
Nothing is written yet: this only looks. What fails here would stop the installation later; a
warning would not.

✓ Docker Engine: 26.1.5 on unix:///var/run/docker.sock (default)
✓ Docker Compose: docker compose 2.29.7
✓ Deployment directory: DIR: not there yet
✓ Disk space: N MiB free at /var/lib/docker
✓ Compose project: mcp-tunnel
✓ Docker networks and routes: 0 networks, no overlap
✓ DNS for the tunnel edge: 2 addresses
✓ Tunnel edge, TCP 7844: region1: open, region2: open
✓ Tunnel edge, UDP 7844 (QUIC): the edge answered
✓ Anthropic API: HTTP 404
- Clock: the answer has no Date header
- 1 not judged: you can go on.

Enter goes on; or type again, back, quit, ?: quit
`),
    );
    expect(
      lines.endsWith(`- 1 not judged: you can go on.

Enter goes on; or type again, back, quit, ?: quit
`),
    ).toBe(true);
  });

  test('that failed refuse the way on with the reason, until all is looked at again', async () => {
    await using scene = await WizardScene.make();
    const { engine } = scene.host;
    engine.about = new Failure('docker-not-running', 'Docker does not answer.', {
      nextSteps: ['sudo systemctl start docker'],
    });
    const { page, headings } = await talk(scene, await scene.open(), [
      '',
      '',
      () => {
        engine.about = engineInfo;
      },
      'again',
      '',
      'quit',
    ]);
    const shown = page('Prerequisites');
    expect(shown).toContain(`✗ Docker Engine: Docker does not answer.
    expected  a Docker Engine on this machine that this user may use
    fix       sudo systemctl start docker
`);
    expect(shown).toMatch(
      /goes on; or type again, back, quit, \?: \n✗ Going on is not possible: .*stop at Docker Engine/su,
    );
    expect(shown).toContain('✓ Docker Engine: 26.1.5');
    expect(headings).toEqual(['Welcome', 'Prerequisites', 'Mode']);
  });

  test('are left by back, and looked at anew on return', async () => {
    await using scene = await WizardScene.make();
    const { headings, transcript } = await talk(scene, await scene.open(), [
      '',
      'back',
      '',
      'quit',
    ]);
    expect(headings).toEqual(['Welcome', 'Prerequisites', 'Welcome', 'Prerequisites']);
    expect(transcript.split('✓ Compose project: mcp-tunnel')).toHaveLength(3);
  });
});

describe('mode', () => {
  const question = 'How does this host get its tunnel? [manual]: ';

  test('says what each needs and whose tunnel it is', async () => {
    await using scene = await WizardScene.make();
    const { page } = await talk(scene, await scene.open(), ['', '', 'quit']);
    expect(page('Mode')).toBe(`Step 3 of 10: Mode

How does this host get its tunnel?
A tunnel serves only the organization that made it. One made in the Console cannot serve connectors
of claude.ai, nor the reverse.

Manual: token and CA by the Console
Needs  You reveal the tunnel’s token in the Console and register there a CA certificate that is made
       here. No API credential is needed.
Owner  The tunnel belongs to the workspace that is selected in the Console (platform.claude.com),
       and serves the Messages API and Managed Agents of that workspace.

Not in this version: programmatic (Workload Identity Federation) and API key (claude.ai).

${question}quit
`);
  });

  test('is asked again after one that does not work', async () => {
    await using scene = await WizardScene.make();
    const answers = ['', '', 'api-key', 'manul', '?', 'manual', 'back', 'back', 'quit'];
    const { transcript, headings } = await talk(scene, await scene.open(), answers);
    const begin = transcript.indexOf(question);
    expect(transcript.slice(begin, transcript.indexOf('\nStep 4'))).toBe(`${question}api-key
✗ Mode api-key is not in this version; manual is.
${question}manul
✗ Expected one of: manual, programmatic, api-key.
${question}?
manual: you reveal a token in the Console and register a CA certificate there.
  Enter  takes what stands in [ ]
  back   to the page before; nothing is lost
  quit   leaves, and says how to go on later
  ?      this help
${question}manual
`);
    expect(headings.slice(2)).toEqual(['Mode', 'Domain and token', 'Mode', 'Prerequisites']);
  });
});

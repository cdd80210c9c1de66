import { describe, expect, test } from 'vitest';
import { domain, tokenOf, tokenText } from '../../fakes/sample-answers.ts';
import { fastKeys, sampleGiven, WizardScene } from '../../fakes/wizard-scene.ts';
import { talk } from './session.ts';

const toTunnel = ['', '', ''];
const askDomain = 'What is the tunnel’s domain? ';
const askToken = 'What is the tunnel’s token? ';
const paste = 'Paste the token, then press Enter. It is not shown.\n';
const tokenWords = `${tokenText().length} characters, sha256 ${tokenOf().fingerprint}…`;
const tokenGood = `${tokenWords}\n✓ token of tunnel c0ffee00-1234-4abc-9def-0123456789ab\n`;
const exposure = `The terminal has shown it as it was typed. If others can see this screen or its scrollback, rotate
it (a tunnel’s token: in the Console).
`;

/** The questions of the page and what followed them. */
function asked(page: string): string {
  return page.slice(page.indexOf(askDomain));
}

describe('domain and token', () => {
  test('are asked for one after the other; the token is never shown', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open();
    const session = await talk(scene, wizard, [...toTunnel, domain, tokenText(), 'quit']);
    expect(session.page('Domain and token')).toBe(`Step 4 of 10: Domain and token

Which tunnel ends here?
1. Console (platform.claude.com) > Manage > MCP tunnels > New tunnel, or one that is there
2. On its page: Connection > Domain. Paste it below.
3. Connection > Token (eye icon). Paste it below: bare, quoted, wrapped, or the whole docker
   command.
The token lets cloudflared dial out for this tunnel. It is checked at once; nothing is written yet.

${askDomain}${domain}
${paste}${askToken}
${tokenGood}`);
    expect(session.headings.at(-1)).toBe('Certificates');
    expect(wizard.state.draft).toMatchObject({ domain });
    expect(wizard.state.draft.token?.reveal()).toBe(tokenText());
  });

  test('that were given are taken by Enter', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open(sampleGiven);
    const { page } = await talk(scene, wizard, [...toTunnel, '', '', 'quit']);
    expect(page('Domain and token')).toContain('Filled in from --domain.');
    expect(asked(page('Domain and token'))).toBe(
      `${askDomain}[${domain}]: \n${paste}${askToken}[${tokenWords}]: \n${tokenGood}`,
    );
  });

  test('of the simulated Console are taken by Enter', async () => {
    await using scene = await WizardScene.make();
    const source = 'the simulated Console';
    const given = {
      ...fastKeys,
      domain: { value: domain, source },
      token: { value: tokenText(), source },
    };
    const wizard = await scene.open(given, { rehearsal: true });
    const { page, headings } = await talk(scene, wizard, [...toTunnel, '', '', 'quit']);
    expect(page('Domain and token (rehearsal)')).toContain('Filled in by the simulated Console.');
    expect(headings.at(-1)).toBe('Certificates (rehearsal)');
  });

  test('the deployment’s own token is kept by Enter', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open(fastKeys, { hasToken: true });
    const { page, headings } = await talk(scene, wizard, [...toTunnel, domain, '', 'quit']);
    expect(asked(page('Domain and token'))).toBe(
      `${askDomain}${domain}
The deployment has a token already; leave empty to keep it.
${paste}${askToken}[the one that is here]: 
`,
    );
    expect(headings.at(-1)).toBe('Certificates');
    expect(wizard.state.draft.token).toBeUndefined();
  });

  test('that are wrong are explained and asked for again', async () => {
    await using scene = await WizardScene.make();
    const bad = ['', `https://${domain}/`, domain, '', 'hunter2', `${tokenText().slice(0, 60)}…`];
    const answers = [...toTunnel, ...bad, tokenText(), 'quit'];
    const { page, transcript } = await talk(scene, await scene.open(), answers);
    expect(asked(page('Domain and token'))).toBe(`${askDomain}
✗ The tunnel domain is empty. Expected one label and the suffix, such as
  abcd1234.tunnel.anthropic.com, as the Console shows it (Connection > Domain).
${askDomain}https://${domain}/
✗ The tunnel domain "https://${domain}/" has a scheme, has a path. Did you mean
  ${domain}?
${askDomain}${domain}
${paste}${askToken}
✗ The tunnel token is empty. Copy it in the Console: Manage > MCP tunnels > your tunnel > Connection
  > Token (eye icon), and paste the whole of it.
${askToken}
✗ This is not a tunnel token, or its beginning is missing: a tunnel token begins with eyJ. Copy it
  in the Console: Manage > MCP tunnels > your tunnel > Connection > Token (eye icon), and paste the
  whole of it.
${askToken}
✗ The token is shortened: an ellipsis stands where the rest of it should be. Copy it in the Console:
  Manage > MCP tunnels > your tunnel > Connection > Token (eye icon), and paste the whole of it.
${askToken}
${tokenGood}`);
    expect(transcript).not.toContain('hunter2');
  });

  test('given badly by a flag are explained first, and have no default', async () => {
    await using scene = await WizardScene.make();
    const given = {
      domain: { value: 'abcd1234.example.com', source: '--domain' },
      token: { value: 'sk-ant-api03-nothing-real', source: '--token-file' },
    };
    const { page } = await talk(scene, await scene.open(given), [...toTunnel, domain, 'quit']);
    const shown = page('Domain and token');
    expect(shown).toContain('✗ The tunnel domain "abcd1234.example.com" does not end in');
    expect(shown).toContain('✗ This is an Anthropic API key (sk-ant-api…), not a tunnel token.');
    expect(asked(shown)).toBe(`${askDomain}${domain}\n${paste}${askToken}\n`);
    expect(shown).not.toContain('nothing-real');
  });

  test('helps at each question', async () => {
    await using scene = await WizardScene.make();
    const answers = [...toTunnel, '?', domain, '?', 'quit'];
    const { page } = await talk(scene, await scene.open(), answers);
    const words = `  back  to the page before; nothing is lost
  quit  leaves, and says how to go on later
  ?     this help
`;
    expect(asked(page('Domain and token'))).toBe(`${askDomain}?
Console > Manage > MCP tunnels > your tunnel > Connection > Domain.
${words}${askDomain}${domain}
${paste}${askToken}
Console > Manage > MCP tunnels > your tunnel > Connection > Token (eye icon). Whatever you copy
there is understood.
${words}${askToken}
`);
  });

  test('back keeps what was typed', async () => {
    await using scene = await WizardScene.make();
    const answers = [...toTunnel, domain, tokenText(), 'back', '', 'back', '', 'quit'];
    const { headings, transcript } = await talk(scene, await scene.open(), answers);
    expect(headings.slice(3)).toEqual([
      ...['Domain and token', 'Certificates', 'Domain and token', 'Mode', 'Domain and token'],
    ]);
    expect(transcript.split(`${askDomain}[${domain}]: \n`)).toHaveLength(2);
    expect(transcript).toContain(`${askToken}[${tokenWords}]: \n`);
  });
});

describe('a token that was typed where it is shown', () => {
  test('in place of the domain is taken as the token, with advice', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open();
    const answers = [...toTunnel, `docker run … --token ${tokenText()}`, domain, '', 'quit'];
    const { printed, headings } = await talk(scene, wizard, answers);
    expect(printed).toContain(`That was the tunnel’s token: it is taken as such.\n${exposure}`);
    expect(printed).not.toContain(tokenText());
    expect(headings.at(-1)).toBe('Certificates');
    expect(wizard.state.draft.domain).toBe(domain);
  });

  test('in place of the domain, damaged, is not kept', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open();
    const { printed } = await talk(scene, wizard, [...toTunnel, tokenText().slice(0, 80), 'quit']);
    expect(printed).toContain(
      `✗ This begins like a token, but is no whole tunnel token. It was not kept.\n${exposure}`,
    );
    expect(JSON.stringify(wizard.state.draft)).not.toContain(tokenText().slice(0, 20));
  });

  test('anywhere else is no word, with advice', async () => {
    await using scene = await WizardScene.make();
    const { printed } = await talk(scene, await scene.open(), [tokenText(), 'quit']);
    expect(printed).toContain(`✗ That is none of the words here: rehearse, quit, ?.\n${exposure}`);
    expect(printed).not.toContain(tokenText());
  });
});

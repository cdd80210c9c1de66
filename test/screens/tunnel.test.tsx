import { cleanup, render } from 'ink-testing-library';
import { useState } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Tunnel } from '../../screens/tunnel.tsx';
import type { Shell, TunnelForm } from '../../screens/views.ts';
import { Secret } from '../../src/domain/secret.ts';
import { parseTunnelDomain } from '../../src/domain/tunnel-domain.ts';
import { parseTunnelToken } from '../../src/domain/tunnel-token.ts';
import { domain, tokenText } from '../fakes/sample-answers.ts';
import { frameOf, readable, shellOf, sizes } from './show-screen.ts';

afterEach(cleanup);

interface Typed {
  readonly domain?: string;
  readonly token?: string;
  readonly keepsToken?: boolean;
  readonly source?: string;
}

/** The form of what was typed, as the wizard makes it. */
function formOf({ domain: text = '', token = '', keepsToken = false, source }: Typed): TunnelForm {
  const readDomain = parseTunnelDomain(text.trim());
  const readToken = parseTunnelToken(token);
  const secret = new Secret(token);
  return {
    domain: text,
    domainProblem: readDomain.ok ? undefined : readDomain.problem,
    token: token === '' ? undefined : { length: secret.length, fingerprint: secret.fingerprint },
    tokenProblem: token === '' || readToken.ok ? undefined : readToken.problem,
    tunnelId: readToken.ok ? readToken.value.tunnelId : undefined,
    keepsToken,
    source,
  };
}

const draw = (typed: Typed) => (shell: Shell) => (
  <Tunnel
    shell={shell}
    form={formOf(typed)}
    onDomain={() => {}}
    onToken={() => {}}
    onContinue={() => {}}
    onBack={() => {}}
  />
);

const cutOff = tokenText().slice(0, 120);
const withScheme = `https://${domain}:443/mcp`;

describe('frames', () => {
  test.each(sizes)('at %i×%i they fit, whatever is wrong', (columns, rows) => {
    for (const typed of [
      {},
      { domain, token: tokenText() },
      { domain: withScheme, token: cutOff },
      { domain, keepsToken: true },
      { domain: '長い'.repeat(200), token: 'x' },
      { domain, token: tokenText(), source: 'the simulated Console' },
    ]) {
      frameOf(draw(typed), shellOf('tunnel', columns, rows, 'source' in typed));
    }
  });

  describe.each([
    [60, 20],
    [80, 24],
    [120, 30],
  ])('at %i×%i', (columns, rows) => {
    const shell = shellOf('tunnel', columns, rows);

    test('empty: where to click, what is accepted, what Enter does', () => {
      const frame = frameOf(draw({}), shell);
      const text = readable(frame);
      expect(text).toContain(
        '1. Console (platform.claude.com) > Manage > MCP tunnels > New tunnel, or one that is there',
      );
      expect(text).toContain('2. On its page: Connection > Domain. Paste it below.');
      expect(text).toContain(
        '3. Connection > Token (eye icon). Paste it below: bare, quoted, wrapped, or the whole docker command.',
      );
      expect(text).toContain('nothing is written yet.');
      expect(text).toContain('▸ Domain abcd1234.tunnel.anthropic.com');
      expect(text).toContain('Token paste it here; it is not shown');
      expect(text).not.toContain('✗');
      expect(frame.lines.at(-1)).toContain('Enter to the token   Tab other field   Esc back');
    });

    test('complete: the tunnel by name, the token masked', () => {
      const frame = frameOf(draw({ domain, token: tokenText() }), shell);
      const { length, fingerprint } = new Secret(tokenText());
      expect(frame.text).toContain(`•••••••• ${length} characters · sha256 ${fingerprint}`);
      expect(frame.text).toContain('✓ token of tunnel c0ffee00-1234-4abc-9def-0123456789ab');
      expect(frame.text).toContain('✓ a tunnel’s domain');
      expect(frame.text).not.toContain('eyJ');
      expect(frame.lines.at(-1)).toContain('Enter go on');
    });

    test('wrong: the advice first, and what is wrong with each', () => {
      const text = readable(frameOf(draw({ domain: withScheme, token: cutOff }), shell));
      expect(text).toContain(`✗ Did you mean ${domain}?`);
      expect(text).toContain('✗ The token is cut off: it begins like a tunnel token, but its end');
    });

    test('a deployment with a token needs none', () => {
      const frame = frameOf(draw({ domain, keepsToken: true }), shell);
      expect(readable(frame)).toContain(
        'The deployment has a token already; leave empty to keep it.',
      );
      expect(frame.lines.at(-1)).toContain('Enter go on');
    });
  });

  test('at 60×15 the problems of both fields are still in sight', () => {
    const { text } = frameOf(
      draw({ domain: withScheme, token: cutOff }),
      shellOf('tunnel', 60, 15),
    );
    expect(text).toContain(`✗ Did you mean ${domain}?`);
    expect(text).toContain('✗ The token is cut off');
  });

  test('in a rehearsal the simulated Console gave both', () => {
    const frame = frameOf(
      draw({ domain, token: tokenText(), source: 'the simulated Console' }),
      shellOf('tunnel', 80, 24, true),
    );
    expect(readable(frame)).toContain(
      'Filled in by the simulated Console. Paste others over them to practise.',
    );
    expect(frame.text).not.toContain('more lines');
  });

  test('an answer from elsewhere says from where', () => {
    const frame = frameOf(
      draw({ domain, token: tokenText(), source: '--domain' }),
      shellOf('tunnel', 120, 30),
    );
    expect(readable(frame)).toContain(
      'Filled in from --domain. Paste over what is to be different.',
    );
  });
});

function Kept({
  start,
  spies,
}: {
  readonly start: Typed;
  readonly spies: Record<'onDomain' | 'onToken' | 'onContinue' | 'onBack', (text?: string) => void>;
}) {
  const [typed, setTyped] = useState(start);
  return (
    <Tunnel
      shell={shellOf('tunnel', 100, 30)}
      form={formOf(typed)}
      onDomain={(text) => {
        setTyped((before) => ({ ...before, domain: text }));
        spies.onDomain(text);
      }}
      onToken={(text) => {
        setTyped((before) => ({ ...before, token: text }));
        spies.onToken(text);
      }}
      onContinue={spies.onContinue}
      onBack={spies.onBack}
    />
  );
}

function screen(start: Typed = {}) {
  const spies = { onDomain: vi.fn(), onToken: vi.fn(), onContinue: vi.fn(), onBack: vi.fn() };
  const { stdin, lastFrame, frames } = render(<Kept start={start} spies={spies} />);
  const text = () => readable({ lines: lastFrame()?.split('\n') ?? [] });
  return {
    ...spies,
    frames,
    text,
    type: (keys: string) => stdin.write(keys),
    paste: (pasted: string) => stdin.write(`\x1b[200~${pasted}\x1b[201~`),
    toShow: (words: string) => vi.waitFor(() => expect(text()).toContain(words)),
    toHide: (words: string) => vi.waitFor(() => expect(text()).not.toContain(words)),
  };
}

describe('keys', () => {
  test('paste the domain, Enter, paste the token, Enter', async () => {
    const { paste, type, toShow, onContinue, frames } = screen();
    await toShow('▸ Domain');
    paste(`${domain}\n`);
    await toShow('✓ a tunnel’s domain');
    type('\r');
    await toShow('▸ Token');
    paste(`docker run cloudflare/cloudflared:latest tunnel run --token ${tokenText()}`);
    await toShow('✓ token of tunnel c0ffee00-1234-4abc-9def-0123456789ab');
    expect(onContinue).not.toHaveBeenCalled();
    type('\r');
    await vi.waitFor(() => expect(onContinue).toHaveBeenCalledTimes(1));
    expect(frames.join('\n')).not.toContain('eyJ');
  });

  test('with everything there Enter goes on from the first field', async () => {
    const { type, toShow, onContinue } = screen({ domain, token: tokenText() });
    await toShow('▸ Domain');
    type('\r');
    await vi.waitFor(() => expect(onContinue).toHaveBeenCalledTimes(1));
  });

  test('a deployment with a token goes on without one', async () => {
    const { type, toShow, onContinue } = screen({ domain, keepsToken: true });
    await toShow('▸ Domain');
    type('\r');
    await vi.waitFor(() => expect(onContinue).toHaveBeenCalledTimes(1));
  });

  test('coming back with only the domain, the token has the keys', async () => {
    const { toShow } = screen({ domain });
    await toShow('▸ Token');
  });

  test.each([
    ['Tab', '\t', '\t'],
    ['Shift-Tab', '\x1b[Z', '\x1b[Z'],
    ['arrows', '\x1b[B', '\x1b[A'],
  ])('%s move between the fields', async (_, there, back) => {
    const { type, toShow } = screen();
    await toShow('▸ Domain');
    type(there);
    await toShow('▸ Token');
    type(back);
    await toShow('▸ Domain');
  });

  test('Esc goes back, also from the token', async () => {
    const { type, toShow, onBack } = screen();
    type('\t');
    await toShow('▸ Token');
    type('\x1b');
    await vi.waitFor(() => expect(onBack).toHaveBeenCalledTimes(1));
  });
});

describe('problems', () => {
  test('are not told while the first letters are typed, but when the field is left', async () => {
    const { type, toShow, text } = screen();
    type('a');
    type('b');
    await toShow('▸ Domain ab');
    expect(text()).not.toContain('✗');
    type('\t');
    await toShow('✗ The tunnel domain "ab" does not end in .tunnel.anthropic.com.');
  });

  test('Enter on an empty domain says so and stays', async () => {
    const { type, toShow, text, onContinue } = screen();
    type('\r');
    await toShow('✗ The domain is missing.');
    expect(text()).toContain('▸ Domain');
    expect(onContinue).not.toHaveBeenCalled();
  });

  test('Enter on the token with all missing shows both and goes to the first', async () => {
    const { type, toShow, onContinue } = screen();
    type('\t');
    await toShow('▸ Token');
    type('\r');
    await toShow('▸ Domain');
    await toShow('✗ The domain is missing.');
    await toShow('✗ The token is missing.');
    expect(onContinue).not.toHaveBeenCalled();
  });

  test('Enter on a bad token stays there', async () => {
    const { type, paste, toShow, onContinue } = screen({ domain });
    await toShow('▸ Token');
    paste(cutOff);
    await toShow('✗ The token is cut off');
    type('\r');
    await toShow('▸ Token');
    expect(onContinue).not.toHaveBeenCalled();
  });

  test('a wrong kind of secret is named', async () => {
    const { paste, toShow, frames } = screen({ domain });
    await toShow('▸ Token');
    paste('sk-ant-api03-abcdefghijklmnop');
    await toShow('✗ This is an Anthropic API key (sk-ant-api…), not a tunnel token.');
    expect(frames.join('\n')).not.toContain('abcdefghijklmnop');
  });
});

describe('pastes into the wrong field', () => {
  test('a token in the domain’s field goes to the token’s', async () => {
    const { paste, type, toShow, toHide, text, onDomain, onToken, frames } = screen();
    paste(`export TUNNEL_TOKEN="${tokenText()}"\n`);
    await toShow('! That was the token: it went into the token field.');
    expect(onToken.mock.calls).toEqual([[`export TUNNEL_TOKEN="${tokenText()}"\n`]]);
    expect(onDomain).not.toHaveBeenCalled();
    expect(text()).toContain('✓ token of tunnel c0ffee00-1234-4abc-9def-0123456789ab');
    expect(text()).toContain('▸ Domain');
    type('a');
    await toHide('That was the token');
    expect(frames.join('\n')).not.toContain('eyJ');
  });

  test('a token that arrives without paste marks, too', async () => {
    const { type, toShow, frames } = screen();
    type(tokenText());
    await toShow('! That was the token: it went into the token field.');
    expect(frames.join('\n')).not.toContain('eyJ');
  });

  test.each([
    [
      'an API key',
      'sk-ant-api03-abcdefghijklmnop',
      'This is an Anthropic API key (sk-ant-api…), not a domain. It was not kept.',
    ],
    [
      'a part of a token',
      cutOff,
      'This begins like a token, but is no whole tunnel token. It was not kept.',
    ],
    [
      'a token without its beginning',
      tokenText().slice(3),
      'This word is too long for a domain and may be part of a secret. It was not kept.',
    ],
    [
      'a private key',
      `-----BEGIN ${'PRIVATE KEY'}-----\nabcdefghijklmnop\n`,
      'This is a private key in PEM form, not a domain. It was not kept.',
    ],
  ])('%s is not kept', async (_, secret, words) => {
    const { paste, toShow, onDomain, onToken, frames } = screen();
    paste(secret);
    await toShow(`✗ ${words}`);
    expect(onDomain).not.toHaveBeenCalled();
    expect(onToken).not.toHaveBeenCalled();
    expect(frames.join('\n')).not.toContain(secret.trim().slice(-12));
  });

  test('a key typed by hand into the domain is taken out', async () => {
    const { type, toShow, onDomain } = screen();
    for (const letter of 'sk-ant-') type(letter);
    await toShow('✗ This is an Anthropic key (sk-ant-…), not a domain. It was not kept.');
    expect(onDomain).toHaveBeenCalledWith('');
  });

  test('a domain in the token’s field goes to the empty domain', async () => {
    const { type, paste, toShow, text, onToken } = screen();
    type('\t');
    await toShow('▸ Token');
    paste(` ${domain}\n`);
    await toShow('! That was the domain: it went into the domain field.');
    expect(text()).toContain(`Domain ${domain} ✓ a tunnel’s domain`);
    expect(onToken).not.toHaveBeenCalled();
    paste(tokenText());
    await toShow('✓ token of tunnel');
  });

  test('with a domain there it is named as what it is', async () => {
    const { paste, toShow } = screen({ domain: 'efgh5678.tunnel.anthropic.com' });
    await toShow('▸ Token');
    paste(domain);
    await toShow('✗ This is a tunnel domain, not a tunnel token.');
  });

  test('a domain pasted over another takes its place', async () => {
    const { type, paste, toShow, text } = screen({ domain, token: tokenText() });
    type('\x1b[H');
    paste('efgh5678.tunnel.anthropic.com\n');
    await toShow('efgh5678.tunnel.anthropic.com');
    expect(text()).not.toContain('abcd1234');
  });

  test('a domain that arrives in two pieces without paste marks is kept whole', async () => {
    const { type, toShow, onDomain } = screen();
    type('e');
    await toShow('▸ Domain e');
    type('fgh5678.tunnel.anthropic.com');
    await toShow('efgh5678.tunnel.anthropic.com');
    expect(onDomain).toHaveBeenLastCalledWith('efgh5678.tunnel.anthropic.com');
  });
});

describe('a megabyte', () => {
  test('of anything is named, in either field', async () => {
    const { type, paste, toShow } = screen();
    const begun = performance.now();
    paste('x'.repeat(1_000_000));
    await toShow('✗ This word is too long for a domain');
    paste('two words '.repeat(100_000));
    await toShow('✗ The text is 4096 characters long, too long for a domain.');
    type('\t');
    await toShow('▸ Token');
    paste('x'.repeat(1_000_000));
    await toShow('✗ The paste is 1000000 characters long');
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

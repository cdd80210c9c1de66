import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { RegisterCa, type RegisterCaProps } from '../../screens/register-ca.tsx';
import { registerCaText } from '../../screens/texts/register-ca-text.ts';
import type { CaView, Shell } from '../../screens/views.ts';
import { frameOf, readable, shellOf, sizes } from './show-screen.ts';

afterEach(cleanup);

const body = Array.from({ length: 17 }, (_, row) => `${row}`.padEnd(64, 'abcd'));
const pem = `-----BEGIN CERTIFICATE-----\n${body.join('\n')}\nAQAB\n-----END CERTIFICATE-----\n`;
const made: CaView = {
  status: 'made',
  pem,
  fingerprint: 'ab12cd34'.repeat(8),
  path: '/srv/mcp-tunnel/data/ca.crt',
  registered: false,
  daysLeft: 3649,
};
const failed: CaView = {
  status: 'failed',
  failure: {
    code: 'disk-full',
    summary: 'No space left to write /srv/mcp-tunnel/data/ca.crt.',
    found: 'ENOSPC',
    nextSteps: ['df -h; df -i'],
  },
};
const halfFingerprint = 'AB:12:CD:34:AB:12:CD:34:AB:12:CD:34:AB:12:CD:34';

const draw =
  (props: Partial<RegisterCaProps> = {}) =>
  (shell: Shell) => (
    <RegisterCa
      shell={shell}
      ca={made}
      domain="abcd1234.tunnel.anthropic.com"
      hostname="vm1.corp"
      copied={false}
      onCopy={() => {}}
      onConfirm={() => {}}
      onLater={() => {}}
      onBack={() => {}}
      onRetry={() => {}}
      {...props}
    />
  );

describe('frames', () => {
  test.each(sizes)('at %i×%i they fit', (columns, rows) => {
    const deep = { ...made, path: `/srv/${'deep/'.repeat(40)}data/ca.crt` };
    const views: readonly CaView[] = [
      made,
      { ...made, registered: true },
      deep,
      failed,
      { status: 'making' },
      { status: 'none' },
    ];
    for (const ca of views) {
      for (const copied of [false, true]) {
        frameOf(draw({ ca, copied }), shellOf('register-ca', columns, rows, copied));
      }
    }
  });

  describe.each([
    [60, 20],
    [80, 24],
    [120, 30],
  ])('at %i×%i', (columns, rows) => {
    const shell = shellOf('register-ca', columns, rows);

    test('the way into the Console, the fingerprint, and what the keys decide', () => {
      const frame = frameOf(draw(), shell);
      const text = readable(frame);
      expect(text).toContain('Claude trusts mcp-proxy once the Console knows its CA.');
      expect(text).toContain('1. Fetch it: c copies it; or, on your own machine:');
      expect(text.replace(' \\', '')).toContain(
        'scp vm1.corp:/srv/mcp-tunnel/data/ca.crt mcp-tunnel-ca.crt',
      );
      expect(text).toContain(
        '2. Console > Manage > MCP tunnels > abcd1234.tunnel.anthropic.com > Certificates > Add certificate: that file (.pem, .crt, .cer)',
      );
      expect(text).toContain('3. Compare the fingerprint that the Console shows:');
      expect(text).toContain(`${halfFingerprint} ${halfFingerprint}`);
      expect(text).toContain('4. The status turns from Needs certificate to Active.');
      expect(text).toContain('Enter: I have registered it; the fingerprints match.');
      expect(text).toContain('s: later; calls from Claude fail until then.');
      expect(frame.lines.at(-1)).toContain('Enter it is registered   c copy PEM   s later');
    });

    test('after the copy it says what to do with it', () => {
      const { text } = frameOf(draw({ copied: true }), shell);
      expect(text).toContain('✓ Sent to your clipboard: save it as mcp-tunnel-ca.crt.');
    });

    test('in a rehearsal the simulated Console registers it', () => {
      const { text, lines } = frameOf(draw(), { ...shell, rehearsal: true });
      expect(text).toContain('Enter: the simulated Console registers it.');
      expect(lines.at(-1)).toContain('Enter register it');
    });

    test('while it is made there is nothing to confirm', () => {
      const { text, lines } = frameOf(draw({ ca: { status: 'making' } }), shell);
      expect(text).toContain('The CA is being made …');
      expect(lines.at(-1)?.trim()).toBe('Esc back');
    });

    test('a failure says what was found and what to do', () => {
      const frame = frameOf(draw({ ca: failed }), shell);
      const text = readable(frame);
      expect(text).toContain('✗ No space left to write /srv/mcp-tunnel/data/ca.crt. [disk-full]');
      expect(text).toContain('found ENOSPC');
      expect(text).toContain('df -h; df -i');
      expect(frame.lines.at(-1)).toContain('r try again   Esc back');
    });

    test('once registered it says so', () => {
      const frame = frameOf(draw({ ca: { ...made, registered: true } }), shell);
      expect(frame.text).toContain('The CA is registered');
      expect(frame.text).toContain('✓ You said that the Console knows it.');
      expect(frame.text).not.toContain('later');
      expect(frame.lines.at(-1)).toContain('Enter go on   c copy PEM   Esc back');
    });
  });

  test('in 15 rows the decision is still in sight', () => {
    const { text } = frameOf(draw({ copied: true }), shellOf('register-ca', 60, 15));
    expect(text).toContain('Enter: I have registered it; the fingerprints match.');
    expect(text).toContain('s: later; calls from Claude fail until then.');
  });

  test('in 50 rows the whole certificate is there, as it is', () => {
    const { text } = frameOf(draw(), shellOf('register-ca', 200, 50));
    for (const line of pem.trim().split('\n')) expect(text).toContain(line);
    expect(readable({ lines: text.split('\n') })).toContain(
      'c hands it to the clipboard of your terminal (OSC 52): works in most terminals, also over ssh; inside tmux only with set-clipboard on.',
    );
    expect(text).toContain('The file: /srv/mcp-tunnel/data/ca.crt');
  });
});

describe('what is copied by hand', () => {
  const copies = (ca: CaView, columns?: number) =>
    registerCaText({
      ca,
      domain: 'abcd1234.tunnel.anthropic.com',
      hostname: 'vm1.corp',
      rehearsal: false,
      ...(columns === undefined ? {} : { columns }),
    }).flatMap((block) => (block.kind === 'copy' ? [block.text] : []));

  test('where it does not fit, the certificate has even lines with the same content', () => {
    const narrow = copies(made, 56).at(-1)?.split('\n') ?? [];
    expect(Math.max(...narrow.map((line) => line.length))).toBe(48);
    expect(narrow.slice(1, -1).join('')).toBe(`${body.join('')}AQAB`);
    expect([narrow[0], narrow.at(-1)]).toEqual([
      '-----BEGIN CERTIFICATE-----',
      '-----END CERTIFICATE-----',
    ]);
    expect(copies(made).at(-1)).toBe(pem.trim());
  });

  test('the scp line breaks where a shell goes on', () => {
    expect(copies(made, 56)[0]).toBe(
      'scp vm1.corp:/srv/mcp-tunnel/data/ca.crt \\\n  mcp-tunnel-ca.crt',
    );
    expect(copies(made, 58)[0]).toBe('scp vm1.corp:/srv/mcp-tunnel/data/ca.crt mcp-tunnel-ca.crt');
  });

  test('a path with spaces is quoted', () => {
    const ca = { ...made, path: '/srv/my tunnel/data/ca.crt' };
    expect(copies(ca)[0]).toBe("scp 'vm1.corp:/srv/my tunnel/data/ca.crt' mcp-tunnel-ca.crt");
  });
});

describe('keys', () => {
  function screen(ca: CaView) {
    const spies = {
      onCopy: vi.fn(),
      onConfirm: vi.fn(),
      onLater: vi.fn(),
      onBack: vi.fn(),
      onRetry: vi.fn(),
    };
    const { stdin, lastFrame } = render(draw({ ca, ...spies })(shellOf('register-ca', 100, 30)));
    return {
      ...spies,
      type: (keys: string) => stdin.write(keys),
      frame: () => lastFrame() ?? '',
    };
  }

  test.each([
    ['Enter', '\r', 'onConfirm'],
    ['c', 'c', 'onCopy'],
    ['s', 's', 'onLater'],
    ['Esc', '\x1b', 'onBack'],
  ] as const)('%s', async (_, key, spy) => {
    const shown = screen(made);
    shown.type(key);
    await vi.waitFor(() => expect(shown[spy]).toHaveBeenCalledTimes(1));
    for (const other of ['onConfirm', 'onCopy', 'onLater', 'onBack', 'onRetry'] as const) {
      if (other !== spy) expect(shown[other]).not.toHaveBeenCalled();
    }
  });

  test('while it is made only Esc does something', async () => {
    const shown = screen({ status: 'making' });
    for (const key of ['\r', 'c', 's', 'r']) shown.type(key);
    shown.type('\x1b');
    await vi.waitFor(() => expect(shown.onBack).toHaveBeenCalledTimes(1));
    for (const spy of ['onConfirm', 'onCopy', 'onLater', 'onRetry'] as const)
      expect(shown[spy]).not.toHaveBeenCalled();
  });

  test('after a failure r tries again, and Enter does nothing', async () => {
    const shown = screen(failed);
    shown.type('\r');
    shown.type('r');
    await vi.waitFor(() => expect(shown.onRetry).toHaveBeenCalledTimes(1));
    expect(shown.onConfirm).not.toHaveBeenCalled();
  });

  test('once registered Enter goes on, and later is no question', async () => {
    const shown = screen({ ...made, registered: true });
    shown.type('s');
    shown.type('\r');
    await vi.waitFor(() => expect(shown.onConfirm).toHaveBeenCalledTimes(1));
    expect(shown.onLater).not.toHaveBeenCalled();
  });

  test('the text scrolls to the end of the certificate', async () => {
    const shown = screen(made);
    expect(shown.frame()).not.toContain('-----END CERTIFICATE-----');
    shown.type('\x1b[F');
    await vi.waitFor(() => expect(shown.frame()).toContain('-----END CERTIFICATE-----'));
    expect(shown.frame()).toContain('Enter: I have registered it; the fingerprints match.');
  });
});

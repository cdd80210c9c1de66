import { cleanup, render } from 'ink-testing-library';
import { useState } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Certificates } from '../../screens/certificates.tsx';
import { daysText } from '../../screens/texts/certificates-text.ts';
import type { CertificateForm, Shell } from '../../screens/views.ts';
import { keyTypes } from '../../src/domain/certificate.ts';
import { frameOf, readable, shellOf, sizes } from './show-screen.ts';

afterEach(cleanup);

const defaults: CertificateForm = {
  keyType: 'rsa-2048',
  days: '90',
  caDays: '3650',
  problems: {},
  existingCa: undefined,
  caFrom: undefined,
};
const existingCa = { fingerprint: 'ab12cd34'.repeat(8), daysLeft: 3412 };
const daysProblem = 'Expected a whole number from 1 to 3650.';
const domain = 'abcd1234.tunnel.anthropic.com';
const dir = '/srv/mcp-tunnel';

const draw = (form: Partial<CertificateForm>) => (shell: Shell) => (
  <Certificates
    shell={shell}
    form={{ ...defaults, ...form }}
    dir={dir}
    domain={domain}
    onChange={() => {}}
    onContinue={() => {}}
    onBack={() => {}}
  />
);

describe('frames', () => {
  test.each(sizes)('at %i×%i they fit', (columns, rows) => {
    for (const form of [
      {},
      { existingCa },
      { caFrom: `/somewhere/${'deep/'.repeat(40)}ca.key` },
      { days: '', caDays: '0', problems: { days: daysProblem, caDays: daysProblem } },
    ]) {
      frameOf(draw(form), shellOf('certificates', columns, rows));
    }
  });

  describe.each([
    [60, 20],
    [80, 24],
    [120, 30],
  ])('at %i×%i', (columns, rows) => {
    const shell = shellOf('certificates', columns, rows);

    test('new: what is made, why, and exactly what Enter writes', () => {
      const frame = frameOf(draw({}), shell);
      const text = readable(frame);
      expect(text).toContain('Two certificates are made here');
      expect(text).toContain(
        'Claude and mcp-proxy speak TLS inside the tunnel: nobody on the way reads along.',
      );
      expect(text).toContain(
        'CA RSA-2048, 3650 days (10 years). Signs the other. You register it in the Console next; its key stays here, and no container can read it.',
      );
      expect(text).toContain(
        `Server RSA-2048, 90 days. mcp-proxy shows it to Claude, for *.${domain}.`,
      );
      expect(frame.text).toContain('Enter writes now, in /srv/mcp-tunnel:');
      expect(frame.text).toContain('data/ca.key  0600  the CA’s private key');
      expect(frame.text).toContain('data/ca.crt  0644  the CA’s certificate, public');
      expect(text).toContain('The server certificate follows after the review.');
      expect(frame.lines.at(-1)).toContain('Enter make the CA   e settings   Esc back');
    });

    test('an existing CA is kept', () => {
      const frame = frameOf(draw({ existingCa }), shell);
      const text = readable(frame);
      expect(text).toContain('A certificate is made here');
      expect(text).toContain(
        'The CA that is here is kept: sha256 ab12cd34ab12…, 3412 days left. An installation never replaces it: a new one would have to be registered again.',
      );
      expect(text).toContain('Enter goes on; no CA is made.');
      expect(text).not.toContain('data/ca.key');
      expect(frame.lines.at(-1)).toContain('Enter go on   e settings   Esc back');
    });
  });

  test('at 60×15 what Enter writes is still in sight', () => {
    const { text } = frameOf(draw({}), shellOf('certificates', 60, 15));
    expect(text).toContain('Enter writes now, in /srv/mcp-tunnel:');
    expect(text).toContain('data/ca.key  0600  the CA’s private key');
  });

  test('a CA that was named is used, not replaced', () => {
    const text = readable(
      frameOf(draw({ caFrom: '/root/ca/ca.key' }), shellOf('certificates', 120, 30)),
    );
    expect(text).toContain('The one you named is used: /root/ca/ca.key.');
    expect(text).toContain('its key 0600 where you named it, if not there');
  });

  test('a setting that does not fit is told before it is opened', () => {
    const text = readable(
      frameOf(
        draw({ days: 'x', problems: { days: daysProblem } }),
        shellOf('certificates', 80, 24),
      ),
    );
    expect(text).toContain(`✗ Days of the server certificate: ${daysProblem}`);
  });
});

test.each([
  ['90', '90 days'],
  ['1', '1 day'],
  ['3650', '3650 days (10 years)'],
  ['10950', '10950 days (30 years)'],
  ['700', '700 days'],
  ['', 'no days given'],
  ['soon', 'soon'],
])('%j is shown as %j', (days, shown) => {
  expect(daysText(days)).toBe(shown);
});

function problemsOf(form: CertificateForm): Record<string, string> {
  const bad = (days: string) => !/^[1-9]\d{0,3}$/.test(days);
  return {
    ...(bad(form.days) ? { days: daysProblem } : {}),
    ...(bad(form.caDays) ? { caDays: daysProblem } : {}),
  };
}

function Kept({
  start,
  rows,
  spies,
}: {
  readonly start: Partial<CertificateForm>;
  readonly rows: number;
  readonly spies: Record<'onChange' | 'onContinue' | 'onBack', (...values: string[]) => void>;
}) {
  const [form, setForm] = useState({ ...defaults, ...start });
  return (
    <Certificates
      shell={shellOf('certificates', 100, rows)}
      form={{ ...form, problems: problemsOf(form) }}
      dir={dir}
      domain={domain}
      onChange={(field, value) => {
        setForm((before) => ({ ...before, [field]: value }));
        spies.onChange(field, value);
      }}
      onContinue={spies.onContinue}
      onBack={spies.onBack}
    />
  );
}

function screen(start: Partial<CertificateForm> = {}, rows = 30) {
  const spies = { onChange: vi.fn(), onContinue: vi.fn(), onBack: vi.fn() };
  const { stdin, lastFrame } = render(<Kept start={start} rows={rows} spies={spies} />);
  const text = () => readable({ lines: lastFrame()?.split('\n') ?? [] });
  return {
    ...spies,
    text,
    type: (keys: string) => stdin.write(keys),
    toShow: (words: string) => vi.waitFor(() => expect(text()).toContain(words)),
  };
}

describe('keys', () => {
  test('Enter accepts the defaults', async () => {
    const { type, toShow, onContinue } = screen();
    await toShow('Enter make the CA');
    type('\r');
    await vi.waitFor(() => expect(onContinue).toHaveBeenCalledTimes(1));
  });

  test('e opens the settings; Enter goes through them and closes after the last', async () => {
    const { type, toShow, text, onChange, onContinue } = screen();
    type('e');
    await toShow('▸ Kind of key ▸ RSA-2048');
    expect(text()).toContain('Days of the server certificate 90 days');
    expect(text()).toContain('Days of the CA 3650 days (10 years)');
    type('\x1b[A');
    await toShow('▸ ECDSA P-256');
    type('\r');
    await toShow('▸ Days of the server certificate');
    expect(text()).toContain('Kind of key ECDSA P-256');
    type('\x15');
    type('30');
    await toShow('30 90 as in the guide. It never outlives the CA.');
    type('\r');
    await toShow('▸ Days of the CA');
    await toShow('Enter done');
    type('\r');
    await toShow('CA ECDSA P-256, 3650 days (10 years).');
    await toShow('Server ECDSA P-256, 30 days.');
    expect(onChange).toHaveBeenCalledWith('keyType', 'p-256');
    expect(onChange).toHaveBeenLastCalledWith('days', '30');
    expect(onContinue).not.toHaveBeenCalled();
  });

  test('every kind of key that there is can be chosen', async () => {
    const { type, toShow, onChange } = screen();
    for (const [index, keyType] of keyTypes.entries()) {
      type('e');
      await toShow('▸ Kind of key');
      type(String(index + 1));
      await vi.waitFor(() => expect(onChange).toHaveBeenLastCalledWith('keyType', keyType));
      await toShow('▸ Days of the server certificate');
      type('\x1b');
      await toShow('Enter make the CA');
    }
  });

  test('letters belong to the open field', async () => {
    const { type, toShow, onChange } = screen();
    type('e');
    await toShow('▸ Kind of key');
    type('\t');
    await toShow('▸ Days of the server certificate');
    type('e');
    await toShow('90e');
    expect(onChange.mock.lastCall).toEqual(['days', '90e']);
  });

  test('Esc closes the settings first, then goes back', async () => {
    const { type, toShow, onBack } = screen();
    type('e');
    await toShow('Esc close');
    type('\x1b');
    await toShow('Esc back');
    expect(onBack).not.toHaveBeenCalled();
    type('\x1b');
    await vi.waitFor(() => expect(onBack).toHaveBeenCalledTimes(1));
  });

  test('Tab and arrows move between the settings', async () => {
    const { type, toShow } = screen();
    type('e');
    await toShow('▸ Kind of key');
    type('\x1b[Z');
    await toShow('▸ Days of the CA');
    type('\x1b[A');
    await toShow('▸ Days of the server certificate');
    type('\x1b[B');
    await toShow('▸ Days of the CA');
    type('\t');
    await toShow('▸ Kind of key');
  });

  test('a bad number stays, and is told on Enter', async () => {
    const { type, toShow, text } = screen();
    type('e');
    await toShow('▸ Kind of key');
    type('\t');
    await toShow('▸ Days of the server certificate');
    type('\x15');
    await toShow('90 as in the guide.');
    expect(text()).not.toContain('✗');
    type('\r');
    await toShow(`✗ ${daysProblem}`);
    expect(text()).toContain('▸ Days of the server certificate');
  });

  test('with a bad setting Enter opens it instead of going on', async () => {
    const { type, toShow, onContinue } = screen({ caDays: '0' });
    await toShow(`✗ Days of the CA: ${daysProblem}`);
    type('\r');
    await toShow('▸ Days of the CA');
    await toShow(`✗ ${daysProblem}`);
    expect(onContinue).not.toHaveBeenCalled();
  });

  test('with an existing CA the settings are those of the server certificate', async () => {
    const { type, toShow, text } = screen({ existingCa });
    type('e');
    await toShow('Settings of the server certificate');
    expect(text()).not.toContain('Days of the CA');
    type('\r');
    await toShow('▸ Days of the server certificate');
    type('\r');
    await toShow('Enter goes on; no CA is made.');
  });

  test('in 15 rows every setting is in sight', async () => {
    const { type, toShow, text } = screen({}, 15);
    type('e');
    await toShow('▸ Kind of key');
    expect(text()).toContain('ECDSA P-256');
    expect(text()).toContain('Days of the CA 3650 days (10 years)');
  });
});

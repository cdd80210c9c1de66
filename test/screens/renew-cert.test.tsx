import { cleanup, render } from 'ink-testing-library';
import { useState } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { CertificateView, RenewalForm } from '../../screens/operation-views.ts';
import { RenewCert, type RenewCertProps } from '../../screens/renew-cert.tsx';
import type { Shell } from '../../screens/views.ts';
import { flat } from './run-scene.ts';
import { frameOf, shellOf, sizes } from './show-screen.ts';

afterEach(cleanup);

const server: CertificateView = {
  fingerprint: 'ab12cd34ef56'.padEnd(64, '0'),
  notAfter: '2026-12-06T12:00:00Z',
  daysLeft: 12,
  keyKind: 'RSA-2048',
};
const ca: CertificateView = { ...server, notAfter: '2036-11-21T12:00:00Z', daysLeft: 3640 };
const archived = { ...server, name: '2026-10-01T08-00-00-000Z', fingerprint: 'feed'.repeat(16) };

const good: RenewalForm = {
  found: { server, ca, archived: undefined },
  days: '90',
  key: 'keep',
  caKeyFile: '',
  caKey: { kind: 'opens' },
  passphrase: undefined,
  problems: {},
};
const forms = {
  reading: { ...good, found: undefined, caKey: { kind: 'looking' } },
  good,
  archive: { ...good, found: { server, ca, archived } },
  nothing: { ...good, found: { server: undefined, ca: undefined, archived: undefined } },
  encrypted: {
    ...good,
    caKeyFile: `/mnt/${'deep/'.repeat(40)}ca.key`,
    caKey: { kind: 'encrypted' },
    problems: { passphrase: 'The CA’s key is encrypted: its passphrase is needed.' },
  },
  wrong: {
    ...good,
    days: '0',
    caKey: { kind: 'refused', why: 'The CA’s key is not the key of its certificate.' },
    problems: {
      days: 'Expected a whole number from 1 to 3650. '.repeat(3),
      caKeyFile: 'The CA’s key is not the key of its certificate.',
    },
  },
  long: { ...good, days: '3650', key: 'rsa-4096', passphrase: { length: 24 } },
} as const satisfies Readonly<Record<string, RenewalForm>>;

const idle = {
  onChange: () => {},
  onPassphrase: () => {},
  onContinue: () => {},
  onRestore: () => {},
  onBack: () => {},
};

function shellAt(columns: number, rows: number): Shell {
  return { ...shellOf('renew-cert', columns, rows), way: 'renew-cert' };
}

function frame(form: RenewalForm, columns: number, rows: number) {
  return frameOf((shell) => <RenewCert {...{ shell, form, ...idle }} />, shellAt(columns, rows));
}

/** What a person reads beside the steps. */
function read(form: RenewalForm, columns: number, rows: number): string {
  const { lines } = frame(form, columns, rows);
  return flat(columns < 78 ? lines : lines.map((line) => line.slice(22)));
}

describe.each(sizes)('at %i×%i', (columns, rows) => {
  test.each(Object.entries(forms))('%s: fits, with what Enter does', (_name, form) => {
    const { text, lines } = frame(form, columns, rows);
    expect(text).toContain('Enter shows the plan; nothing is written yet.');
    expect(lines.at(-1)).toContain('Enter show the plan   e settings   Esc back');
  });
});

describe.each([
  [60, 20],
  [80, 24],
  [120, 30],
])('at %i×%i a person reads', (columns, rows) => {
  test('what it is for, the certificate there is, and the one that would come', () => {
    const text = read(good, columns, rows);
    expect(text).toContain('mcp-proxy shows it to Claude inside the tunnel.');
    expect(text).toContain('nothing is restarted.');
    expect(text).toContain(
      'Present 12 days left, until 2026-12-06; RSA-2048, sha256 ab12cd34ef56… New 90 days; private key: the one there is Signed by the CA there is (3640 days left, until 2036-11-21), by its key in data/ca.key',
    );
  });

  test('which pair can be put back, and by which key', () => {
    expect(read(forms.archive, columns, 40)).toContain('sha256 feedfeedfeed…. b puts it back.');
  });

  test('what stands in the way', () => {
    expect(read(forms.encrypted, columns, 60)).toContain(
      '✗ Its passphrase: The CA’s key is encrypted: its passphrase is needed.',
    );
  });

  test('that it is still being read', () => {
    expect(read(forms.reading, columns, rows)).toContain('Looking at what is there …');
  });
});

test('a new certificate never outlives its CA: that is said', () => {
  const short = { ...good, found: { server, ca: { ...ca, daysLeft: 40 }, archived: undefined } };
  expect(read(short, 80, 24)).toContain('New 90 days, but not longer than its CA: 40 days;');
});

test('a certificate that has expired says so', () => {
  const expired = { ...server, daysLeft: -3 };
  const form = { ...good, found: { server: expired, ca, archived: undefined } };
  expect(read(form, 80, 24)).toContain('Present expired on 2026-12-06; RSA-2048');
});

/** The page with somebody who keeps what it says. */
function Story({ start, calls }: { start: RenewalForm; calls: Partial<RenewCertProps> }) {
  const [form, setForm] = useState(start);
  return (
    <RenewCert
      shell={shellAt(100, 24)}
      form={form}
      {...idle}
      onChange={(field, value) => setForm((before) => ({ ...before, [field]: value }))}
      onPassphrase={(text) =>
        setForm((before) => ({
          ...before,
          passphrase: text === '' ? undefined : { length: text.length },
          problems: {},
        }))
      }
      {...calls}
    />
  );
}

describe('keys', () => {
  function open(start: RenewalForm, more: Partial<RenewCertProps> = {}) {
    const calls = { onContinue: vi.fn(), onRestore: vi.fn(), onBack: vi.fn(), ...more };
    const app = render(<Story start={start} calls={calls} />);
    const sees = (text: string) => vi.waitFor(() => expect(app.lastFrame()).toContain(text));
    return { ...app, ...calls, sees };
  }

  test('Enter shows the plan', async () => {
    const { stdin, onContinue } = open(good);
    stdin.write('\r');
    await vi.waitFor(() => expect(onContinue).toHaveBeenCalledOnce());
  });

  test('b puts the archived pair back; without one it does nothing', async () => {
    const { stdin, onRestore } = open(forms.archive);
    stdin.write('b');
    await vi.waitFor(() => expect(onRestore).toHaveBeenCalledOnce());
    const without = open(good);
    without.stdin.write('b\r');
    await vi.waitFor(() => expect(without.onContinue).toHaveBeenCalledOnce());
    expect(without.onRestore).not.toHaveBeenCalled();
  });

  test('Enter while it is read waits', async () => {
    const { stdin, onContinue, onBack } = open(forms.reading);
    stdin.write('\r');
    stdin.write('\u001b');
    await vi.waitFor(() => expect(onBack).toHaveBeenCalledOnce());
    expect(onContinue).not.toHaveBeenCalled();
  });

  test('the settings one after the other; Esc closes them first', async () => {
    const { stdin, sees, onBack } = open(good);
    stdin.write('e');
    await sees('▸ Days of the new certificate');
    stdin.write('\u0015');
    stdin.write('30');
    await sees('    30');
    stdin.write('\r');
    await sees('▸ Private key');
    stdin.write('\u001b[B');
    await sees('▸ a new one, RSA-2048');
    stdin.write('\r');
    await sees('▸ The CA’s private key');
    stdin.write('/mnt/ca.key');
    await sees('/mnt/ca.key');
    stdin.write('\r');
    await sees('▸ Its passphrase');
    stdin.write('\r');
    await sees('New        30 days; private key: a new one, RSA-2048');
    await sees('   /mnt/ca.key');
    stdin.write('e');
    await sees('▸ Days of the new certificate');
    stdin.write('\u001b');
    await sees('Renew the server certificate');
    expect(onBack).not.toHaveBeenCalled();
    stdin.write('\u001b');
    await vi.waitFor(() => expect(onBack).toHaveBeenCalledOnce());
  });

  test('Enter with something missing leads to it; what is typed there is never seen', async () => {
    const { stdin, sees, frames, onContinue } = open(forms.encrypted);
    stdin.write('\r');
    await sees('▸ Its passphrase');
    await sees('✗ The CA’s key is encrypted: its passphrase is needed.');
    for (const character of 'horse battery') stdin.write(character);
    await sees('•••••••• 13 characters');
    expect(onContinue).not.toHaveBeenCalled();
    stdin.write('\r');
    await sees('Enter shows the plan');
    stdin.write('\r');
    await vi.waitFor(() => expect(onContinue).toHaveBeenCalledOnce());
    for (const shown of frames) expect(shown).not.toMatch(/horse|battery|sha256 [0-9a-f]{12}$/mu);
  });
});

import { renderToString } from 'ink';
import { cleanup, render } from 'ink-testing-library';
import stringWidth from 'string-width';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { NewToken } from '../../screens/new-token.tsx';
import type { Shell, TunnelForm } from '../../screens/views.ts';

afterEach(cleanup);

const none: TunnelForm = {
  domain: 'abcd1234.tunnel.anthropic.com',
  domainProblem: undefined,
  token: undefined,
  tokenProblem: undefined,
  tunnelId: undefined,
  keepsToken: false,
  source: undefined,
};
const token = { length: 184, fingerprint: 'ab12cd34ef56' };
const good: TunnelForm = { ...none, token, tunnelId: 'c0ffee00-1234-4abc-9def-0123456789ab' };
const bad: TunnelForm = {
  ...none,
  token,
  tokenProblem: 'This is a JWT, not a tunnel token. Copy it in the Console: somewhere.',
};

function shellOf(columns: number, rows: number, rehearsal = false): Shell {
  return { page: 'new-token', way: 'rotate-token', columns, rows, rehearsal, colour: true };
}

const idle = { onToken: () => {}, onContinue: () => {}, onBack: () => {} };

function frame(form: TunnelForm, columns: number, rows: number, rehearsal = false): string[] {
  const page = <NewToken shell={shellOf(columns, rows, rehearsal)} form={form} {...idle} />;
  return renderToString(page, { columns }).split('\n');
}

describe.each([
  [60, 15],
  [60, 20],
  [80, 24],
  [120, 30],
  [200, 50],
])('at %i×%i', (columns, rows) => {
  test.each([
    ['empty', none],
    ['good', good],
    ['bad', bad],
  ])('%s: fits, and the field is in sight', (_name, form) => {
    const lines = frame(form, columns, rows);
    expect(lines.length).toBeLessThan(rows);
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(lines.join('\n')).toContain('▸ New token');
    expect(lines.join('\n')).toContain('Enter show the plan');
  });
});

test('says where to click and what becomes of other hosts', () => {
  const read = frame(none, 60, 40).join(' ').replaceAll(/\s+/gu, ' ');
  expect(read).toContain('your tunnel > Connection > Rotate token');
  expect(read).toContain('cannot come back: give every host of this tunnel the new token');
  expect(read).toContain('No request is lost.');
});

test('names other hosts where they are listed', () => {
  const rows = ['vm-2', 'vm-3'].map((name) => ({
    ...{ name, note: undefined, command: `ssh -t ${name} …`, done: false },
  }));
  const hosts = { rows, token: undefined, problem: undefined };
  const page = <NewToken shell={shellOf(60, 40)} form={none} hosts={hosts} {...idle} />;
  const read = renderToString(page, { columns: 60 }).replaceAll(/\s+/gu, ' ');
  expect(read).toContain('give every host of this tunnel (vm-2, vm-3) the new token before it');
});

test('has a way of its own beside it', () => {
  const text = frame(none, 120, 30).join('\n');
  for (const step of ['✓ Home', '▸ New token', '· Rotation', '· Other hosts', '· Summary'])
    expect(text).toContain(step);
  expect(text).not.toContain('Prerequisites');
});

test('shows a token by length, fingerprint and tunnel only', () => {
  const text = frame(good, 80, 24).join('\n');
  expect(text).toContain('•••••••• 184 characters · sha256 ab12cd34ef56');
  expect(text).toContain('✓ token of tunnel c0ffee00-1234-4abc-9def-0123456789ab');
});

test('names what is wrong, without the advice that stands above', () => {
  const text = frame(bad, 80, 24).join('\n');
  expect(text).toContain('✗ This is a JWT, not a tunnel token.');
  expect(text).not.toContain('somewhere');
});

describe('keys', () => {
  function open(form: TunnelForm) {
    const calls = { onToken: vi.fn(), onContinue: vi.fn(), onBack: vi.fn() };
    const app = render(<NewToken shell={shellOf(100, 24)} form={form} {...calls} />);
    return { ...app, ...calls };
  }

  test('Enter goes on with a good token', async () => {
    const { stdin, onContinue } = open(good);
    stdin.write('\r');
    await vi.waitFor(() => expect(onContinue).toHaveBeenCalledOnce());
  });

  test('Enter without one says what is missing', async () => {
    const { stdin, lastFrame, onContinue } = open(none);
    stdin.write('\r');
    await vi.waitFor(() => expect(lastFrame()).toContain('✗ The new token is missing.'));
    expect(onContinue).not.toHaveBeenCalled();
  });

  test('a paste is handed on whole, line breaks included', async () => {
    const { stdin, onToken } = open(none);
    stdin.write('\u001b[200~eyJh\nIjoi\u001b[201~');
    await vi.waitFor(() => expect(onToken).toHaveBeenCalledWith('eyJh\nIjoi'));
  });

  test('Esc goes back', async () => {
    const { stdin, onBack } = open(none);
    stdin.write('\u001b');
    await vi.waitFor(() => expect(onBack).toHaveBeenCalledOnce());
  });
});

import { renderToString } from 'ink';
import { cleanup, render } from 'ink-testing-library';
import { useState } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { SecretField } from '../../../screens/fields/secret-field.tsx';
import type { SecretView } from '../../../screens/views.ts';
import { Secret } from '../../../src/domain/secret.ts';

afterEach(cleanup);

function Kept({
  start,
  onChange,
}: {
  readonly start: string;
  readonly onChange: (text: string, how: string) => void;
}) {
  const [text, setText] = useState(start);
  const view = text === '' ? undefined : new Secret(text);
  return (
    <SecretField
      label="Token"
      active
      width={70}
      secret={view && { length: view.length, fingerprint: view.fingerprint }}
      onChange={(next, how) => {
        setText(next);
        onChange(next, how);
      }}
    />
  );
}

function field(start = '') {
  const onChange = vi.fn<(text: string, how: string) => void>();
  const { stdin, lastFrame, frames } = render(<Kept start={start} onChange={onChange} />);
  return {
    type: (text: string) => stdin.write(text),
    paste: (text: string) => stdin.write(`\x1b[200~${text}\x1b[201~`),
    onChange,
    frames,
    toShow: (text: string) =>
      vi.waitFor(() => expect(lastFrame()?.split('\n')[1]?.trim()).toContain(text)),
  };
}

const paper = 'docker run cloudflare/cloudflared tunnel run \\\n  --token "eyJhIjoi\r\nMTIz"\n';

describe('what is given', () => {
  test('a paste arrives as it is and replaces the one before', async () => {
    const { paste, onChange, toShow } = field();
    paste(paper);
    await toShow(`${paper.length} characters`);
    paste('another\x1b[31m');
    await toShow('12 characters');
    expect(onChange.mock.calls).toEqual([
      [paper, 'paste'],
      ['another\x1b[31m', 'paste'],
    ]);
  });

  test('typed keys add up, also several of one read', async () => {
    const { type, onChange, toShow } = field();
    type('a');
    type('b');
    await toShow('2 characters');
    type('c\x7f\x7fd');
    await toShow('2 characters');
    expect(onChange.mock.lastCall).toEqual(['ad', 'keys']);
  });

  test('typing goes on where the last paste ended', async () => {
    const { type, paste, onChange, toShow } = field();
    paste('abc');
    await toShow('3 characters');
    type('\x7f');
    type('d');
    await toShow('3 characters');
    expect(onChange.mock.lastCall?.[0]).toBe('abd');
  });

  test('a text from elsewhere is replaced by the first key', async () => {
    const { type, onChange, toShow } = field('from a flag');
    await toShow('11 characters');
    type('x');
    await toShow('1 character ');
    expect(onChange.mock.lastCall?.[0]).toBe('x');
  });

  test('Backspace and Ctrl-U remove it', async () => {
    const { type, paste, onChange, toShow } = field('from a flag');
    type('\x7f');
    await toShow('paste it here; it is not shown');
    paste('abc');
    await toShow('3 characters');
    type('\x15');
    await toShow('paste it here; it is not shown');
    expect(onChange.mock.calls.map(([text]) => text)).toEqual(['', 'abc', '']);
  });

  test('text without paste marks comes in pieces, with its Enter', async () => {
    const { type, onChange, toShow } = field();
    type('eyJhIjoi\rMTIz\r');
    await toShow('13 characters');
    expect(onChange.mock.lastCall).toEqual(['eyJhIjoi\rMTIz', 'paste']);
  });

  test('a megabyte', async () => {
    const { paste, onChange, toShow } = field();
    const begun = performance.now();
    paste('x'.repeat(1_000_000));
    await toShow('1000000 characters');
    expect(performance.now() - begun).toBeLessThan(500);
    expect(onChange.mock.lastCall?.[0]).toHaveLength(1_000_000);
  });
});

test('no character of it is ever drawn', async () => {
  const { type, paste, frames, toShow } = field();
  paste('q8z-q8z-q8z');
  await toShow('11 characters');
  type('q8z');
  await toShow('14 characters');
  expect(frames.join('\n')).not.toContain('q8z');
});

describe('what is drawn', () => {
  const drawn = (secret: SecretView | undefined, problem?: string) =>
    renderToString(
      <SecretField
        label="Token"
        secret={secret}
        active={false}
        width={56}
        problem={problem}
        onChange={() => {}}
      />,
      { columns: 56 },
    ).split('\n');

  test('length and fingerprint', () => {
    expect(drawn({ length: 184, fingerprint: 'ab12cd34ef56' })).toEqual([
      '  Token',
      '  •••••••• 184 characters · sha256 ab12cd34ef56',
    ]);
  });

  test('nothing yet, and what is wrong', () => {
    expect(drawn(undefined, 'The token is missing.')).toEqual([
      '  Token',
      '  paste it here; it is not shown',
      '  ✗ The token is missing.',
    ]);
  });
});

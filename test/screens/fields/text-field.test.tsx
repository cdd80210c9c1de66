import { Box, renderToString } from 'ink';
import { cleanup, render } from 'ink-testing-library';
import { useState } from 'react';
import stringWidth from 'string-width';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  TextField,
  type TextFieldProps,
  textFieldRows,
} from '../../../screens/fields/text-field.tsx';

afterEach(cleanup);

type Given = Partial<TextFieldProps> & { readonly start?: string };

function Kept({ start = '', onChange, ...rest }: Given) {
  const [value, setValue] = useState(start);
  return (
    <TextField
      label="Domain"
      active
      width={40}
      {...rest}
      value={value}
      onChange={(next) => {
        setValue(next);
        onChange?.(next);
      }}
    />
  );
}

function field(given: Given = {}) {
  const onChange = vi.fn<(value: string) => void>();
  const { stdin, lastFrame } = render(<Kept {...given} onChange={onChange} />);
  return {
    type: (text: string) => stdin.write(text),
    paste: (text: string) => stdin.write(`\x1b[200~${text}\x1b[201~`),
    onChange,
    /** The row of the value. */
    value: () => lastFrame()?.split('\n')[1]?.trim(),
    toShow: (text: string) =>
      vi.waitFor(() => expect(lastFrame()?.split('\n')[1]?.trim()).toBe(text)),
  };
}

describe('keys', () => {
  test('typing, moving, deleting', async () => {
    const { type, toShow } = field();
    type('abd');
    await toShow('abd');
    type('\x1b[D');
    type('c');
    await toShow('abcd');
    type('\x01');
    type('x');
    await toShow('xabcd');
    type('\x1b[3~');
    await toShow('xbcd');
    type('\x05');
    type('\x7f');
    await toShow('xbc');
    type('\x15');
    await toShow('');
  });

  test('Ctrl-W takes the last word, Home and End go to the ends', async () => {
    const { type, toShow } = field({ start: 'one two' });
    type('\x17');
    await toShow('one');
    type('\x1b[H');
    type('a');
    type('\x1b[F');
    type('b');
    await toShow('aone b');
  });

  test('several keys of one read build on each other', async () => {
    const { type, toShow } = field({ start: 'abcd' });
    type('\x7f\x7f\x7fxy\x1b[D\x1b[Dz');
    await toShow('azxy');
  });

  test('what is typed behind Enter is not the field’s', async () => {
    const { type, toShow, onChange } = field();
    type('abc\rdef');
    await toShow('abc');
    expect(onChange.mock.calls).toEqual([['abc']]);
  });

  test('Enter, Tab, Esc, arrows up and down change nothing', async () => {
    const { type, toShow, onChange } = field({ start: 'a' });
    for (const key of ['\r', '\t', '\x1b[A', '\x1b[B', '\x1b[Z', '\x1b[5~']) type(key);
    type('b');
    await toShow('ab');
    expect(onChange.mock.calls).toEqual([['ab']]);
  });

  test('an inactive field takes nothing', async () => {
    const { type, paste, value, onChange } = field({ start: 'a', active: false });
    type('b');
    paste('c');
    await vi.waitFor(() => expect(value()).toBe('a'));
    expect(onChange).not.toHaveBeenCalled();
  });

  test('CJK and combining characters go as a person sees them', async () => {
    const { type, toShow } = field();
    type('日本e\u0301');
    await toShow('日本e\u0301');
    type('\x7f');
    await toShow('日本');
    type('\x7f');
    await toShow('日');
  });
});

describe('pastes', () => {
  test('become one line, put in at the cursor', async () => {
    const { type, paste, toShow } = field({ start: 'ad' });
    type('\x1b[D');
    paste('b\r\n\x1b[31mc\x1b[0m\n');
    await toShow('abcd');
  });

  test('a megabyte is cut and harmless', async () => {
    const { paste, onChange, toShow } = field();
    const begun = performance.now();
    paste('漢'.repeat(350_000));
    await vi.waitFor(() => expect(onChange).toHaveBeenCalled());
    expect(performance.now() - begun).toBeLessThan(500);
    expect(onChange.mock.lastCall?.[0]).toHaveLength(4096);
    await toShow(`…${'漢'.repeat(18)}`);
  });

  test('the screen may take one away, as it came', async () => {
    const onPaste = vi.fn((text: string, _how: string) => text.includes('secret'));
    const { type, paste, toShow, onChange } = field({ start: 'ab', onPaste });
    paste('a secret\n');
    type('other secret');
    paste('c');
    await toShow('abc');
    expect(onPaste.mock.calls).toEqual([
      ['a secret\n', 'paste'],
      ['other secret', 'keys'],
      ['c', 'paste'],
    ]);
    expect(onChange.mock.calls).toEqual([['abc']]);
  });

  test('a refused change leaves no trace', async () => {
    const refused = vi.fn<(value: string) => void>();
    const { stdin, lastFrame } = render(
      <TextField label="Domain" value="a" active width={40} onChange={refused} />,
    );
    stdin.write('b');
    await vi.waitFor(() => expect(refused).toHaveBeenCalledTimes(1));
    await vi.waitFor(() => expect(lastFrame()).toContain('a'));
    stdin.write('c');
    await vi.waitFor(() => expect(refused.mock.calls).toEqual([['ab'], ['ac']]));
  });
});

describe('what is drawn', () => {
  const drawn = (props: Partial<TextFieldProps>, columns = 40) =>
    renderToString(
      <Box width={columns}>
        <TextField
          label="Domain"
          value=""
          active={false}
          width={columns}
          onChange={() => {}}
          {...props}
        />
      </Box>,
      { columns },
    ).split('\n');

  test('the active field is marked, also without colour', () => {
    expect(drawn({ active: true, value: 'x' })[0]).toBe('▸ Domain');
    expect(drawn({ value: 'x' })[0]).toBe('  Domain');
  });

  test('an empty field shows its placeholder', () => {
    expect(drawn({ placeholder: 'abcd1234.tunnel.anthropic.com' })[1]).toBe(
      '  abcd1234.tunnel.anthropic.com',
    );
    expect(drawn({ placeholder: 'never seen', value: 'x' })[1]).toBe('  x');
  });

  test('a problem is wrapped below, at most three lines, instead of the note', () => {
    const problem = 'The tunnel domain has a scheme, a port, a path and much else '.repeat(4);
    const lines = drawn({ value: 'x', problem, note: 'a note' });
    expect(lines.slice(2)).toEqual([
      '  ✗ The tunnel domain has a scheme, a',
      '    port, a path and much else The',
      '    tunnel domain has a scheme, a …',
    ]);
    expect(textFieldRows({ problem }, 40)).toBe(5);
    expect(drawn({ value: 'x', problem, messageRows: 1 }).slice(2)).toEqual([
      '  ✗ The tunnel domain has a scheme, a …',
    ]);
    expect(textFieldRows({ problem }, 40, 1)).toBe(3);
  });

  test('a note keeps its sign', () => {
    expect(drawn({ value: 'x', note: '✓ a tunnel domain' })[2]).toBe('  ✓ a tunnel domain');
    expect(textFieldRows({ note: '✓ a tunnel domain' }, 40)).toBe(3);
    expect(textFieldRows({}, 40)).toBe(2);
  });

  test.each([10, 40, 80])('nothing is wider than %i cells', (width) => {
    const value = `${'日本語'.repeat(20)}👨‍👩‍👧`;
    for (const active of [true, false]) {
      for (const line of drawn({ value, active, label: '長'.repeat(50), problem: value }, width)) {
        expect(stringWidth(line)).toBeLessThanOrEqual(width);
      }
    }
  });
});

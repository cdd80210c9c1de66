import { renderToString } from 'ink';
import { cleanup, render } from 'ink-testing-library';
import { afterEach, expect, test, vi } from 'vitest';
import { Choice } from '../../../screens/fields/choice.tsx';

afterEach(cleanup);

const items = [
  { label: 'RSA-2048', value: 'rsa-2048', note: 'as in the guide' },
  { label: 'P-256', value: 'p-256', note: 'small and fast' },
] as const;

test('one row each, notes in a column, the chosen one marked', () => {
  const frame = renderToString(<Choice items={items} initialIndex={1} onSelect={() => {}} />, {
    columns: 40,
  });
  expect(frame.split('\n')).toEqual(['  RSA-2048  as in the guide', '▸ P-256     small and fast']);
});

test('a row is cut at the edge, never wrapped', () => {
  const frame = renderToString(<Choice items={items} onSelect={() => {}} />, { columns: 20 });
  expect(frame.split('\n')).toEqual(['▸ RSA-2048  as in t…', '  P-256     small a…']);
});

test('arrows move, Enter takes', async () => {
  const onSelect = vi.fn();
  const onHighlight = vi.fn();
  const { stdin, lastFrame } = render(
    <Choice items={items} onSelect={onSelect} onHighlight={onHighlight} />,
  );
  stdin.write('\x1b[B');
  await vi.waitFor(() => expect(lastFrame()).toContain('▸ P-256'));
  stdin.write('\r');
  await vi.waitFor(() => expect(onSelect.mock.calls).toEqual([['p-256']]));
  expect(onHighlight.mock.calls).toEqual([['p-256']]);
});

test('without focus it takes no keys', async () => {
  const onSelect = vi.fn();
  const { stdin, lastFrame } = render(
    <Choice items={items} onSelect={onSelect} isFocused={false} />,
  );
  stdin.write('\x1b[B');
  stdin.write('\r');
  await vi.waitFor(() => expect(lastFrame()).toContain('▸ RSA-2048'));
  expect(onSelect).not.toHaveBeenCalled();
});

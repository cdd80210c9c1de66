import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Mode, type ModeProps } from '../../screens/mode.tsx';
import type { Shell } from '../../screens/views.ts';
import { frameOf, readable, shellOf, sizes } from './show-screen.ts';

afterEach(cleanup);

const manual = {
  id: 'manual',
  title: 'Manual: token and CA by the Console',
  needs: 'You reveal the tunnel’s token in the Console.',
  owner: 'The workspace that is selected in the Console.',
};

const draw =
  (props: Partial<ModeProps> = {}) =>
  (shell: Shell) => (
    <Mode
      shell={shell}
      modes={[manual]}
      chosen="manual"
      onSelect={() => {}}
      onBack={() => {}}
      {...props}
    />
  );

test.each(sizes)('at %i×%i the frame fits', (columns, rows) => {
  frameOf(draw(), shellOf('mode', columns, rows));
  frameOf(draw({ modes: [manual, { ...manual, id: 'b' }] }), shellOf('mode', columns, rows));
});

describe.each([
  [60, 20],
  [80, 24],
  [120, 30],
])('at %i×%i', (columns, rows) => {
  test('it says what the mode needs, who owns the tunnel, and what is not here', () => {
    const frame = frameOf(draw(), shellOf('mode', columns, rows));
    const text = readable(frame);
    expect(text).toContain('How does this host get its tunnel?');
    expect(text).toContain(
      'A tunnel serves only the organization that made it. One made in the Console cannot serve connectors of claude.ai, nor the reverse.',
    );
    expect(text).toContain('Needs You reveal the tunnel’s token in the Console.');
    expect(text).toContain('Owner The workspace that is selected in the Console.');
    expect(text).toContain(
      'Not in this version: programmatic (Workload Identity Federation) and API key (claude.ai).',
    );
    expect(frame.text).toContain('▸ Manual: token and CA by the Console');
    expect(frame.lines.at(-1)).toContain('Enter use this mode   Esc back');
  });
});

test('Enter takes the mode, Esc goes back', async () => {
  const onSelect = vi.fn();
  const onBack = vi.fn();
  const { stdin, lastFrame } = render(draw({ onSelect, onBack })(shellOf('mode', 100, 30)));
  await vi.waitFor(() => expect(lastFrame()).toContain('▸ Manual'));
  stdin.write('\r');
  await vi.waitFor(() => expect(onSelect.mock.calls).toEqual([['manual']]));
  stdin.write('\x1b');
  await vi.waitFor(() => expect(onBack).toHaveBeenCalledTimes(1));
});

test('of several the chosen one is marked, and arrows lead to another', async () => {
  const onSelect = vi.fn();
  const modes = [manual, { ...manual, id: 'other', title: 'Another way' }];
  const { stdin, lastFrame } = render(
    draw({ modes, chosen: 'other', onSelect })(shellOf('mode', 100, 30)),
  );
  await vi.waitFor(() => expect(lastFrame()).toContain('▸ Another way'));
  expect(lastFrame()).toContain('↓ next mode');
  stdin.write('\x1b[A');
  await vi.waitFor(() => expect(lastFrame()).toContain('▸ Manual'));
  stdin.write('\r');
  await vi.waitFor(() => expect(onSelect.mock.calls).toEqual([['manual']]));
});

import { cleanup, render } from 'ink-testing-library';
import { useState } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Hosts } from '../../screens/hosts.tsx';
import type { HostsView } from '../../screens/operation-views.ts';
import type { Shell } from '../../screens/views.ts';
import { flat } from './run-scene.ts';
import { frameOf, shellOf, sizes } from './show-screen.ts';

afterEach(cleanup);

const row = (name: string, done = false, note?: string) => ({
  ...{ name, done, note },
  command: `ssh -t ${name} 'mcp-tunnel rotate-token --dir /srv/mcp-tunnel'`,
});
const token = 'ab12cd34ef56';
const two: HostsView = {
  rows: [row('vm-2', true, 'Frankfurt'), row('ops@vm-3.example')],
  token,
  problem: undefined,
};
const views = {
  two,
  done: { ...two, rows: two.rows.map((each) => ({ ...each, done: true })) },
  none: { ...two, rows: [] },
  early: { ...two, token: undefined },
  many: {
    ...two,
    rows: Array.from({ length: 40 }, (_, index) =>
      row(`host-${index}.${'sub.'.repeat(30)}example`, index < 3, '知識 '.repeat(30)),
    ),
  },
  broken: {
    rows: [],
    token: undefined,
    problem: {
      code: 'file-malformed',
      summary: '.mcp-tunnel/hosts.yaml, line 3: not valid YAML.',
      nextSteps: ['Correct it.'],
    },
  },
} as const satisfies Readonly<Record<string, HostsView>>;

const idle = { onTick: () => {}, onCopy: () => {}, onContinue: () => {}, onBack: () => {} };

function shellAt(columns: number, rows: number): Shell {
  return { ...shellOf('hosts', columns, rows), way: 'rotate-token' };
}

function frame(hosts: HostsView, columns: number, rows: number) {
  return frameOf((shell) => <Hosts {...{ shell, hosts, ...idle }} />, shellAt(columns, rows));
}

describe.each(sizes)('at %i×%i', (columns, rows) => {
  test.each(Object.entries(views))('%s: fits', (_name, hosts) => {
    expect(frame(hosts, columns, rows).lines.at(-1)).toContain('Enter go on');
  });
});

describe.each([
  [60, 20],
  [80, 24],
  [120, 30],
])('at %i×%i a person reads', (columns, rows) => {
  test('why it matters, which hosts have it, and what to type for each', () => {
    const page = frame(two, columns, rows);
    const text = flat(page.lines);
    expect(text).toContain('a host that restarts with the old token cannot connect again.');
    expect(text).toContain(`The new token’s fingerprint: ${token}.`);
    expect(text).toContain('[✓] vm-2 Frankfurt');
    expect(text).toContain(
      "▸ [ ] ops@vm-3.example ssh -t ops@vm-3.example 'mcp-tunnel rotate-token --dir /srv/mcp-tunnel'",
    );
    expect(text).toContain('! 1 of 2 hosts have the new token.');
    expect(page.lines.at(-1)).toContain('Enter go on   Space has it   Esc back');
  });

  test('that all have it', () => {
    expect(frame(views.done, columns, rows).text).toContain('✓ Every host has the new token.');
  });

  test('that the list cannot be read', () => {
    expect(flat(frame(views.broken, columns, rows).lines)).toContain(
      '✗ .mcp-tunnel/hosts.yaml, line 3: not valid YAML. [file-malformed]',
    );
  });

  test('that no rotation waits for them: nothing can be ticked', () => {
    const { text, lines } = frame(views.early, columns, rows);
    expect(flat(lines)).toContain('- No rotation waits for them: there is nothing to tick off.');
    expect(text).not.toContain('Space');
  });
});

function Story({
  onTick,
  ...calls
}: Partial<typeof idle> & { onTick: (...args: unknown[]) => void }) {
  const [hosts, setHosts] = useState(two);
  return (
    <Hosts
      shell={shellAt(100, 24)}
      hosts={hosts}
      {...idle}
      {...calls}
      onTick={(name, done) => {
        onTick(name, done);
        const rows = hosts.rows.map((each) => (each.name === name ? { ...each, done } : each));
        setHosts({ ...hosts, rows });
      }}
    />
  );
}

describe('keys', () => {
  test('Space ticks the selected host, and unticks it', async () => {
    const onTick = vi.fn();
    const { stdin, lastFrame } = render(<Story onTick={onTick} />);
    stdin.write(' ');
    await vi.waitFor(() => expect(lastFrame()).toContain('✓ Every host has the new token.'));
    expect(lastFrame()).toContain('▸ [✓] ops@vm-3.example');
    stdin.write('\u001b[A');
    await vi.waitFor(() => expect(lastFrame()).toContain('▸ [✓] vm-2'));
    stdin.write(' ');
    await vi.waitFor(() => expect(lastFrame()).toContain('▸ [ ] vm-2'));
    expect(onTick.mock.calls).toEqual([
      ['ops@vm-3.example', true],
      ['vm-2', false],
    ]);
  });

  test('c copies the command of the selected host, Enter goes on, Esc goes back', async () => {
    const calls = { onTick: vi.fn(), onCopy: vi.fn(), onContinue: vi.fn(), onBack: vi.fn() };
    const { stdin } = render(<Story {...calls} />);
    stdin.write('c');
    await vi.waitFor(() => expect(calls.onCopy).toHaveBeenCalledWith(two.rows[1]?.command));
    stdin.write('\r');
    await vi.waitFor(() => expect(calls.onContinue).toHaveBeenCalledOnce());
    stdin.write('\u001b');
    await vi.waitFor(() => expect(calls.onBack).toHaveBeenCalledOnce());
  });
});

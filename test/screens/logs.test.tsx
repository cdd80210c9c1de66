import { render } from 'ink-testing-library';
import { useState } from 'react';
import { describe, expect, test, vi } from 'vitest';
import { Logs, type LogsProps } from '../../screens/logs.tsx';
import { readableLine } from '../../screens/parts/log-lines.ts';
import type { LogLineView } from '../../screens/views.ts';
import { flat, frame, readable, shellAt, sizes } from './run-scene.ts';

const numbered = (from: number, count: number): readonly LogLineView[] =>
  Array.from({ length: count }, (_, index) => ({
    service: index % 2 === 0 ? 'cloudflared' : 'mcp-proxy',
    text: `line ${from + index}.`,
  }));

function screen(props: Partial<LogsProps> = {}) {
  return (
    <Logs
      shell={shellAt('logs', 100, 20)}
      logs={numbered(0, 100)}
      paused={false}
      dropped={0}
      onPause={vi.fn()}
      onBack={vi.fn()}
      {...props}
    />
  );
}

/** As the app holds it: the screen asks, the app pauses. */
function Held({
  logs,
  dropped = 0,
}: {
  readonly logs: readonly LogLineView[];
  readonly dropped?: number;
}) {
  const [paused, setPaused] = useState(false);
  return screen({ logs, dropped, paused, onPause: () => setPaused((now) => !now) });
}

describe.each(readable)('at %i×%i', (columns, rows) => {
  const shell = shellAt('logs', columns, rows);

  test('all containers’ latest lines are shown, the last at the bottom', () => {
    const lines = frame(screen({ shell }), shell);
    expect(lines.at(0)).toContain('mcp-tunnel · Logs');
    expect(lines.at(-4)).toContain('mcp-proxy   │ line 99.');
    expect(lines.at(-5)).toContain('cloudflared │ line 98.');
    expect(lines.at(-3)).toContain('following');
    expect(lines.at(-1)).toContain('Esc back   Space pause   PgUp earlier');
  });

  test('a known line says below what it means', () => {
    const logs = [
      {
        service: 'cloudflared',
        text: 'ERR x',
        meaning: 'The edge refuses the token: it was rotated.',
      },
    ];
    const lines = frame(screen({ shell, logs }), shell);
    const at = lines.findIndex((line) => line.includes('cloudflared │ ERR x'));
    expect(lines[at + 1]).toContain('│ → The edge refuses the token');
  });

  test('lines that are no longer kept are counted, with where they are', () => {
    expect(flat(frame(screen({ shell, dropped: 120 }), shell))).toContain(
      'following 120 earlier: docker compose logs',
    );
  });

  test('without a line it says so', () => {
    expect(frame(screen({ shell, logs: [] }), shell).join('\n')).toContain('No lines yet.');
  });
});

test.each(sizes)('fits %i×%i, whatever the lines hold', (columns, rows) => {
  const shell = shellAt('logs', columns, rows);
  const hostile = Array.from({ length: 200 }, () => ({
    service: '漢字漢字漢字漢字',
    text: `e\u0301${'漢字'.repeat(4_000)}`,
    meaning: 'A long meaning, said at length. '.repeat(20),
  }));
  for (const paused of [false, true]) frame(screen({ shell, logs: hostile, paused }), shell);
});

test('a line is read as a person reads it', () => {
  expect(readableLine('2026-11-24T13:11:34Z INF Version 2026.3.0')).toBe(
    '13:11:34 INF Version 2026.3.0',
  );
  expect(
    readableLine(
      '{"time":"2026-11-24T13:11:34.909Z","level":"INFO","msg":"route configured","n":1}',
    ),
  ).toBe('13:11:34 INFO route configured n=1');
  expect(readableLine('{"ts":1764000000,"msg":"x"}')).toBe('1764000000 x');
  expect(readableLine('{"not json')).toBe('{"not json');
  expect(readableLine('   at Object.<anonymous>')).toBe('   at Object.<anonymous>');
});

describe('keys', () => {
  test('scrolling up stops following; what arrives is counted and does not move the window', async () => {
    const { stdin, lastFrame, rerender } = render(<Held logs={numbered(0, 100)} />);
    await vi.waitFor(() => expect(lastFrame()).toContain('following'));
    stdin.write('\u001b[A');
    await vi.waitFor(() => expect(lastFrame()).toContain('paused, 1 newer line'));
    expect(lastFrame()).not.toContain('line 99.');
    rerender(<Held logs={numbered(0, 412)} />);
    await vi.waitFor(() => expect(lastFrame()).toContain('paused, 313 newer lines'));
    expect(lastFrame()).toContain('line 98.');
  });

  test('lines that are dropped meanwhile do not move the window either', async () => {
    const { stdin, lastFrame, rerender } = render(<Held logs={numbered(0, 100)} />);
    await vi.waitFor(() => expect(lastFrame()).toContain('following'));
    stdin.write(' ');
    await vi.waitFor(() => expect(lastFrame()).toContain('paused'));
    rerender(<Held logs={numbered(50, 100)} dropped={50} />);
    await vi.waitFor(() => expect(lastFrame()).toContain('paused, 50 newer lines'));
    expect(lastFrame()).toContain('line 99.');
    expect(lastFrame()).not.toContain('line 100.');
  });

  test('Home shows the first line that is kept, End follows again', async () => {
    const { stdin, lastFrame } = render(<Held logs={numbered(0, 100)} />);
    await vi.waitFor(() => expect(lastFrame()).toContain('following'));
    stdin.write('\u001b[H');
    await vi.waitFor(() => expect(lastFrame()).toContain('line 0.'));
    stdin.write('\u001b[F');
    await vi.waitFor(() => expect(lastFrame()).toContain('following'));
    expect(lastFrame()).toContain('line 99.');
  });

  test('Space pauses and resumes', async () => {
    const { stdin, lastFrame } = render(<Held logs={numbered(0, 100)} />);
    await vi.waitFor(() => expect(lastFrame()).toContain('Space pause'));
    stdin.write(' ');
    await vi.waitFor(() => expect(lastFrame()).toContain('Space follow'));
    stdin.write(' ');
    await vi.waitFor(() => expect(lastFrame()).toContain('following'));
  });

  test('keys that arrive in one piece each count', async () => {
    const { stdin, lastFrame } = render(<Held logs={numbered(0, 100)} />);
    await vi.waitFor(() => expect(lastFrame()).toContain('following'));
    stdin.write('\u001b[A\u001b[A\u001b[A');
    await vi.waitFor(() => expect(lastFrame()).toContain('paused, 3 newer lines'));
  });

  test('PgUp and PgDn go by windows, and at the end it follows again', async () => {
    const { stdin, lastFrame } = render(<Held logs={numbered(0, 100)} />);
    await vi.waitFor(() => expect(lastFrame()).toContain('following'));
    stdin.write('\u001b[5~');
    await vi.waitFor(() => expect(lastFrame()).toContain('paused, 11 newer lines'));
    stdin.write('\u001b[6~');
    await vi.waitFor(() => expect(lastFrame()).toContain('following'));
  });

  test('Esc goes back', async () => {
    const onBack = vi.fn();
    const { stdin, lastFrame } = render(screen({ onBack }));
    await vi.waitFor(() => expect(lastFrame()).toContain('Esc back'));
    stdin.write('\u001b');
    await vi.waitFor(() => expect(onBack).toHaveBeenCalledOnce());
  });
});

test('lines outside the window are not looked at', () => {
  const shell = shellAt('logs', 80, 24);
  let looks = 0;
  const counted = Array.from(
    { length: 5_000 },
    (): LogLineView => ({
      service: 'hello-mcp',
      get text() {
        looks += 1;
        return 'line';
      },
    }),
  );
  frame(screen({ shell, logs: counted }), shell);
  expect(looks).toBeLessThan(100);
});

import { render } from 'ink-testing-library';
import { describe, expect, test, vi } from 'vitest';
import type { LogEntry, TailView } from '../../screens/logs/log-entry.ts';
import { Logs, type LogsProps } from '../../screens/logs.tsx';
import { readableLine } from '../../screens/parts/log-lines.ts';
import type { FailureReport } from '../../src/runner/events.ts';
import { entry, numbered, refused } from '../fakes/sample-entries.ts';
import { flat, frame, readable, shellAt, sizes } from './run-scene.ts';

const tailOf = (entries: readonly LogEntry[], more: Partial<TailView> = {}): TailView => ({
  ...{ entries, dropped: 0, outcome: undefined },
  ...more,
});

function screen(props: Partial<LogsProps> = {}) {
  return (
    <Logs
      shell={shellAt('logs', 100, 20)}
      tail={tailOf(numbered(0, 100))}
      commandOf={() => 'mcp-tunnel rotate-token --dir /srv/tunnel'}
      suggestedPath={() => 'logs.log'}
      onHold={vi.fn()}
      onSave={vi.fn()}
      onFix={vi.fn()}
      onSeen={vi.fn()}
      onBack={vi.fn()}
      {...props}
    />
  );
}

const escapeKey = '\u001b';
const up = '\u001b[A';

/** The screen under keys; each is pressed when what the one before did is there. */
function opened(props: Partial<LogsProps> = {}) {
  const drawn = render(screen(props));
  return {
    ...drawn,
    again: (more: Partial<LogsProps>) => drawn.rerender(screen({ ...props, ...more })),
    shows: (text: string) => vi.waitFor(() => expect(drawn.lastFrame()).toContain(text)),
    async press(keys: string, text: string) {
      drawn.stdin.write(keys);
      await vi.waitFor(() => expect(drawn.lastFrame()).toContain(text));
    },
  };
}

describe.each(readable)('at %i×%i', (columns, rows) => {
  const shell = shellAt('logs', columns, rows);

  test('all containers’ latest lines are shown, the last at the bottom, and the keys', () => {
    const lines = frame(screen({ shell }), shell);
    expect(lines.at(0)).toContain('mcp-tunnel · Logs');
    expect(lines.at(2)).toContain('All containers, every level');
    expect(lines.at(-5)).toContain('mcp-proxy   │ line 99.');
    expect(lines.at(-6)).toContain('cloudflared │ line 98.');
    expect(lines.at(-4)).toContain('following');
    expect(lines.at(-3)).toContain('/ look for   c container   l level   w wrap   s save');
    expect(lines.at(-1)).toContain('Esc back   Space pause   p problem   PgUp earlier');
  });

  test('a known trouble says below what it means and what to do', () => {
    const tail = tailOf([entry(0), refused(1), entry(2)]);
    const lines = frame(screen({ shell, tail }), shell);
    const at = lines.findIndex((line) => line.includes('cloudflared!│ '));
    expect(lines[at + 1]).toContain('│ → The edge refuses the token.');
    expect(flat(lines)).toContain('fix: mcp-tunnel rotate-token');
    expect(lines.at(-1)).toContain('Space pause   f fix   p problem');
  });

  test('what became of a container stands between the lines', () => {
    const note = entry(1, {
      kind: 'note',
      service: 'cloudflared',
      text: 'cloudflared was started again.',
    });
    const lines = frame(screen({ shell, tail: tailOf([entry(0), note]) }), shell);
    expect(flat(lines)).toContain('cloudflared │ ── cloudflared was started again.');
  });

  test('lines that are no longer kept are counted, with where they are', () => {
    const tail = tailOf(numbered(120, 100), { dropped: 120 });
    expect(flat(frame(screen({ shell, tail }), shell))).toContain(
      'following 120 earlier: mcp-tunnel logs',
    );
  });

  test('without a line it says so', () => {
    expect(frame(screen({ shell, tail: tailOf([]) }), shell).join('\n')).toContain('No lines yet.');
  });

  test('what came of a save is told', () => {
    const done = { kind: 'done', text: '12 lines saved: /home/op/logs.log' } as const;
    const tail = tailOf(numbered(0, 50), { outcome: done });
    expect(flat(frame(screen({ shell, tail }), shell))).toContain(`✓ ${done.text}`);
    const failure: FailureReport = {
      code: 'file-unwritable',
      summary: '/x is there already; it is not overwritten.',
      found: 'EEXIST',
      nextSteps: ['Name another file.'],
    };
    const failed = tailOf(numbered(0, 50), { outcome: { kind: 'failed', failure } });
    expect(flat(frame(screen({ shell, tail: failed }), shell))).toContain(
      '✗ /x is there already; it is not overwritten. (EEXIST) fix Name another file.',
    );
  });
});

test.each(sizes)('fits %i×%i, whatever the lines hold', (columns, rows) => {
  const shell = shellAt('logs', columns, rows);
  const hostile = Array.from({ length: 200 }, (_, id) =>
    refused(id, {
      service: '漢字漢字漢字漢字',
      text: `e\u0301${'漢字'.repeat(4_000)}`,
      meaning: { cause: 'Said at length. '.repeat(20), fix: 'Do a lot.\n'.repeat(9) },
    }),
  );
  const failure = { code: 'bug', summary: 'A long one. '.repeat(90), nextSteps: [] } as const;
  for (const outcome of [undefined, { kind: 'failed', failure } as const])
    frame(screen({ shell, tail: tailOf(hostile, { outcome }) }), shell);
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

test('a credential that JSON spells in another way is masked all the same', () => {
  const text = `{"msg":"\\u0065yJ${'a'.repeat(40)}"}`;
  const shell = shellAt('logs', 120, 30);
  expect(frame(screen({ shell, tail: tailOf([entry(0, { text })]) }), shell).join()).toContain(
    '[secret]',
  );
});

describe('moving', () => {
  test('scrolling up holds the place; what arrives is counted and does not move it', async () => {
    const onHold = vi.fn();
    const logs = opened({ onHold });
    await logs.press(up, 'held, 1 newer line');
    expect(onHold.mock.calls).toEqual([['held']]);
    expect(logs.lastFrame()).not.toContain('line 99.');
    logs.again({ tail: tailOf(numbered(0, 412)) });
    await logs.shows('held, 313 newer lines');
    expect(logs.lastFrame()).toContain('line 98.');
    logs.again({ tail: tailOf(numbered(50, 362), { dropped: 50 }) });
    await logs.shows('held, 313 newer lines');
    expect(logs.lastFrame()).toContain('line 98.');
    await logs.press('\u001b[F', 'following');
    expect(onHold).toHaveBeenLastCalledWith('following');
  });

  test('Home shows the first line that is kept, End follows again', async () => {
    const logs = opened();
    await logs.press('\u001b[H', 'line 0.');
    await logs.press('\u001b[F', 'following');
    expect(logs.lastFrame()).toContain('line 99.');
  });

  test('Space pauses and goes on', async () => {
    const onHold = vi.fn();
    const logs = opened({ onHold });
    await logs.press(' ', 'paused, the engine keeps what comes');
    await logs.press(up, 'paused, the engine keeps what comes, 1 newer line');
    await logs.press(' ', 'following');
    expect(onHold.mock.calls).toEqual([['paused'], ['following']]);
  });

  test('keys that arrive in one piece each count', async () => {
    await opened().press(up + up + up, 'held, 3 newer lines');
  });

  test('PgUp and PgDn go by windows, and at the end it follows again', async () => {
    const logs = opened();
    await logs.press('\u001b[5~', 'held, 10 newer lines');
    await logs.press('\u001b[6~', 'following');
  });

  test('Esc goes back', async () => {
    const onBack = vi.fn();
    opened({ onBack }).stdin.write(escapeKey);
    await vi.waitFor(() => expect(onBack).toHaveBeenCalledOnce());
  });
});

describe('what is looked at', () => {
  test('c goes through the containers, l through the levels', async () => {
    const more = entry(200, {
      service: 'hello-mcp',
      text: 'only this',
      level: 'error',
      isProblem: true,
    });
    const logs = opened({ tail: tailOf([...numbered(0, 100), more]) });
    await logs.press('c', 'cloudflared, every level');
    expect(logs.lastFrame()).not.toContain('mcp-proxy');
    await logs.press('c', 'hello-mcp, every level');
    expect(logs.lastFrame()).not.toContain('line 9');
    await logs.press('cc', 'All containers, every level');
    await logs.press('lll', 'All containers, errors');
    expect(logs.lastFrame()).toMatch(/hello-mcp {2}!│ only this/u);
    await logs.press('c', 'cloudflared, errors');
    expect(logs.lastFrame()).toContain('None of the 101 lines that are kept is wanted');
  });

  test('w shows long lines whole, and cuts them again', async () => {
    const text = `begin ${'-'.repeat(200)} end`;
    const logs = opened({ tail: tailOf([entry(0, { text })]) });
    expect(logs.lastFrame()).not.toContain(' end');
    await logs.press('w', '- end');
    expect(logs.lastFrame()).toContain('w cut');
    await logs.press('w', '-…');
  });
});

describe('looking for a text', () => {
  test('letters belong to the field; Enter shows the latest match, n and N the others', async () => {
    const onBack = vi.fn();
    const logs = opened({ onBack });
    await logs.press('/', 'Look for');
    for (const letter of 'LINE 1') logs.stdin.write(letter);
    await logs.shows('LINE 1');
    await logs.press('\r', '▸│ line 19.');
    expect(logs.lastFrame()).toContain('looking for LINE 1');
    await logs.press('N', '▸│ line 18.');
    await logs.press('n', '▸│ line 19.');
    await logs.press('n', 'No line with “LINE 1” further down.');
    expect(onBack).not.toHaveBeenCalled();
  });

  test('Esc leaves the field first, and what was looked for stays', async () => {
    const onBack = vi.fn();
    const logs = opened({ onBack });
    await logs.press('/', 'Look for');
    logs.stdin.write('x');
    await logs.press(escapeKey, 'following');
    expect(onBack).not.toHaveBeenCalled();
    await logs.press('n', 'Nothing is looked for yet: press /.');
    await logs.press('/', 'Look for');
    logs.stdin.write('nowhere');
    await logs.shows('nowhere');
    await logs.press('\r', 'No line that is kept has “nowhere”.');
  });
});

test('p goes to the problem before, P to the next, each with what it means', async () => {
  const known = refused(20, { text: 'ERR known', isExplained: false });
  const unknown = entry(60, { text: 'ERR unknown', isProblem: true, level: 'error' });
  const entries = numbered(0, 100).map((each) =>
    each.id === 20 ? known : each.id === 60 ? unknown : each,
  );
  const logs = opened({ tail: tailOf(entries) });
  await logs.press('p', '▸│ ERR unknown');
  await logs.press('p', '▸│ ERR known');
  expect(logs.lastFrame()).toContain('→ The edge refuses the token.');
  expect(logs.lastFrame()).toContain('f does it, after you agree');
  await logs.press('p', 'No problem further up.');
  await logs.press('P', '▸│ ERR unknown');
  await logs.press('f', 'No known problem is in sight');
});

describe('a save', () => {
  test('is of the lines that are wanted, to the path in the field', async () => {
    const onSave = vi.fn();
    const logs = opened({ onSave });
    await logs.press('c', 'cloudflared, every level');
    await logs.press('s', 'Save 50 lines to a new file');
    logs.stdin.write('\u0015');
    logs.stdin.write('/tmp/mine.log');
    await logs.shows('/tmp/mine.log');
    await logs.press('\r', 'following');
    const [path, entries] = onSave.mock.calls[0] ?? [];
    expect(path).toBe('/tmp/mine.log');
    expect(entries).toHaveLength(50);
  });

  test('is not made after Esc', async () => {
    const onSave = vi.fn();
    const logs = opened({ onSave });
    await logs.press('s', 'Save 100 lines to a new file');
    await logs.press(escapeKey, 'following');
    expect(onSave).not.toHaveBeenCalled();
  });
});

describe('a fix', () => {
  const tail = tailOf([entry(0), refused(1)]);

  test('runs after Enter, and says before what will run', async () => {
    const onFix = vi.fn();
    const logs = opened({ tail, onFix });
    await logs.press('f', 'Run this? Enter: yes. Esc: no.');
    expect(logs.lastFrame()).toContain('mcp-tunnel rotate-token --dir /srv/tunnel');
    expect(logs.lastFrame()).toContain('nothing is changed before you agree to its plan');
    expect(onFix).not.toHaveBeenCalled();
    await logs.press('\r', 'following');
    expect(onFix.mock.calls).toEqual([[{ command: 'rotate-token' }]]);
  });

  test('does not after Esc, nor after any other key', async () => {
    const [onFix, onBack] = [vi.fn(), vi.fn()];
    const logs = opened({ tail, onFix, onBack });
    await logs.press('f', 'Run this?');
    logs.stdin.write('y f');
    await logs.press(escapeKey, 'following');
    expect(onFix).not.toHaveBeenCalled();
    expect(onBack).not.toHaveBeenCalled();
  });

  test('fits at 60×15: question and command are in sight', async () => {
    const shell = shellAt('logs', 60, 15);
    const logs = opened({ tail: tailOf([...numbered(0, 50), refused(51)]), shell });
    await logs.press('f', 'Run this?');
    expect(logs.lastFrame()).toContain('mcp-tunnel rotate-token --dir /srv/tunnel');
    expect(logs.lastFrame()?.split('\n').length).toBeLessThanOrEqual(14);
  });
});

test('lines outside the window are not looked at', () => {
  const shell = shellAt('logs', 80, 24);
  let looks = 0;
  const counted = numbered(0, 5_000).map(
    (each): LogEntry => ({
      ...each,
      get text() {
        looks += 1;
        return 'line';
      },
    }),
  );
  frame(screen({ shell, tail: tailOf(counted) }), shell);
  expect(looks).toBeLessThan(200);
});
